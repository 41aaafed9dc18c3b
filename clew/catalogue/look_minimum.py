"""Verbs of the minimum: what an organisation demands of its officers' looks, set by its national administrator, and what officers choose for themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction

from clew.access.approvals import present
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.looking_rules import LookRules, stricter
from clew.catalogue.models import LookDefault, LookMinimum
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused
from clew.kernel.limits import (
    LOOK_HIDDEN_AFTER_SECONDS_DEFAULT,
    LOOK_HIDDEN_AFTER_SECONDS_MAX,
    LOOK_HIDDEN_AFTER_SECONDS_MIN,
)
from clew.ledger.actions import record
from clew.media.steps import Step


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """What an officer chooses for themselves; steps as numbers of `Step`."""

    first_step: int = Step.COLOUR.value
    grid_step: int = Step.COLOUR.value
    fills_grids: bool = True
    hides_on_leave: bool = True
    hidden_after_seconds: int = LOOK_HIDDEN_AFTER_SECONDS_DEFAULT


@dataclass(frozen=True, slots=True)
class Minimum:
    """What an organisation demands; steps as numbers of `Step`."""

    first_step: int = Step.OUTLINE.value
    grid_step: int = Step.GREY.value
    colour_needs_reason: bool = False
    colour_of_known: bool = True


def minimum_of(officer: Officer) -> LookMinimum | None:
    """What the officer's organisation demands, None where it set nothing and the defaults hold."""
    return LookMinimum.objects.using("service").filter(organisation_id=officer.organisation_id).first()


def choice_of(officer: Officer) -> LookDefault:
    """What the officer chose, or what holds without a choice."""
    found = LookDefault.objects.using("service").filter(officer_id=officer.pk).first()
    return found or LookDefault(officer_id=officer.pk)


def rules_of(officer: Officer) -> LookRules:
    """What holds for this officer's looks at this moment."""
    minimum, choice = minimum_of(officer), choice_of(officer)
    rules = LookRules()
    if minimum is not None:
        rules = LookRules(
            Step(minimum.first_step), Step(minimum.grid_step), minimum.colour_needs_reason, minimum.colour_of_known
        )
    return stricter(rules, Step(choice.first_step), Step(choice.grid_step))


def set_minimum(officer: Officer, stated: Minimum) -> None:
    """Set what one's organisation demands; it holds from the next look on."""
    require(officer, Permission.LOOK_MINIMUM_SET)
    _check_steps(stated.first_step, stated.grid_step)
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.LOOK_MINIMUM_SET)
        values = {**asdict(stated), "set_by_id": actor.pk, "set_at": now()}
        LookMinimum.objects.using("service").update_or_create(organisation_id=actor.organisation_id, defaults=values)
        record(
            "catalogue:look:set_minimum",
            actor=actor,
            using="service",
            subject_kind="organisation",
            subject_id=actor.organisation_id,
            facts={
                "first": Step(stated.first_step).word,
                "grid": Step(stated.grid_step).word,
                "colour_needs_reason": stated.colour_needs_reason,
                "colour_of_known": stated.colour_of_known,
            },
        )


def set_choice(officer: Officer, chosen: OwnChoice) -> None:
    """Choose for oneself. What is less strict than the organisation's minimum has no effect."""
    require(officer, Permission.LOOK_CHOOSE)
    _check_steps(chosen.first_step, chosen.grid_step)
    if not LOOK_HIDDEN_AFTER_SECONDS_MIN <= chosen.hidden_after_seconds <= LOOK_HIDDEN_AFTER_SECONDS_MAX:
        raise InputRefused(
            reason=f"Pictures hide themselves after {LOOK_HIDDEN_AFTER_SECONDS_MIN} to {LOOK_HIDDEN_AFTER_SECONDS_MAX} seconds. Nothing was changed."
        )
    with transaction.atomic(using="service"):
        LookDefault.objects.using("service").update_or_create(officer_id=officer.pk, defaults=asdict(chosen))
        record("catalogue:look:choose", actor=officer, using="service", subject_kind="officer", subject_id=officer.pk)


def _check_steps(*steps: int) -> None:
    if not all(step in set(Step) for step in steps):
        raise InputRefused(reason="That is no step of clearness. Nothing was changed. Choose one of the four.")
