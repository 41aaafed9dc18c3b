"""Ownership: the columns every protected row carries, and the pure rule that says how much of it an organisation may know."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clew.access.models import Confidentiality, Organisation, Unit


class Sharing(models.TextChoices):
    """With whom the owner shares a record."""

    MEMBERS = "members", "All members"
    LISTED = "listed", "Named groups and organisations"
    NOBODY = "nobody", "Nobody"


class Outside(models.TextChoices):
    """What those with whom a record is not shared are told when they meet it."""

    CONTACT = "contact", "That it exists, and whom to call"
    SILENT = "silent", "Nothing"


class Level(StrEnum):
    """How much an asker may know of a record."""

    FULL = "full"
    CONTACT = "contact"
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
    outside = models.CharField(max_length=20, choices=Outside.choices, default=Outside.CONTACT)
    purpose = models.CharField(max_length=200, default="victim identification")
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class OwnedRow(Protocol):
    """The part of an owned row that decides who may know of it."""

    owner_organisation_id: uuid.UUID
    sharing: str
    audience_organisations: list[uuid.UUID]
    audience_groups: list[uuid.UUID]
    outside: str


def level_for(row: OwnedRow, *, organisation_id: uuid.UUID, is_member: bool, group_ids: Collection[uuid.UUID]) -> Level:
    """How much the organisation may know of the row. The same rule as the policies in SQL; a test holds them together.

    An empty list of names means nobody.
    """
    if row.owner_organisation_id == organisation_id:
        return Level.FULL
    if is_member and row.sharing == Sharing.MEMBERS:
        return Level.FULL
    named = organisation_id in row.audience_organisations or not set(group_ids).isdisjoint(row.audience_groups)
    if row.sharing == Sharing.LISTED and named:
        return Level.FULL
    if is_member and row.outside == Outside.CONTACT:
        return Level.CONTACT
    return Level.SILENT
