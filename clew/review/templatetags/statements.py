"""What is said of a content, wherever a page shows one: the pages of rooms below need not know how it is worked out."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from clew.access.permissions import Permission
from clew.catalogue.models import Media
from clew.review.said import said_of
from clew.review.schemes import desk_schemes
from clew.review.votes import vote_rules

register = template.Library()


@register.inclusion_tag("review/statements.html", takes_context=True)
def statements_about(context: Context, media: Media) -> dict[str, Any]:
    """Everything that stands of a media, side by side; runs inside the scope of the page's officer."""
    officer = context["officer"]
    rules = [rule for rule in vote_rules() if rule.scheme] if Permission.VOTE_CALL in officer.permissions else []
    return {
        "media": media,
        "said": said_of(officer, media),
        "rules": rules,
        "desk": desk_schemes(officer)[0],
        "csrf_token": context.get("csrf_token"),
    }
