"""Verbs of outcomes: the owner states that the victim of a series is identified, or that the child is safe; rooms above are told."""

from __future__ import annotations

import uuid

from django.db import transaction

from clew.access.approvals import present
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.models import Outcome, OutcomeKind, Series, SeriesState
from clew.catalogue.queries import series_for
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.events import SeriesOutcome
from clew.kernel.ids import new_id
from clew.ledger.actions import announce, record


class OutcomeStatedAlready(ClewError):
    """This outcome of the series was stated before. Nothing was changed."""

    status = 409


def state_outcome(officer: Officer, series_id: uuid.UUID, kind: str) -> Outcome:
    """State it of a series of one's own organisation, which from then on counts as identified; whoever worked on it is told. Raises `NotFound`,
    also for series of others, and `OutcomeStatedAlready`.
    """
    require(officer, Permission.OUTCOME_STATE)
    if kind not in OutcomeKind.values:
        raise InputRefused(reason="That is no outcome. Nothing was changed. Choose one of those offered.")
    with acting_as(officer):
        if not may_state(officer, series_for(officer, series_id)):
            raise NotFound
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.OUTCOME_STATE)
        own = Series.objects.using("service").select_for_update().filter(owner_organisation=actor.organisation_id)
        series = own.filter(id=series_id).first()
        if series is None:
            raise NotFound
        if Outcome.objects.using("service").filter(series=series, kind=kind).exists():
            raise OutcomeStatedAlready
        outcome = Outcome(id=new_id(), series=series, kind=kind, stated_by=actor)
        Outcome.objects.using("service").bulk_create([outcome])
        series.victim_identified = True
        if series.state == SeriesState.OPEN:
            series.state = SeriesState.IDENTIFIED
        series.save(using="service", update_fields=["victim_identified", "state"])
        record(
            "catalogue:outcome:state",
            actor=actor,
            using="service",
            subject_kind="series",
            subject_id=series.id,
            facts={"outcome": kind},
        )
        announce(SeriesOutcome(series_id=series.id, outcome=kind), using="service")
    return outcome


def may_state(officer: Officer, series: Series) -> bool:
    """Whether the officer states outcomes of this series."""
    return series.owner_organisation_id == officer.organisation_id and Permission.OUTCOME_STATE in officer.permissions


def outcomes_of(series: Series) -> list[Outcome]:
    """What was stated of a series that the officer was given by a query of theirs."""
    return list(Outcome.objects.using("service").filter(series_id=series.id).order_by("stated_at"))
