"""Leases: a stack in the hands of one officer for a while, so that no two look at the same; whose browser crashes gets it back."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import F, Q, QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import STACK_LEASE_MINUTES
from clew.ledger.actions import record
from clew.review.models import SkipReason, Stack, StackSkip

#: Open stacks in the order in which they are served.
QUEUE_ORDER = ("-worth", "id")


class StackLeased(ClewError):
    """Somebody else of your organisation has this stack in hand. Nothing was changed. Go on to the next one; it comes back if it is left."""

    status = 409


def next_stack(officer: Officer) -> Stack | None:
    """The stack to look at now, leased to the officer: the one they had in hand, else the worthiest that nobody has; none where all is decided.

    What the officer put off comes after all others, in the order in which it was put off.
    """
    require(officer, Permission.STACK_DECIDE)
    with acting_as(officer):
        stack = _in_hand(officer) or _first(_unskipped(officer)) or _first(_skipped(officer))
        if stack is None:
            return None
        is_new = stack.leased_by_id != officer.pk
        _lease(stack, officer)
        if is_new:
            _record("review:stack:lease", officer, stack)
    return stack


def stack_for(officer: Officer, stack_id: uuid.UUID) -> Stack:
    """One stack of the officer's organisation whose medoid they may see, or `NotFound`. Runs inside the officer's scope."""
    require(officer, Permission.STACK_READ)
    found = Stack.objects.filter(id=stack_id, size__gt=0).first()
    if found is None:
        raise NotFound
    return found


def stack_in_hand(officer: Officer, stack_id: uuid.UUID) -> Stack:
    """The same, locked until the transaction ends; nobody else may have it in hand. Raises `StackLeased`."""
    require(officer, Permission.STACK_DECIDE)
    stack = Stack.objects.select_for_update(of=("self",)).filter(id=stack_id, size__gt=0).first()
    if stack is None:
        raise NotFound
    if stack.leased_by_id not in {None, officer.pk} and stack.leased_until and stack.leased_until > now():
        raise StackLeased
    return stack


def take(officer: Officer, stack_id: uuid.UUID) -> Stack:
    """One stack again, in the officer's hands where it is open and nobody else has it. Raises `StackLeased` where somebody has."""
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        if stack.decided_by is None:
            is_new = stack.leased_by_id != officer.pk
            _lease(stack, officer)
            if is_new:
                _record("review:stack:lease", officer, stack)
    return stack


def skip(officer: Officer, stack_id: uuid.UUID, reason: str = "") -> None:
    """Put a stack off: to this officer it comes again after all others, and others may have it at once. `reason`: a `SkipReason`, or none."""
    if reason and reason not in SkipReason.values:
        raise InputRefused(
            reason="That is no reason to put a stack off. Nothing was changed. Choose one of those shown."
        )
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        StackSkip.objects.bulk_create(
            [
                StackSkip(
                    id=new_id(),
                    owner_organisation_id=officer.organisation_id,
                    stack=stack,
                    officer=officer,
                    reason=reason,
                    skipped_at=now(),
                )
            ],
            update_conflicts=True,
            unique_fields=["stack", "officer"],
            update_fields=["reason", "skipped_at"],
        )
        _give_back(stack)
        _record("review:stack:skip", officer, stack)


def release(officer: Officer, stack_id: uuid.UUID) -> None:
    """Give a stack back that is in the officer's hands; one that is not is left as it is."""
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        if stack.leased_by_id == officer.pk:
            _give_back(stack)
            _record("review:stack:release", officer, stack)


def open_stacks(officer: Officer) -> QuerySet[Stack]:
    """The stacks of the officer's organisation that nobody has decided, as far as the officer may see them, in the queue's order."""
    require(officer, Permission.STACK_READ)
    # The organisation is named, though the policy says so too: the index of the queue begins with it.
    open_ = Stack.objects.filter(owner_organisation=officer.organisation_id, decided_by__isnull=True, size__gt=0)
    return open_.order_by(*QUEUE_ORDER)


def _in_hand(officer: Officer) -> Stack | None:
    """What they took first, and neither decided nor left too long: a stack whose decision they undid comes back before the next one."""
    held = open_stacks(officer).filter(leased_by=officer.pk, leased_until__gt=now())
    return _first(held.order_by("leased_until", "id"))


def _free(officer: Officer) -> QuerySet[Stack]:
    return open_stacks(officer).filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now()))


def _unskipped(officer: Officer) -> QuerySet[Stack]:
    return _free(officer).exclude(id__in=StackSkip.objects.filter(officer=officer.pk).values("stack_id"))


def _skipped(officer: Officer) -> QuerySet[Stack]:
    put_off = _free(officer).filter(skips__officer=officer.pk)
    return put_off.order_by(F("skips__skipped_at"), "id")


def _first(stacks: QuerySet[Stack]) -> Stack | None:
    # Whoever asks at the same moment passes over what another is just taking.
    return stacks.select_for_update(skip_locked=True, of=("self",)).first()


def _lease(stack: Stack, officer: Officer) -> None:
    stack.leased_by, stack.leased_until = officer, now() + dt.timedelta(minutes=STACK_LEASE_MINUTES)
    stack.save(update_fields=["leased_by", "leased_until"])


def _give_back(stack: Stack) -> None:
    stack.leased_by, stack.leased_until = None, None
    stack.save(update_fields=["leased_by", "leased_until"])


def _record(verb: str, officer: Officer, stack: Stack) -> None:
    record(verb, actor=officer, using="default", subject_kind="stack", subject_id=stack.id)
