"""Nouns of the ledger: entries nobody may change, and announcements waiting to be delivered."""

from __future__ import annotations

from django.db import models

from clew.kernel.clock import now
from clew.kernel.ids import new_id


class Entry(models.Model):
    """One action on record: who did what to which record, when, on what ground, and how it ended.

    It names officers and organisations by id alone, so that it outlives them, and holds no hash, path or picture.
    """

    sequence = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=now)
    verb = models.CharField(max_length=80)
    outcome = models.CharField(max_length=40, default="done")
    officer_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40, default="")
    subject_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    #: SHA-256 over 0x00 and the entry's canonical form (RFC 6962 leaf), the leaf of the tree that is to be built over it.
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_entry"
        indexes = [
            models.Index(fields=["organisation_id", "-sequence"], name="ledger_entry_organisation"),
            models.Index(fields=["officer_id", "-sequence"], name="ledger_entry_officer"),
            models.Index(fields=["subject_id", "-sequence"], name="ledger_entry_subject"),
        ]


class Announcement(models.Model):
    """An event waiting to be told to the rooms above, written with the change it tells of."""

    id = models.UUIDField(primary_key=True, default=new_id)
    at = models.DateTimeField(default=now)
    event = models.CharField(max_length=80)
    body = models.JSONField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_announcement"
        indexes = [
            models.Index(
                fields=["id"], name="ledger_announcement_waiting", condition=models.Q(delivered_at__isnull=True)
            ),
        ]
