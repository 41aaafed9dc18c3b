"""Onboarding: the checklist of an organisation, and its way from there into the community, out of it, and back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from clew.access.endings import end_sessions
from clew.access.models import Officer, OnboardingTick, Organisation, OrganisationState
from clew.access.onboarding_steps import STEP_BY_KEY, STEPS, Step, missing_steps
from clew.access.permissions import Permission, Role
from clew.access.scope import require
from clew.access.standing import end_others, require_standing
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record


class StepNotYours(ClewError):
    """That step is ticked by {who}. Nothing was changed. Ask them."""

    status = 403


class StepsMissing(ClewError):
    """Onboarding is not complete: {steps}. The organisation stays as it is. Have these steps taken first."""

    status = 409


class OwnOrganisation(ClewError):
    """Nobody changes the state of their own organisation. Nothing was changed. Ask whoever runs this installation."""

    status = 403


@dataclass(frozen=True, slots=True)
class Line:
    """A step with its tick, if it was taken, and whether the reader may tick it."""

    step: Step
    tick: OnboardingTick | None
    is_yours: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """An organisation as the coordinator sees it: sums, and no names."""

    organisation: Organisation
    ticked: int
    missing: int
    officers: int
    administrators: int


def overview(coordinator: Officer) -> list[Overview]:
    """Every organisation with its state, by name. For the coordinator."""
    require(coordinator, Permission.ORGANISATION_OVERSEE)
    active = Q(units__officers__is_active=True)
    administrators = active & Q(units__officers__roles__contains=[Role.NATIONAL_ADMINISTRATOR.value])
    found = Organisation.objects.using("service").annotate(
        officers=Count("units__officers", filter=active, distinct=True),
        administrators=Count("units__officers", filter=administrators, distinct=True),
    )
    ticked = _ticked_by_organisation()
    return [
        Overview(
            organisation,
            len(ticked.get(organisation.id, ())),
            len(missing_steps(ticked.get(organisation.id, set()))),
            organisation.officers,
            organisation.administrators,
        )
        for organisation in found.order_by("name")
    ]


def _ticked_by_organisation() -> dict[uuid.UUID, set[str]]:
    ticked: dict[uuid.UUID, set[str]] = {}
    standing = OnboardingTick.objects.using("service").filter(withdrawn_at=None)
    for organisation_id, step in standing.values_list("owner_organisation_id", "step"):
        ticked.setdefault(organisation_id, set()).add(step)
    return ticked


def organisation_for(officer: Officer, organisation_id: uuid.UUID) -> Organisation:
    """An organisation whose checklist the officer may read: any for the coordinator, their own for others; foreign and absent are the same."""
    require(officer, Permission.ONBOARDING_READ)
    found = Organisation.objects.using("service").filter(id=organisation_id).first()
    if found is None or not (found.id == officer.organisation_id or _oversees(officer)):
        raise NotFound
    return found


def checklist(officer: Officer, organisation: Organisation) -> list[Line]:
    """The steps of an organisation with their ticks."""
    ticks = OnboardingTick.objects.using("service").select_related("ticked_by")
    by_step = {tick.step: tick for tick in ticks.filter(owner_organisation=organisation.id, withdrawn_at=None)}
    return [Line(step, by_step.get(step.key), _may_tick(officer, organisation, step)) for step in STEPS]


def tick(officer: Officer, organisation_id: uuid.UUID, step_key: str, evidence: str) -> None:
    """Say that a step was taken, and on what evidence."""
    with transaction.atomic(using="service"):
        actor = require_standing(officer, Permission.ONBOARDING_TICK)
        organisation, step = _step_of(actor, organisation_id, step_key)
        if not evidence.strip():
            raise InputRefused(
                reason="A step needs its evidence in a few words. Nothing was changed. Write it and try again."
            )
        _withdraw(organisation, step)
        made = OnboardingTick(
            id=new_id(),
            owner_organisation=organisation,
            step=step.key,
            evidence=evidence.strip()[:500],
            ticked_by=actor,
        )
        OnboardingTick.objects.using("service").bulk_create([made])
        _record("access:onboarding:tick", actor, organisation, step=step.key)


def withdraw_tick(officer: Officer, organisation_id: uuid.UUID, step_key: str) -> None:
    """Take a tick back; it stays on record. What is active stays active: suspending is another decision."""
    with transaction.atomic(using="service"):
        actor = require_standing(officer, Permission.ONBOARDING_TICK)
        organisation, step = _step_of(actor, organisation_id, step_key)
        if not _withdraw(organisation, step):
            raise InputRefused(reason="That step is not ticked. Nothing was changed.")
        _record("access:onboarding:withdraw", actor, organisation, step=step.key)


def activate(coordinator: Officer, organisation_id: uuid.UUID) -> None:
    """Let an organisation take part: after its onboarding, or again after a suspension."""
    with _overseen(coordinator, organisation_id) as (actor, organisation):
        missing = missing_steps(_ticked_by_organisation().get(organisation.id, set()))
        if missing:
            raise StepsMissing(steps="; ".join(step.words for step in missing))
        set_state(organisation, OrganisationState.ACTIVE, actor=actor, reason="")


def suspend(coordinator: Officer, organisation_id: uuid.UUID, reason: str) -> None:
    """End the access of everybody in an organisation at once. What it holds and shares stays as it is."""
    if not reason.strip():
        raise InputRefused(reason="A suspension needs its reason. Nothing was changed. Write it and try again.")
    with _overseen(coordinator, organisation_id) as (actor, organisation):
        set_state(organisation, OrganisationState.SUSPENDED, actor=actor, reason=reason)


def set_state(organisation: Organisation, state: OrganisationState, *, actor: Officer | None, reason: str) -> None:
    """Write the state, inside the service's transaction; nothing that its officers have under way commits after it."""
    officers = list(
        Officer.objects.using("service").filter(unit__organisation=organisation.id).values_list("id", flat=True)
    )
    end_others(officers)
    Organisation.objects.using("service").filter(id=organisation.id).update(state=state.value)
    if state == OrganisationState.SUSPENDED:
        end_sessions(officers)
    facts = {"before": organisation.state, "after": state.value, "reason": reason.strip()[:300]}
    _record("access:organisation:set_state", actor, organisation, **facts)


