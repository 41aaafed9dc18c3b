"""Ownership: the columns every protected row carries, and the pure rule that says how much of it an asker may know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clew.access.models import Confidentiality, Organisation, Unit

__all__ = [
    "Asker",
    "Confidentiality",
    "Level",
    "Outside",
    "Owned",
    "OwnedRow",
    "Sharing",
    "clearances_up_to",
    "highest",
    "level_for",
    "most_telling",
]


class Sharing(models.TextChoices):
    """With whom the owner shares a record."""

    MEMBERS = "members", "All members"
    LISTED = "listed", "Named groups and organisations"
    NOBODY = "nobody", "Nobody"


class Outside(models.TextChoices):
    """What those with whom a record is not shared are told when they meet it."""

    CONTACT = "contact", "That it exists, and whom to call"
    EXISTENCE = "existence", "That another unit knows it; they ask through Clew, and you stay unnamed"
    SILENT = "silent", "Nothing; only you are told that it was met"


class Level(StrEnum):
    """How much an asker may know of a record, the most first."""

    FULL = "full"
    CONTACT = "contact"
    EXISTENCE = "existence"
    SILENT = "silent"


class Owned(models.Model):
    """A row that belongs to a unit; PostgreSQL's row-level security reads these columns (see `access/policies.py`)."""

    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    confidentiality = models.CharField(
        max_length=20, choices=Confidentiality.choices, default=Confidentiality.RESTRICTED
    )
    sharing = models.CharField(max_length=20, choices=Sharing.choices, default=Sharing.NOBODY)
    audience_organisations = ArrayField(models.UUIDField(), default=list, blank=True)
    audience_groups = ArrayField(models.UUIDField(), default=list, blank=True)
    #: Of those with whom it is shared only the ones named see it, and to everyone else it does not exist.
    release_only = models.BooleanField(default=False)
    #: Those who see nothing of it, whatever else says otherwise.
    denied_organisations = ArrayField(models.UUIDField(), default=list, blank=True)
    #: Doubted, and not used while somebody looks into it: to all but its owner it does not exist.
    under_examination = models.BooleanField(default=False)
    outside = models.CharField(max_length=20, choices=Outside.choices, default=Outside.CONTACT)
    purpose = models.CharField(max_length=200, default="victim identification")
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class OwnedRow(Protocol):
    """The part of an owned row that decides who may know of it."""

    owner_organisation_id: uuid.UUID
    confidentiality: str
    sharing: str
    audience_organisations: list[uuid.UUID]
    audience_groups: list[uuid.UUID]
    release_only: bool
    denied_organisations: list[uuid.UUID]
    under_examination: bool
    outside: str


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom answers are cut: an organisation, its groups, who denies it everything, and up to what its officer is cleared."""

    organisation_id: uuid.UUID
    is_member: bool
    group_ids: frozenset[uuid.UUID] = frozenset()
    denier_ids: frozenset[uuid.UUID] = frozenset()
    clearances: frozenset[str] = frozenset(Confidentiality.values)


def level_for(row: OwnedRow, asker: Asker) -> Level:
    """How much the asker may know of the row. The same rule as the policies in SQL; a test holds them together.

    An empty list of names means nobody. Whoever is not cleared stands where those stand with whom it is not shared, in the owner's own
    organisation too.
    """
    is_own = row.owner_organisation_id == asker.organisation_id
    is_cleared = row.confidentiality in asker.clearances
    if is_own:
        return Level.FULL if is_cleared else _outside(row, is_member=True)
    is_denied = asker.organisation_id in row.denied_organisations or row.owner_organisation_id in asker.denier_ids
    if is_denied or row.under_examination:
        return Level.SILENT
    is_named = asker.organisation_id in row.audience_organisations or not asker.group_ids.isdisjoint(
        row.audience_groups
    )
    if row.release_only and not is_named:
        return Level.SILENT
    is_shared = (row.sharing == Sharing.MEMBERS and asker.is_member) or (row.sharing == Sharing.LISTED and is_named)
    if is_shared and is_cleared:
        return Level.FULL
    return _outside(row, is_member=asker.is_member)


def _outside(row: OwnedRow, *, is_member: bool) -> Level:
    return Level(row.outside) if is_member else Level.SILENT


def highest(levels: Iterable[str]) -> str:
    """The strictest of some confidentialities: what an aggregate takes from its parts. Of none, the least strict."""
    order = list(Confidentiality.values)
    return max(levels, key=order.index, default=order[0])


def most_telling(levels: Iterable[Level]) -> Level:
    """Of several levels at which somebody may know the same, the one that tells the most."""
    return min(levels, key=list(Level).index, default=Level.SILENT)


def clearances_up_to(clearance: str) -> frozenset[str]:
    """Every confidentiality that an officer so cleared may see; none for a word that is no clearance."""
    order = list(Confidentiality.values)
    return frozenset(order[: order.index(clearance) + 1]) if clearance in order else frozenset()
