"""Taking out and keeping apart: a content leaves its stack for good, since what keeps it apart is asked at every later matching run."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.apart import end_apart, state_apart
from clew.catalogue.models import Apart, ApartKind
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record
from clew.review.deciding import stand_anew
from clew.review.leases import stack_in_hand
from clew.review.models import Basis, Stack, StackMember, StackMove, Statement
from clew.review.stacking import settle

TAKEN_OUT = "taken out of its stack"


class MedoidStays(ClewError):
    """This is the picture the whole stack was gathered around. Nothing was changed. Take the others out, or keep them apart from it."""

    status = 409


def take_out(officer: Officer, stack_id: uuid.UUID, media_id: uuid.UUID, reason: str = TAKEN_OUT) -> StackMove:
    """Take a near copy out of a stack: from now on it is not the same picture as the medoid, and waits by itself.

    What was accepted of it with the stack is withdrawn. Undoing the move puts all of it back. Raises `MedoidStays`, `StackLeased`.
    """
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        if stack.medoid_id == media_id:
            raise MedoidStays
        member = StackMember.objects.filter(stack=stack.id, media=media_id).first()
        if member is None:
            # Asked twice, since the answer was lost: it was done.
            done = own_moves(officer).filter(from_stack_id=stack.id, media=media_id, undone_at__isnull=True).first()
            if done is None:
                raise NotFound
            return done
        return _move(officer, member, stack, state_apart(officer, stack.medoid_id, media_id, reason))


def keep_apart(officer: Officer, one: uuid.UUID, other: uuid.UUID, reason: str) -> StackMove:
    """Say that two contents are not the same picture. Where they are in one stack the one that is farther from its medoid leaves it."""
    with acting_as(officer):
        apart = state_apart(officer, one, other, reason)
        members = list(
            StackMember.objects.filter(owner_organisation=officer.organisation_id, media__in=[one, other]).order_by(
                "-distance", "id"
            )
        )
        if len(members) < 2 or members[0].stack_id != members[1].stack_id:
            done = own_moves(officer).filter(apart_id=apart.id, undone_at__isnull=True).first()
            return done or _note(officer, apart, media_id=other)
        stack = stack_in_hand(officer, members[0].stack_id)
        leaves = next(member for member in members if member.media_id != stack.medoid_id)
        return _move(officer, leaves, stack, apart)


def undo_move(officer: Officer, move_id: uuid.UUID) -> StackMove:
    """Put back what the officer took out, and end what keeps it apart. Undone twice changes nothing."""
    with acting_as(officer):
        move = _own_move(officer, move_id)
        if move.undone_at is None:
            _put_back(officer, move)
            end_apart(officer, move.apart_id, "undone at the desk")
            move.undone_at = now()
            move.save(update_fields=["undone_at"])
            _record("review:move:undo", officer, move)
    return move


def redo_move(officer: Officer, move_id: uuid.UUID) -> StackMove:
    """Do again what was undone, as a new move: what it kept apart is stated anew."""
    with acting_as(officer):
        move = _own_move(officer, move_id)
        if move.undone_at is None:
            return move
        apart = Apart.objects.get(id=move.apart_id)
        made = keep_apart(officer, apart.left_id, apart.right_id, apart.reason)
        # It stands in the row of acts where the first one stood: what was done after that is undone before it.
        made.made_at = move.made_at
        made.save(update_fields=["made_at"])
        return made


def own_moves(officer: Officer) -> QuerySet[StackMove]:
    """What the officer took out or kept apart, newest first, undone or not. Runs inside the officer's scope."""
    require(officer, Permission.STACK_DECIDE)
    return StackMove.objects.filter(officer=officer.pk).order_by("-id")


def _own_move(officer: Officer, move_id: uuid.UUID) -> StackMove:
    move = own_moves(officer).select_for_update().filter(id=move_id).first()
    if move is None:
        raise NotFound
    return move


def _move(officer: Officer, member: StackMember, stack: Stack, apart: Apart) -> StackMove:
    """Give the content a stack of its own."""
    was = {"distance": member.distance, "orientation": member.orientation, "variant": member.variant}
    own = _stack_of_its_own(officer, member.media_id, stack)
    withdrawn = _withdraw(officer, member.media_id, stack)
    _place(member, own, distance=0, orientation="original", variant="")
    settle([stack.id, own.id], using="default")
    columns = {"from_stack_id": stack.id, "to_stack_id": own.id, "withdrawn": withdrawn, **was}
    return _note(officer, apart, media_id=member.media_id, **columns)