@contextmanager
def _overseen(coordinator: Officer, organisation_id: uuid.UUID) -> Iterator[tuple[Officer, Organisation]]:
    """The service's transaction, the coordinator as of now, and another organisation, locked."""
    with transaction.atomic(using="service"):
        actor = require_standing(coordinator, Permission.ORGANISATION_OVERSEE)
        # Its officers refer to it in what they are about to commit, and are waited for: its key stays free.
        locked = Organisation.objects.using("service").select_for_update(no_key=True)
        organisation = locked.filter(id=organisation_id).first()
        if organisation is None:
            raise NotFound
        if organisation.id == actor.organisation_id:
            raise OwnOrganisation
        yield actor, organisation


def _step_of(actor: Officer, organisation_id: uuid.UUID, step_key: str) -> tuple[Organisation, Step]:
    organisation = organisation_for(actor, organisation_id)
    step = STEP_BY_KEY.get(step_key)
    if step is None:
        raise NotFound
    if not _may_tick(actor, organisation, step):
        who = "the coordinator" if step.ticked_by == Role.COORDINATOR else "the organisation's national administrator"
        raise StepNotYours(who=who)
    return organisation, step


def _may_tick(officer: Officer, organisation: Organisation, step: Step) -> bool:
    if Permission.ONBOARDING_TICK not in officer.permissions or step.ticked_by.value not in officer.roles:
        return False
    return step.ticked_by == Role.COORDINATOR or organisation.id == officer.organisation_id


def _oversees(officer: Officer) -> bool:
    return Permission.ORGANISATION_OVERSEE in officer.permissions


def _withdraw(organisation: Organisation, step: Step) -> int:
    standing = OnboardingTick.objects.using("service").filter(
        owner_organisation=organisation.id, step=step.key, withdrawn_at=None
    )
    return standing.update(withdrawn_at=now())


def _record(verb: str, actor: Officer | None, organisation: Organisation, **facts: object) -> None:
    record(verb, actor=actor, using="service", subject_kind="organisation", subject_id=organisation.id, facts=facts)
