"""Reads of the auditor: who did what to which record, when and on what ground. Entries name officers and records by id; names are looked up."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from clew.access.models import Officer, Organisation, OrganisationKind
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.ledger.models import Entry

#: Outcomes of what was let through.
DONE = ("done", "200", "302")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are wanted; what is None or empty is not asked for."""

    officer_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    verb: str = ""
    outcome: str = ""
    at_from: dt.datetime | None = None
    at_to: dt.datetime | None = None
    #: Only entries before this one, for the next page.
    before: int | None = None


def entries_read(officer: Officer) -> QuerySet[Entry]:
    """The entries an auditor reads: those of their organisation; an auditor of the coordinator reads all, which hold ids and no content."""
    require(officer, Permission.ENTRY_READ)
    if officer.organisation.kind == OrganisationKind.COORDINATOR:
        return Entry.objects.using("service").all()
    return Entry.objects.filter(organisation_id=officer.organisation_id)


def entries_wanted(officer: Officer, wanted: Wanted) -> QuerySet[Entry]:
    """Of these the wanted ones, newest first."""
    entries = entries_read(officer)
    if wanted.officer_id:
        entries = entries.filter(officer_id=wanted.officer_id)
    if wanted.subject_id:
        entries = entries.filter(subject_id=wanted.subject_id)
    if wanted.organisation_id:
        entries = entries.filter(organisation_id=wanted.organisation_id)
    if wanted.verb:
        entries = entries.filter(verb=wanted.verb)
    if wanted.outcome == "refused":
        entries = entries.exclude(outcome__in=DONE)
    if wanted.at_from:
        entries = entries.filter(at__gte=wanted.at_from)
    if wanted.at_to:
        entries = entries.filter(at__lt=wanted.at_to)
    if wanted.before:
        entries = entries.filter(sequence__lt=wanted.before)
    return entries.order_by("-sequence")


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with the names that go with its ids, as far as the reader may know them."""

    entry: Entry
    officer_words: str
    organisation_words: str

    @property
    def is_refused(self) -> bool:
        """Whether it was tried in vain."""
        return self.entry.outcome not in DONE

    @property
    def has_history(self) -> bool:
        """Whether its record is of a kind whose holder may ask who read it."""
        return self.entry.subject_kind in {"media", "series"}


def told(entries: Iterable[Entry], *, reader: Officer) -> list[Told]:
    """Entries with names. Officers of other organisations stay unnamed: their organisation answers for them."""
    listed = list(entries)
    officers = Officer.objects.using("service").select_related("unit__organisation")
    by_id = officers.in_bulk({entry.officer_id for entry in listed if entry.officer_id})
    organisations = Organisation.objects.using("service").in_bulk(
        {entry.organisation_id for entry in listed if entry.organisation_id}
    )
    sees_all = reader.organisation.kind == OrganisationKind.COORDINATOR
    lines = []
    for entry in listed:
        who = by_id.get(entry.officer_id) if entry.officer_id else None
        organisation = organisations.get(entry.organisation_id) if entry.organisation_id else None
        is_named = who is not None and (sees_all or who.organisation_id == reader.organisation_id)
        name = who.name if who is not None and is_named else "an officer" if who is not None else "Clew"
        lines.append(Told(entry, name, organisation.name if organisation else ""))
    return lines


@dataclass(frozen=True, slots=True)
class Activity:
    """What one officer did within a time: of each verb how often, and when last."""

    verb: str
    number: int
    last_at: dt.datetime


def activity_of(officer: Officer, officer_id: uuid.UUID, *, since: dt.datetime) -> list[Activity]:
    """One officer's verbs since a moment, most frequent first."""
    entries = entries_read(officer).filter(officer_id=officer_id, at__gte=since)
    counted = entries.values_list("verb").annotate(n=Count("sequence"), last=Max("at")).order_by("-n")
    return [Activity(verb, number, last) for verb, number, last in counted]


def officers_audited(officer: Officer) -> QuerySet[Officer]:
    """Whom the auditor may ask about: officers of their organisation, or of all for an auditor of the coordinator."""
    require(officer, Permission.ENTRY_READ)
    found = (
        Officer.objects.using("service")
        .select_related("unit__organisation")
        .order_by("unit__organisation__name", "name")
    )
    if officer.organisation.kind == OrganisationKind.COORDINATOR:
        return found
    return found.filter(unit__organisation=officer.organisation_id)