def _stack_of_its_own(officer: Officer, media_id: uuid.UUID, left: Stack) -> Stack:
    """A new stack, worth what the one it left is until it is rated; or the one it had before it was put back."""
    own = {"owner_organisation_id": officer.organisation_id, "medoid_id": media_id}
    made = Stack(id=new_id(), size=0, files=1, worth=left.worth, reasons=left.reasons, rated_at=left.rated_at, **own)
    Stack.objects.bulk_create([made], ignore_conflicts=True)
    return Stack.objects.select_for_update(of=("self",)).get(**own)


def _place(member: StackMember, stack: Stack, **lies: Any) -> None:
    for name, told in {"stack_id": stack.id, **lies}.items():
        setattr(member, name, told)
    member.save(update_fields=["stack", *lies])


def _withdraw(officer: Officer, media_id: uuid.UUID, stack: Stack) -> list[uuid.UUID]:
    """Withdraw what the organisation accepted of a content because it was near to this stack's medoid."""
    accepted = Statement.objects.select_related("decision").filter(
        owner_organisation=officer.organisation_id, media=media_id, basis=Basis.ACCEPTED, withdrawn_at__isnull=True
    )
    return _said_again(accepted, withdrawn_at=now(), withdrawal_reason=f"{TAKEN_OUT} {stack.id}")


def _said_again(statements: QuerySet[Statement], **columns: Any) -> list[uuid.UUID]:
    """Change statements, and work out anew what stands."""
    chosen = list(statements)
    Statement.objects.filter(id__in=[one.id for one in chosen]).update(**columns)
    for decision in {one.decision_id: one.decision for one in chosen}.values():
        stand_anew(decision)
    return [one.id for one in chosen]


def _put_back(officer: Officer, move: StackMove) -> None:
    """The content into the stack it left, as it lay there; who joined it meanwhile stays around it no longer, and waits alone."""
    if move.from_stack_id is None or move.to_stack_id is None:
        return
    member = StackMember.objects.filter(stack=move.to_stack_id, media=move.media_id).first()
    is_left = Stack.objects.filter(id=move.from_stack_id, size__gt=0).exists()
    if member is None or not is_left:
        # It went elsewhere since by somebody's hand, or so did everybody it stood with; there it stays.
        return
    stack = stack_in_hand(officer, move.from_stack_id)
    if _is_kept_out(move, stack):
        return
    joined = StackMember.objects.filter(stack=move.to_stack_id).exclude(media=move.media_id)
    _place(member, stack, distance=move.distance, orientation=move.orientation, variant=move.variant)
    alone = [_alone(officer, one) for one in joined]
    _said_again(
        Statement.objects.select_related("decision").filter(id__in=move.withdrawn),
        withdrawn_at=None,
        withdrawal_reason="",
    )
    settle([stack.id, move.to_stack_id, *alone], using="default")


def _is_kept_out(move: StackMove, stack: Stack) -> bool:
    """Whether something else that was said meanwhile keeps the content apart from what is in the stack."""
    theirs = set(StackMember.objects.filter(stack=stack.id).values_list("media_id", flat=True))
    standing = Apart.objects.filter(
        Q(left=move.media_id) | Q(right=move.media_id), kind=ApartKind.PICTURE, ended_at__isnull=True
    ).exclude(id=move.apart_id)
    named = {id_ for pair in standing.values_list("left_id", "right_id") for id_ in pair} - {move.media_id}
    return not named.isdisjoint(theirs)


def _alone(officer: Officer, member: StackMember) -> uuid.UUID:
    own = _stack_of_its_own(officer, member.media_id, member.stack)
    _place(member, own, distance=0, orientation="original", variant="")
    return own.id


def _note(officer: Officer, apart: Apart, **columns: Any) -> StackMove:
    move = StackMove(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        officer=officer,
        apart_id=apart.id,
        made_at=now(),
        **columns,
    )
    StackMove.objects.bulk_create([move])
    _record("review:move:make", officer, move)
    return move


def _record(verb: str, officer: Officer, move: StackMove) -> None:
    subjects: Sequence[uuid.UUID] = [id_ for id_ in (move.from_stack_id, move.to_stack_id) if id_]
    record(
        verb,
        actor=officer,
        using="default",
        subject_kind="apart",
        subject_id=move.apart_id,
        facts={"stacks": len(subjects)},
    )
