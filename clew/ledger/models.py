"""Nouns of the ledger: entries nobody may change, the tree over them, its checkpoints, and announcements waiting to be delivered."""

from __future__ import annotations

from django.db import models

from clew.kernel.clock import now
from clew.kernel.ids import new_id


class Entry(models.Model):
    """One action on record: who did what to which record, when, on what ground, and how it ended.

    It names officers and organisations by id alone, so that it outlives them, and holds no hash, path or picture but as a keyed hash.
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
    #: In which canonical form it was hashed.
    format = models.PositiveSmallIntegerField(default=1)
    #: Through which kind of door; in which session and from which address, as keyed hashes (AU-3).
    door = models.CharField(max_length=20, default="")
    session_hash = models.BinaryField(max_length=32, null=True)
    address_hash = models.BinaryField(max_length=32, null=True)
    purpose = models.CharField(max_length=200, default="")
    legal_basis = models.CharField(max_length=300, default="")
    #: Sensitive values by what they are, each a mark (half of a keyed hash, in hexadecimal), or a list of such.
    sensitive = models.JSONField(default=dict)
    #: SHA-256 over 0x00 and the entry's canonical form: its leaf of the tree (RFC 6962).
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_entry"
        indexes = [
            models.Index(fields=["organisation_id", "-sequence"], name="ledger_entry_organisation"),
            models.Index(fields=["officer_id", "-sequence"], name="ledger_entry_officer"),
            models.Index(fields=["subject_id", "-sequence"], name="ledger_entry_subject"),
        ]


class Leaf(models.Model):
    """An entry's place in the tree. Entries are committed in no order and some numbers are never used; leaves have no gap."""

    index = models.BigIntegerField(primary_key=True)
    entry_sequence = models.BigIntegerField(unique=True)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_leaf"


class KeptNode(models.Model):
    """The hash over 256 (level 8), 65,536 (level 16), … whole leaves, so that a proof reads little."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    node_hash = models.BinaryField(max_length=32)
    pk = models.CompositePrimaryKey("level", "index")

    class Meta:
        db_table = "ledger_node"


class Growth(models.Model):
    """One growing of the tree: to which size, with which entry as the highest, and before which transaction that was."""

    size = models.BigIntegerField(primary_key=True)
    entry_sequence_max = models.BigIntegerField()
    #: Whoever drew a lower number than `entry_sequence_max` had a transaction id below this one.
    horizon = models.BigIntegerField()
    #: Up to here every entry that was ever committed is in the tree since this growing.
    settled = models.BigIntegerField()
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "ledger_growth"


class StoredCheckpoint(models.Model):
    """A checkpoint of this ledger as it was signed, numbered without gaps from 1."""

    number = models.BigIntegerField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "ledger_checkpoint"


class Cosignature(models.Model):
    """A witness's signature line under a checkpoint of this ledger."""

    checkpoint_number = models.BigIntegerField()
    witness = models.CharField(max_length=200)
    #: The witness's public key as it was then.
    key = models.TextField()
    line = models.TextField()
    at = models.DateTimeField(default=now)
    pk = models.CompositePrimaryKey("checkpoint_number", "witness")

    class Meta:
        db_table = "ledger_cosignature"


class SeenCheckpoint(models.Model):
    """What this installation, as a witness, has seen and cosigned of another's ledger; the largest of an origin counts."""

    origin = models.CharField(max_length=200)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField(default=now)
    pk = models.CompositePrimaryKey("origin", "size")

    class Meta:
        db_table = "ledger_seen"


class WitnessState(models.Model):
    """How a witness answered last; a note for people, which proves nothing and may change."""

    name = models.CharField(max_length=200, primary_key=True)
    asked_at = models.DateTimeField()
    cosigned_at = models.DateTimeField(null=True)
    #: The size that it saw last, as far as it told.
    size = models.BigIntegerField(default=0)
    #: Empty while all is well.
    problem = models.TextField(default="")
    #: Whether the problem is that the past looks rewritten, not that nobody answered.
    is_grave = models.BooleanField(default=False)

    class Meta:
        db_table = "ledger_witness"


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
