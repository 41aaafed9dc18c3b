"""The undo stack of the desk: an officer's decisions and moves in one row, newest first, each taken back and done again by its own verb."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from clew.access.models import Officer
from clew.access.scope import acting_as
from clew.review.apart import own_moves, redo_move, undo_move
from clew.review.deciding import redo, undo
from clew.review.models import Decision, StackMove
from clew.review.statements import own_decisions

DECISION, MOVE = "decision", "move"


@dataclass(frozen=True, slots=True)
class DeskAct:
    """One act of an officer at the desk."""

    kind: str
    id: uuid.UUID
    made_at: dt.datetime
    is_undone: bool
    #: The stack it was made on, where it was made on one.
    stack_id: uuid.UUID | None


def desk_acts(officer: Officer, count: int) -> list[DeskAct]:
    """The officer's newest acts, so many at most, undone or not."""
    with acting_as(officer):
        made = [_of_decision(decision) for decision in own_decisions(officer)[:count]]
        made += [_of_move(move) for move in own_moves(officer)[:count]]
    return sorted(made, key=lambda act: (act.made_at, act.id), reverse=True)[:count]


def undo_act(officer: Officer, act: DeskAct) -> None:
    """Take an act back; what was there before it is there again."""
    if act.kind == MOVE:
        undo_move(officer, act.id)
    else:
        undo(officer, act.id)


def redo_act(officer: Officer, act: DeskAct) -> None:
    """Do again what was taken back."""
    if act.kind == MOVE:
        redo_move(officer, act.id)
    else:
        redo(officer, act.id)


def _of_decision(decision: Decision) -> DeskAct:
    return DeskAct(DECISION, decision.id, decision.made_at, decision.revoked_at is not None, decision.stack_id)


def _of_move(move: StackMove) -> DeskAct:
    return DeskAct(MOVE, move.id, move.made_at, move.undone_at is not None, move.from_stack_id)
