"""One media alone, and media side by side: from the grid and back to the same place of it."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from clew.access.doors import door, officer_of
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.reading_guard import What, spend
from clew.catalogue.queries import media_for, series_of
from clew.intake.comparison import facts_of
from clew.kernel.errors import NotFound
from clew.review.grid_facts import tiles_of
from clew.review.grid_pages import place_of
from clew.review.models import Result
from clew.review.results import result_for
from clew.review.schemes import desk_scheme
from clew.review.side_by_side import abreast
from clew.review.viewing import Neighbour, media_abreast, neighbours, said_of, scene_times_ms


@require_safe
@door(Permission.RESULT_READ, "review:media:read")
def media(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """One media, its picture hidden: what the file says, what all countries say of it, and the next and the previous one of the result."""
    officer = officer_of(request)
    spend(officer, What.RECORDS)
    found, at = media_for(officer, media_id), place_of(request)
    kept = _result(request, officer)
    back, on = neighbours(kept, at) if kept else (None, None)
    context = {
        **_rights(officer),
        "media": found,
        "facts": facts_of(found),
        "tile": tiles_of(officer, [found.id])[0],
        "said": said_of(officer, found.id),
        "series_found": series_of(officer, found),
        "aspect": found.width / found.height if found.width and found.height else "",
        "scene_times": " ".join(map(str, scene_times_ms(found))),
        "result": kept,
        "at": at,
        "back_address": _address(kept, back),
        "on_address": _address(kept, on),
        "scheme": desk_scheme(officer),
        "is_following": request.GET.get("follow") == "yes",
        "nobody": uuid.UUID(int=0),
    }
    return TemplateResponse(request, "review/media.html", context)


@require_safe
@door(Permission.RESULT_READ, "review:media:compare")
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four media side by side (`?media=` for each), every picture hidden, with what differs marked."""
    officer = officer_of(request)
    spend(officer, What.RECORDS)
    found = media_abreast(officer, request.GET.getlist("media"))
    if len(found) < 2:
        raise NotFound
    lines = abreast(found)
    context = {
        **_rights(officer),
        "compared": [(one, said_of(officer, one.id)) for one in found],
        "lines": lines,
        "differing": sum(line.differs for line in lines),
        "result": _result(request, officer),
        "at": place_of(request),
    }
    return TemplateResponse(request, "review/compare.html", context)


def _rights(officer: Officer) -> dict[str, Any]:
    return {
        "may_reveal": Permission.MEDIA_REVEAL in officer.permissions,
        "may_decide": Permission.STACK_DECIDE in officer.permissions,
    }


def _result(request: HttpRequest, officer: Officer) -> Result | None:
    """The result from which somebody came; none where it is over, which is no reason to show nothing."""
    with contextlib.suppress(ValueError, NotFound):
        return result_for(officer, uuid.UUID(request.GET.get("result", "")))
    return None


def _address(kept: Result | None, beside: Neighbour | None) -> str:
    if kept is None or beside is None:
        return ""
    query = urlencode({"result": kept.id, "at": beside.at})
    return f"{reverse('review:media', args=[beside.media_id])}?{query}"
