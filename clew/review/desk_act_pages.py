"""What the desk asks for: decide, take over, accept, take out, keep apart, put off, undo, do again. Each is one act, told in one line.

A script is answered with JSON, a form with the way back to the desk. Each may be asked for twice: the second time changes nothing.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from clew.access.doors import officer_of
from clew.access.hatches import hatch
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as
from clew.kernel.errors import InputRefused
from clew.review import proposals
from clew.review.apart import keep_apart, take_out
from clew.review.desk_deciding import redo_one, say, take_over, undo_one, words_of
from clew.review.desk_pages import HISTORY, address_of
from clew.review.leases import skip, stack_for
from clew.review.models import Decision, StackMove
from clew.review.stack_acts import DECISION, MOVE, DeskAct

#: What is written down of two that an officer keeps apart by a key: nobody is made to find words.
NOT_THE_SAME = "seen side by side at the desk"


@require_POST
@hatch(Permission.STACK_DECIDE, "review:stack:decide")
def decide(request: HttpRequest, stack_id: uuid.UUID) -> HttpResponse:
    """Decide what was looked at (`media`, else the medoid) as `code` of `scheme` (`key/version`); `whole`: the near copies with it."""
    scheme, _, version = request.POST.get("scheme", "").partition("/")
    media_id = _id(request, "media") if request.POST.get("media") else None
    whole = request.POST.get("whole") == "yes"
    code = request.POST.get("code", "")
    officer = officer_of(request)
    decision = say(officer, stack_id, code, whole=whole, scheme=scheme, version=version, media_id=media_id)
    return _decided(request, officer, decision)


@require_POST
@hatch(Permission.STACK_DECIDE, "review:stack:adopt")
def adopt(request: HttpRequest, stack_id: uuid.UUID) -> HttpResponse:
    """Take over what another country decided (`statement`)."""
    officer = officer_of(request)
    return _decided(request, officer, take_over(officer, stack_id, _id(request, "statement")))


@require_POST
@hatch(Permission.STACK_DECIDE, "review:proposal:accept")
def accept(request: HttpRequest, stack_id: uuid.UUID) -> HttpResponse:
    """Take what is proposed of the near copies: of all, or of those named (`media`)."""
    officer = officer_of(request)
    chosen = [_uuid(told, "media") for told in request.POST.getlist("media")]
    return _decided(request, officer, proposals.accept(officer, stack_id, chosen or None))


@require_POST
@hatch(Permission.STACK_DECIDE, "review:move:make")
def out(request: HttpRequest, stack_id: uuid.UUID) -> HttpResponse:
    """Take a near copy (`media`) out of its stack."""
    officer = officer_of(request)
    return _moved(request, officer, take_out(officer, stack_id, _id(request, "media")), stack_id)


@require_POST
@hatch(Permission.STACK_DECIDE, "review:move:apart")
def apart(request: HttpRequest, stack_id: uuid.UUID) -> HttpResponse:
    """Keep two contents (`media`, twice) apart for good."""
    officer = officer_of(request)
    pair = [_uuid(told, "media") for told in request.POST.getlist("media")]
    if len(pair) != 2:
        raise InputRefused(reason="Two pictures are kept apart. Nothing was changed. Choose two.")
    return _moved(request, officer, keep_apart(officer, pair[0], pair[1], NOT_THE_SAME), stack_id)


@require_POST
@hatch(Permission.STACK_DECIDE, "review:stack:skip")
def put_off(request: HttpRequest, stack_id: uuid.UUID) -> HttpResponse:
    """Put a stack off, with a `reason` or without."""
    skip(officer_of(request), stack_id, request.POST.get("reason", ""))
    return _answer(request, "Put off. It comes again after all others.", reverse("review:desk"))


@require_POST
@hatch(Permission.STACK_DECIDE, "review:desk:undo")
def undo(request: HttpRequest) -> HttpResponse:
    """Take back one's own act (`kind`, `act`), the newest where none is named."""
    act_id = _id(request, "act") if request.POST.get("act") else None
    done = undo_one(officer_of(request), request.POST.get("kind", ""), act_id)
    return _answer(request, f"Undone: {done.words}.", _where(done.act), act=f"{done.act.kind} {done.act.id}")


@require_POST
@hatch(Permission.STACK_DECIDE, "review:desk:redo")
def redo(request: HttpRequest) -> HttpResponse:
    """Do again what was undone (`kind`, `act`)."""
    done = redo_one(officer_of(request), request.POST.get("kind", ""), _id(request, "act"))
    return _answer(request, f"Done again: {done.words}.", reverse("review:desk"))


def _decided(request: HttpRequest, officer: Officer, decision: Decision) -> HttpResponse:
    act = DeskAct(DECISION, decision.id, decision.made_at, is_undone=False, stack_id=decision.stack_id)
    with acting_as(officer):
        words = words_of(officer, act)
        left = len(proposals.proposals_of(officer, stack_for(officer, decision.stack_id))) if decision.stack_id else 0
    more = f" {left} near {'copy is' if left == 1 else 'copies are'} proposed the same." if left else ""
    return _answer(request, f"Decided: {words}.{more}", reverse("review:desk"))


def _moved(request: HttpRequest, officer: Officer, move: StackMove, stack_id: uuid.UUID) -> HttpResponse:
    with acting_as(officer):
        words = words_of(officer, DeskAct(MOVE, move.id, move.made_at, is_undone=False, stack_id=stack_id))
    return _answer(request, f"{words[0].upper()}{words[1:]}.", address_of(stack_id))


def _where(act: DeskAct) -> str:
    return address_of(act.stack_id, HISTORY) if act.stack_id else reverse("review:desk")


def _answer(request: HttpRequest, words: str, address: str, **more: str) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"words": words, "address": address, **more})
    messages.info(request, words)
    return HttpResponseRedirect(address)


def _id(request: HttpRequest, name: str) -> uuid.UUID:
    return _uuid(request.POST.get(name, ""), name)


def _uuid(told: str, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(told)
    except ValueError:
        raise InputRefused(reason=f"{name} is an id. Nothing was changed. Load the page again.") from None
