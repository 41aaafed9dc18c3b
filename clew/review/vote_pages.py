"""Pages of votes: what is asked, what is disputed, what was confirmed, and withdrawing one's own."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.freshness import is_fresh, require_fresh
from clew.access.hatches import hatch
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.review.schemes import scheme_of
from clew.review.vote_acts import (
    ask_demotion,
    ask_promotion,
    call_for_votes,
    close_call,
    demote,
    promote,
    why_not,
    withdraw_vote,
)
from clew.review.vote_queries import (
    call_for,
    calls_visible,
    granted_for,
    own_statement,
    promotion_for,
    tallies_of,
    tally_of,
    veiled,
)
from clew.review.votes import vote_rule


@require_safe
@door(Permission.STACK_READ, "review:vote:list")
def votes(request: HttpRequest) -> HttpResponse:
    """What votes are asked for: whoever has not voted is told so, and disputes are the tasks to settle."""
    officer = officer_of(request)
    page = page_of(request, calls_visible(officer).filter(closed_at__isnull=True))
    calls = list(page.object_list)
    hidden, counted = veiled(officer, [call.media_id for call in calls]), tallies_of(calls)
    rows = [
        (call, vote_rule(call.rule, call.rule_version), call.media_id in hidden, counted[call.id]) for call in calls
    ]
    return TemplateResponse(request, "review/votes.html", {"page": page, "rows": rows})


@require_safe
@door(Permission.STACK_READ, "review:vote:read")
def vote(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """One call: under which rule, and, once one has voted, what the votes come to."""
    officer = officer_of(request)
    call = call_for(officer, call_id)
    counted, scheme = tally_of(call), scheme_of(call.scheme, call.scheme_version)
    is_own = call.owner_organisation_id == officer.organisation_id
    context = {
        "call": call,
        "rule": vote_rule(call.rule, call.rule_version),
        "scheme": scheme,
        "is_veiled": call.media_id in veiled(officer, [call.media_id]),
        "tally": counted,
        "label": scheme.code(counted.code).label if counted.code else "",
        "why_not": "" if counted.is_reached else why_not(counted),
        "may_close": is_own and call.closed_at is None and Permission.VOTE_CALL in officer.permissions,
        "may_promote": is_own and call.closed_at is None and Permission.CODE_PROMOTE in officer.permissions,
        "granted": granted_for(officer, "vote call", call.id),
        "is_fresh": is_fresh(request),
    }
    return TemplateResponse(request, "review/vote.html", context)


@require_POST
@hatch(Permission.VOTE_CALL, "review:vote:call")
def call(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """Ask for votes on a media."""
    made = call_for_votes(officer_of(request), media_id, rule=request.POST.get("rule", ""))
    return HttpResponseRedirect(reverse("review:vote", args=[made.id]))


@require_POST
@hatch(Permission.VOTE_CALL, "review:vote:close")
def close(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Ask no more."""
    close_call(officer_of(request), call_id, request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("review:votes"))


@require_POST
@hatch(Permission.CODE_PROMOTE, "review:code:ask")
def ask(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Ask a second person that what the votes come to be confirmed."""
    asked = ask_promotion(officer_of(request), call_id, request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("access:approval", args=[asked.id]))


@require_POST
@hatch(Permission.CODE_PROMOTE, "review:code:promote")
def confirm(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Confirm it, as a second person has granted."""
    require_fresh(request)
    made = promote(officer_of(request), call_id)
    return HttpResponseRedirect(reverse("review:promotion", args=[made.id]))


@require_safe
@door(Permission.STACK_READ, "review:code:read")
def promotion(request: HttpRequest, promotion_id: uuid.UUID) -> HttpResponse:
    """What was confirmed, by whom, on which votes; and undoing it."""
    officer = officer_of(request)
    found = promotion_for(officer, promotion_id)
    scheme = scheme_of(found.scheme, found.scheme_version)
    is_own = found.owner_organisation_id == officer.organisation_id and found.undone_at is None
    context = {
        "promotion": found,
        "scheme": scheme,
        "label": scheme.code(found.code).label,
        "rule": vote_rule(found.call.rule, found.call.rule_version),
        "may_undo": is_own and Permission.CODE_PROMOTE in officer.permissions,
        "granted": granted_for(officer, "promotion", found.id),
        "is_fresh": is_fresh(request),
    }
    return TemplateResponse(request, "review/promotion.html", context)


@require_POST
@hatch(Permission.CODE_PROMOTE, "review:code:ask_undo")
def ask_undo(request: HttpRequest, promotion_id: uuid.UUID) -> HttpResponse:
    """Ask a second person that it be undone."""
    asked = ask_demotion(officer_of(request), promotion_id, request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("access:approval", args=[asked.id]))


@require_POST
@hatch(Permission.CODE_PROMOTE, "review:code:demote")
def undo(request: HttpRequest, promotion_id: uuid.UUID) -> HttpResponse:
    """Undo it, as a second person has granted."""
    require_fresh(request)
    demote(officer_of(request), promotion_id)
    return HttpResponseRedirect(reverse("review:promotion", args=[promotion_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.STACK_DECIDE, "review:vote:withdraw")
def withdraw(request: HttpRequest, statement_id: uuid.UUID) -> HttpResponse:
    """Take one's own statement back, with a reason."""
    officer = officer_of(request)
    found = own_statement(officer, statement_id)
    if request.method == "POST":
        withdraw_vote(officer, statement_id, request.POST.get("reason", ""))
        return HttpResponseRedirect(reverse("catalogue:media", args=[found.media_id]))
    return TemplateResponse(request, "review/withdraw.html", {"statement": found})
