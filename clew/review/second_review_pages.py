"""Pages of the second review: who agrees with whom, what is drawn to be judged again, and one picture at a time for who judges."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.catalogue.queries import media_for
from clew.review.schemes import scheme_of
from clew.review.second_review import close_second_review, draw_second_review, judge_again, take_next
from clew.review.second_review_forms import SecondReviewForm, last_month
from clew.review.second_review_queries import (
    agreement_in,
    agreement_of_officers,
    agreement_of_organisations,
    second_reviews_of,
    second_reviews_open,
)


@require_safe
@door(Permission.AGREEMENT_READ, "review:agreement:read")
def agreement(request: HttpRequest) -> HttpResponse:
    """How far officers, and organisations, agree; and the drawings from which that is known."""
    return TemplateResponse(
        request, "review/agreement.html", _overview(request, SecondReviewForm(initial=last_month()))
    )


def _overview(request: HttpRequest, form: SecondReviewForm) -> dict[str, object]:
    officer = officer_of(request)
    return {
        "form": form if Permission.SECOND_REVIEW_DRAW in officer.permissions else None,
        "page": page_of(request, second_reviews_of(officer)),
        "officers": agreement_of_officers(officer),
        "organisations": agreement_of_organisations(officer),
    }


@require_POST
@door(Permission.SECOND_REVIEW_DRAW, "review:second_review:draw")
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a second review."""
    form = SecondReviewForm(request.POST)
    if not form.is_valid():
        return TemplateResponse(request, "review/agreement.html", _overview(request, form), status=422)
    drawn = draw_second_review(officer_of(request), **form.drawing())
    return HttpResponseRedirect(reverse("review:second_review", args=[drawn.id]))


@require_safe
@door(Permission.AGREEMENT_READ, "review:second_review:read")
def second_review(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """One drawing: how far it is, and how far those who judged agree."""
    officer = officer_of(request)
    found, whole, pairs = agreement_in(officer, review_id)
    codes = sorted({code for pair in whole.table for code in pair})
    context = {
        "review": found,
        "whole": whole,
        "pairs": pairs,
        "codes": codes,
        "rows": [(first, [whole.table.get((first, second), 0) for second in codes]) for first in codes],
        "may_close": Permission.SECOND_REVIEW_DRAW in officer.permissions and found.closed_at is None,
    }
    return TemplateResponse(request, "review/second_review.html", context)


@require_POST
@door(Permission.SECOND_REVIEW_DRAW, "review:second_review:close")
def close(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Have nobody judge any more of it."""
    close_second_review(officer_of(request), review_id)
    return HttpResponseRedirect(reverse("review:second_review", args=[review_id]))


@require_safe
@door(Permission.STACK_DECIDE, "review:second_review:list")
def second_reviews(request: HttpRequest) -> HttpResponse:
    """What waits to be judged again."""
    context = {"page": page_of(request, second_reviews_open(officer_of(request)))}
    return TemplateResponse(request, "review/second_reviews.html", context)


@require_safe
@door(Permission.STACK_DECIDE, "review:second_review:take")
def second_look(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """The next picture to be judged, hidden until asked for; what was said first only where the review is not blind."""
    officer = officer_of(request)
    look = take_next(officer, review_id)
    if look is None:
        messages.success(request, "Nothing is left for you to judge in this review.")
        return HttpResponseRedirect(reverse("review:second_reviews"))
    context = {
        "look": look,
        "media": media_for(officer, look.media_id),
        "scheme": scheme_of(look.review.scheme),
        "may_reveal": Permission.MEDIA_REVEAL in officer.permissions,
    }
    return TemplateResponse(request, "review/second_look.html", context)


@require_POST
@door(Permission.STACK_DECIDE, "review:second_review:judge")
def judge(request: HttpRequest, look_id: uuid.UUID) -> HttpResponse:
    """Take the judgement, and go on with the next."""
    look = judge_again(officer_of(request), look_id, request.POST.get("code", ""))
    return HttpResponseRedirect(reverse("review:second_look", args=[look.review_id]))
