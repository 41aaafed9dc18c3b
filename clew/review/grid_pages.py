"""The grid: everything a search found on one page, however much it is, with every picture hidden; and what its tiles ask for."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.access.reading_guard import What, spend
from clew.access.scope import acting_as
from clew.kernel.errors import InputRefused
from clew.kernel.limits import COMPARED_MEDIA_MAX, DECISION_MEDIA_MAX, RESULT_TILES_MAX
from clew.review.deciding import decide, undo
from clew.review.grid_facts import tiles_of
from clew.review.models import Result
from clew.review.results import collect_more, ids_at, keep_result, ranges_of, result_for, still_seen
from clew.review.schemes import desk_scheme
from clew.review.search import Search


@require_safe
@door(Permission.SEARCH_RUN, "review:result:keep")
def grid(request: HttpRequest) -> HttpResponse:
    """Search, keep what is found, and lead to its page: from there on the same address shows the same."""
    result = keep_result(officer_of(request), Search.from_query(request.GET))
    return HttpResponseRedirect(f"{reverse('review:result', args=[result.id])}?{urlencode({'at': place_of(request)})}")


@require_safe
@door(Permission.RESULT_READ, "review:result:read")
def result(request: HttpRequest, result_id: uuid.UUID) -> HttpResponse:
    """The page of a grid. What stands in it its tiles ask for themselves."""
    officer = officer_of(request)
    context = {
        "result": result_for(officer, result_id),
        "at": place_of(request),
        "scheme": desk_scheme(officer),
        "may_decide": Permission.STACK_DECIDE in officer.permissions,
        "may_reveal": Permission.MEDIA_REVEAL in officer.permissions,
        "nobody": uuid.UUID(int=0),
        "chosen_max": DECISION_MEDIA_MAX,
        "compared_max": COMPARED_MEDIA_MAX,
    }
    return TemplateResponse(request, "review/grid.html", context)


@require_safe
@door(Permission.RESULT_READ, "review:result:tiles")
def tiles(request: HttpRequest, result_id: uuid.UUID) -> HttpResponse:
    """The facts of the tiles from a place on (`from`, 0 for the first; `count`): a list with null where there is nothing for this officer."""
    officer = officer_of(request)
    spend(officer, What.RECORDS)
    found = result_for(officer, result_id)
    first, count = _number(request, "from", 0), _number(request, "count", RESULT_TILES_MAX)
    told = tiles_of(officer, ids_at(found, first, min(count, RESULT_TILES_MAX)))
    return JsonResponse({"tiles": told, **_state(found)})


@require_POST
@door(Permission.RESULT_READ, "review:result:collect")
def more(request: HttpRequest, result_id: uuid.UUID) -> HttpResponse:
    """Collect for a moment, and say how far it is."""
    return JsonResponse(_state(collect_more(officer_of(request), result_id)))


@require_POST
@hatch(Permission.STACK_DECIDE, "review:media:decide")
def decide_chosen(request: HttpRequest, result_id: uuid.UUID) -> HttpResponse:
    """Decide what stands at the places `ranges` (`0-4,9-9`) as `code`: all of them that are still to be seen, in one act."""
    officer = officer_of(request)
    with acting_as(officer):
        found = result_for(officer, result_id)
        chosen = still_seen(ids_at(found, first, count) for first, count in ranges_of(request.POST.get("ranges", "")))
    decision = decide(officer, chosen, code=request.POST.get("code", ""))
    return JsonResponse({"decision": str(decision.id), "code": decision.code, "count": len(chosen)})


@require_POST
@hatch(Permission.STACK_DECIDE, "review:decision:undo")
def decision_undo(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """Take one's own decision back."""
    decision = undo(officer_of(request), decision_id)
    return JsonResponse({"decision": str(decision.id), "code": decision.code})


def place_of(request: HttpRequest) -> int:
    """The place an address names (`?at=`), 1 for the first; the first where it names none."""
    told = request.GET.get("at", "")
    return max(1, int(told)) if told.isascii() and told.isdigit() and len(told) < 10 else 1


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    told = request.GET.get(name, str(otherwise))
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        raise InputRefused(reason=f"{name} is a whole number. Nothing was read. Name one.")
    return int(told)


def _state(found: Result) -> dict[str, object]:
    return {"count": found.count, "is_whole": found.is_whole}
