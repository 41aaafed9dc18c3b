"""Nouns of retention: how long a record is kept, the question to its owner, the legal hold, the purge, and the tombstone that remains."""

from __future__ import annotations

import datetime as dt

from django.db import models

from clew.access.data_protection import months_later, policy
from clew.access.models import Officer, Organisation, Unit
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class RecordKind(models.TextChoices):
    """What is kept and expires as one: a case with its submissions and sightings, a series with what is stated of it."""

    CASE = "case", "Case"
    SERIES = "series", "Series"


def today() -> dt.date:
    """The day it is, in UTC."""
    return now().date()


def general_expiry() -> dt.date:
    """When what begins today expires if nobody says of which collection it is."""
    return months_later(today(), 12 * policy().years(policy().defaults[RecordKind.CASE.value]))


class Retained(models.Model):
    """A record that is kept for a time: in which collection, since when, until when. `review_on` of an owned row says when its owner is asked."""

    collection = models.CharField(max_length=40, default="general")
    kept_since = models.DateField(default=today)
    expires_on = models.DateField(default=general_expiry, db_index=True)

    class Meta:
        abstract = True


class OfRecord(models.Model):
    """A row about a case or a series, by its id alone: it outlives what it is about."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record_kind = models.CharField(max_length=10, choices=RecordKind.choices)
    record_id = models.UUIDField()
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class RetentionAnswer(models.TextChoices):
    """What the owner answered when asked whether a record is still needed."""

    NONE = "", "Not answered"
    KEEP = "keep", "Keep"
    LET_GO = "let go", "Let go"
    HOLD = "hold", "Under a legal hold"
    EXPIRED = "expired", "Expired without an answer"


class RetentionTask(OfRecord):
    """The question to a unit whether a record that is about to expire is still needed (R14)."""

    asked_at = models.DateTimeField(default=now)
    expires_on = models.DateField()
    reminders = models.SmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=RetentionAnswer.choices, default=RetentionAnswer.NONE, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    kept_until = models.DateField(null=True)

    class Meta:
        db_table = "catalogue_retentiontask"
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "record_id"],
                name="catalogue_retentiontask_open_once",
                condition=models.Q(answer=""),
            )
        ]


class LegalHold(OfRecord):
    """What stops a record from being deleted: with a reason, an author and a day on which it is looked at again. Lifted by two people."""

    reason = models.CharField(max_length=500)
    placed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=now)
    review_on = models.DateField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    lift_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "catalogue_legalhold"
        indexes = [
            models.Index(
                fields=["record_id"], name="catalogue_legalhold_standing", condition=models.Q(lifted_at__isnull=True)
            )
        ]

    @property
    def is_review_due(self) -> bool:
        """Whether somebody should ask if it must still stand."""
        return self.lifted_at is None and today() >= self.review_on


class PurgeCause(models.TextChoices):
    """Why something was purged."""

    EXPIRY = "expiry", "Its time was over"
    LET_GO = "let go", "Its owner let it go"
    BY_HAND = "by hand", "Two people of its owner decided so"


class PurgeState(models.TextChoices):
    """How far a purge has come; each step is safe to repeat."""

    PLANNED = "planned", "Planned"
    REMOVED = "removed", "Rows are gone, objects of the vault are going"
    FINISHED = "finished", "Done"


class Purge(OfRecord):
    """The deletion of one record with all that derives from it: the plan while it runs, the record's tombstone afterwards."""

    cause = models.CharField(max_length=10, choices=PurgeCause.choices)
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    approval_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=PurgeState.choices, default=PurgeState.PLANNED)
    planned_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: What went, in numbers, by its kind.
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "catalogue_purge"
        constraints = [
            models.UniqueConstraint(fields=["record_kind", "record_id"], name="catalogue_purge_once"),
        ]


class Tombstone(models.Model):
    """A content that was here and is gone: its id, and which purge took it. Read by the matching service alone."""

    media_id = models.UUIDField(primary_key=True)
    purge = models.ForeignKey(Purge, on_delete=models.PROTECT, related_name="tombstones")
    purged_at = models.DateTimeField(default=now)
    #: Only where the policy says so: its SHA-256 under a key of this installation, to recognise what is brought again.
    exact_hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        db_table = "catalogue_tombstone"
        indexes = [
            models.Index(
                fields=["exact_hash"],
                name="catalogue_tombstone_exact",
                condition=models.Q(exact_hash__isnull=False),
            )
        ]


class DoomedBlob(models.Model):
    """An object of the vault that is to be deleted, noted in the transaction that removed the rows about it."""

    purge = models.ForeignKey(Purge, on_delete=models.CASCADE, related_name="blobs")
    address = models.CharField(max_length=100)
    #: The original it is, or was made from: as long as somebody brings that, it stays.
    original_address = models.CharField(max_length=100)
    #: Others keep the content: only this organisation's share of its key is ended. None: it goes for all.
    organisation_id = models.UUIDField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "catalogue_doomedblob"
        indexes = [models.Index(fields=["original_address"], name="catalogue_doomedblob_original")]
        constraints = [models.UniqueConstraint(fields=["purge", "address"], name="catalogue_doomedblob_once")]
