"""What the desk does beside deciding a stack: say the same twice as once, undo and do again in one row, and remember where an officer was.

Every verb may be asked for twice, since an answer can be lost on its way: the second time changes nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from clew.access.models import Officer
from clew.access.scope import acting_as
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.limits import DESK_ACTS_MAX, DESK_UNDO_HOURS_MAX
from clew.review.apart import redo_move
from clew.review.deciding import decide, redo
from clew.review.desk import label_of
from clew.review.leases import stack_in_hand
from clew.review.models import Basis, Decision, StackMember, StackMove, StackSkip, Statement
from clew.review.offers import adopt, offers_for
from clew.review.proposals import accept, proposals_of
from clew.review.schemes import desk_scheme
from clew.review.stack_acts import DECISION, MOVE, DeskAct, desk_acts, undo_act
from clew.review.stacks import decide_stack


class NothingToUndo(ClewError):
    """There is nothing of yours to undo here. Nothing was changed. What lies back longer is changed by deciding it anew."""

    status = 409


@dataclass(frozen=True, slots=True)
class Done:
    """An act, and what it was in words."""

    act: DeskAct
    words: str


def say(
    officer: Officer,
    stack_id: uuid.UUID,
    code: str,
    *,
    whole: bool = False,
    scheme: str = "",
    version: str = "",
    media_id: uuid.UUID | None = None,
) -> Decision:
    """Decide the medoid of a stack, or the whole of it, or one of its near copies (`media_id`). What the officer said already stays one act."""
    if not scheme:
        own = desk_scheme(officer)
        scheme, version = own.key, own.version
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        said = _said(officer, media_id or stack.medoid_id, scheme, version, code, Basis.DECIDED)
        if media_id is not None and media_id != stack.medoid_id:
            if not StackMember.objects.filter(stack=stack.id, media=media_id).exists():
                raise NotFound
            return said or decide(officer, [media_id], code=code, scheme=scheme, version=version, stack_id=stack.id)
        if said is None:
            return decide_stack(officer, stack_id, code, whole=whole, scheme=scheme, version=version)
        # Said of this one before, and now of the whole: what is proposed is taken with it.
        return accept(officer, stack_id) if whole and proposals_of(officer, stack) else said


def take_over(officer: Officer, stack_id: uuid.UUID, statement_id: uuid.UUID) -> Decision:
    """Take over what another country decided, once."""
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        offer = next((one for one in offers_for(officer, stack) if one.statement.id == statement_id), None)
        if offer is not None:
            said = _said(officer, stack.medoid_id, offer.scheme, offer.version, offer.code, Basis.ADOPTED)
            if said is not None:
                return said
        return adopt(officer, stack_id, statement_id)


def last_act(officer: Officer) -> Done | None:
    """What undoing would take back: the newest that stands, of this shift. Runs inside the officer's scope."""
    earliest = now() - dt.timedelta(hours=DESK_UNDO_HOURS_MAX)
    for act in desk_acts(officer, DESK_ACTS_MAX):
        if not act.is_undone and act.made_at > earliest:
            return Done(act, words_of(officer, act))
    return None


def undo_one(officer: Officer, kind: str = "", act_id: uuid.UUID | None = None) -> Done:
    """Take back one act of one's own, the newest where none is named. Raises `NothingToUndo`, and `NotFound` for another's."""
    with acting_as(officer):
        done = Done(act := _act(kind, act_id), words_of(officer, act)) if act_id else last_act(officer)
        if done is None:
            raise NothingToUndo
        undo_act(officer, done.act)
    return done


def redo_one(officer: Officer, kind: str, act_id: uuid.UUID) -> Done:
    """Do again what was undone; of a move, which is made anew, the new one."""
    with acting_as(officer):
        if kind == MOVE:
            act_id = redo_move(officer, act_id).id
        else:
            redo(officer, act_id)
        act = _act(kind, act_id)
        return Done(act, words_of(officer, act))


def words_of(officer: Officer, act: DeskAct) -> str:
    """An act in words, for the line that says what was done or undone. Runs inside the officer's scope."""
    if act.kind == MOVE:
        move = StackMove.objects.filter(id=act.id, officer=officer.pk).first()
        return "kept apart" if move is None or move.from_stack_id is None else "taken out of its stack"
    decision = Decision.objects.filter(id=act.id, officer=officer.pk).first()
    if decision is None:
        raise NotFound
    count = Statement.objects.filter(decision=decision.id).count()
    return f"{label_of(decision.scheme, decision.scheme_version, decision.code)}, {count} picture{'' if count == 1 else 's'}"


def history_of(officer: Officer) -> list[uuid.UUID]:
    """Stacks on which the officer decided or moved something, or which they put off: the latest first, each once. Inside their scope."""
    decided = Decision.objects.filter(officer=officer.pk, stack_id__isnull=False).order_by("-id")
    moved = StackMove.objects.filter(officer=officer.pk, from_stack_id__isnull=False).order_by("-id")
    put_off = StackSkip.objects.filter(officer=officer.pk).order_by("-skipped_at")
    dated = [
        *decided.values_list("made_at", "stack_id")[:DESK_ACTS_MAX],
        *moved.values_list("made_at", "from_stack_id")[:DESK_ACTS_MAX],
        *put_off.values_list("skipped_at", "stack_id")[:DESK_ACTS_MAX],
    ]
    return list(dict.fromkeys(stack_id for _, stack_id in sorted(dated, reverse=True) if stack_id))


def _said(officer: Officer, media_id: uuid.UUID, scheme: str, version: str, code: str, basis: Basis) -> Decision | None:
    """The act in which the officer said exactly this, and which stands."""
    standing = Statement.objects.select_related("decision").filter(
        media=media_id, officer=officer.pk, scheme=scheme, code=code, basis=basis, slot="", is_standing=True,
        start_ms__isnull=True,
    )  # fmt: skip
    found = (standing.filter(scheme_version=version) if version else standing).first()
    return found.decision if found else None


def _act(kind: str, act_id: uuid.UUID) -> DeskAct:
    return DeskAct(MOVE if kind == MOVE else DECISION, act_id, now(), is_undone=False, stack_id=_stack_of(kind, act_id))


def _stack_of(kind: str, act_id: uuid.UUID) -> uuid.UUID | None:
    if kind == MOVE:
        return StackMove.objects.filter(id=act_id).values_list("from_stack_id", flat=True).first()
    return Decision.objects.filter(id=act_id).values_list("stack_id", flat=True).first()
