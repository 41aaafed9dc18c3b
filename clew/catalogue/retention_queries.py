"""Reads of retention: what is about to expire, what is held, what is gone, and how long one record is kept; of the officer's organisation."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from clew.access.data_protection import Collection, policy
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Case, Caution, LegalHold, Purge, RecordKind, RetentionTask, Series
from clew.catalogue.retention import RECORDS
from clew.catalogue.retention_models import OfRecord, RetentionAnswer, today
from clew.catalogue.retention_rules import extension_latest
from clew.kernel.errors import NotFound

#: Questions and holds on one page; those answered make room for the next.
SHOWN_MAX = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A row about a record together with the record, where it is still there and may be seen."""

    about: OfRecord
    row: Case | Series | None

    @property
    def words(self) -> str:
        """What the record is called."""
        return str(self.row) if self.row is not None else "a record that is gone, or that you are not cleared for"


def tasks_open(officer: Officer) -> list[Kept]:
    """The questions that wait for an answer, the most urgent first, as many as a page takes."""
    require(officer, Permission.RETENTION_READ)
    waiting = RetentionTask.objects.select_related("owner_unit").filter(
        owner_organisation=officer.organisation_id, answer=RetentionAnswer.NONE
    )
    return _with_records(waiting.order_by("expires_on", "id")[:SHOWN_MAX])


def holds_standing(officer: Officer) -> list[Kept]:
    """The legal holds that stand, those to be looked at first."""
    require(officer, Permission.RETENTION_READ)
    standing = LegalHold.objects.select_related("owner_unit", "placed_by").filter(
        owner_organisation=officer.organisation_id, lifted_at__isnull=True
    )
    return _with_records(standing.order_by("review_on", "id")[:SHOWN_MAX])


def hold_for(officer: Officer, hold_id: uuid.UUID) -> LegalHold:
    """One hold that stands on a record of the officer's organisation, or `NotFound`."""
    require(officer, Permission.RETENTION_READ)
    own = LegalHold.objects.filter(owner_organisation=officer.organisation_id, lifted_at__isnull=True)
    found = own.filter(id=hold_id).first()
    if found is None:
        raise NotFound
    return found


def purges_of(officer: Officer) -> QuerySet[Purge]:
    """What was purged, the newest first: tombstones, and what is still under way."""
    require(officer, Permission.RETENTION_READ)
    own = Purge.objects.select_related("owner_unit", "asked_by").filter(owner_organisation=officer.organisation_id)
    return own.order_by("-planned_at")


@dataclass(frozen=True, slots=True)
class RecordTerm:
    """How long a record is kept, the question about it that waits, its holds, and how far it could be extended today."""

    kind: str
    row: Case | Series
    collection: Collection
    task: RetentionTask | None
    holds: list[LegalHold]
    cautions: list[Caution]
    latest: dt.date

    @property
    def days_left(self) -> int:
        """Days until it expires."""
        return (self.row.expires_on - today()).days


def term_for(officer: Officer, kind: str, record_id: uuid.UUID) -> RecordTerm:
    """The term of one record of the officer's own organisation, or `NotFound`."""
    require(officer, Permission.RETENTION_READ)
    rows = RECORDS[kind].objects.select_related("owner_unit")
    row: Case | Series | None = rows.filter(id=record_id, owner_organisation=officer.organisation_id).first()
    if row is None:
        raise NotFound
    about = {"record_kind": kind, "record_id": record_id}
    return RecordTerm(
        kind=kind,
        row=row,
        collection=policy().collections[row.collection],
        task=RetentionTask.objects.filter(answer=RetentionAnswer.NONE, **about).first(),
        holds=list(LegalHold.objects.select_related("placed_by", "lifted_by").filter(**about).order_by("-placed_at")),
        cautions=list(Caution.objects.select_related("set_by").filter(**about).order_by("-set_at")),
        latest=extension_latest(policy(), row.collection, officer.organisation.country, row.kept_since, today()),
    )


def _with_records(rows: Iterable[OfRecord]) -> list[Kept]:
    listed = list(rows)
    found: dict[uuid.UUID, Case | Series] = {}
    for kind in RecordKind.values:
        found |= RECORDS[kind].objects.in_bulk([row.record_id for row in listed if row.record_kind == kind])
    return [Kept(row, found.get(row.record_id)) for row in listed]
