"""Nouns of intake: files received, hashes stated, verdicts, and the matches that explain them."""

from __future__ import annotations

from django.db import models

from clew.access.models import Organisation, Unit
from clew.catalogue.models import Media, Series, Sighting, Submission
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class VerdictKind(models.TextChoices):
    """The one answer for each file."""

    KNOWN = "known", "Known"
    RESEMBLES = "resembles", "Resembles"
    NEW = "new", "New"
    UNREADABLE = "unreadable", "Unreadable"


class Basis(models.TextChoices):
    """On what a match rests."""

    SHA256 = "sha256", "Same bytes (SHA-256)"
    SHA1 = "sha1", "Same SHA-1"
    MD5 = "md5", "Same MD5"
    PDQ = "pdq", "Near-duplicate (PDQ)"


class ReceivedFile(models.Model):
    """A file or a hash line of a submission, acknowledged: from here on nothing about it is lost."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="files")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    #: What the sender calls this file, stable over attempts, so that a resumed submission sends it once.
    client_key = models.CharField(max_length=64)
    path = models.TextField()
    size_bytes = models.BigIntegerField(null=True)
    original_address = models.CharField(max_length=100, blank=True)
    #: Why nothing could be received under this name (unreadable on the sender's disk, refused by the archive).
    refusal = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(default=now)
    decided = models.BooleanField(default=False)

    class Meta:
        db_table = "intake_receivedfile"
        constraints = [models.UniqueConstraint(fields=["submission", "client_key"], name="intake_receivedfile_once")]
        indexes = [
            models.Index(
                fields=["submission", "id"], name="intake_receivedfile_waiting", condition=models.Q(decided=False)
            ),
        ]


class StatedHash(models.Model):
    """A hash brought in a list instead of a file. Read by the matching service alone."""

    file = models.OneToOneField(ReceivedFile, on_delete=models.CASCADE, primary_key=True, related_name="stated_hash")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Basis.choices)
    bits = models.BinaryField(max_length=32)

    class Meta:
        db_table = "intake_statedhash"


class Verdict(models.Model):
    """The answer for one file, as far as its sender may know: exactly one for each."""

    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, primary_key=True, related_name="verdict")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="verdicts")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=VerdictKind.choices)
    reason = models.CharField(max_length=300)
    sighting = models.OneToOneField(Sighting, on_delete=models.PROTECT, null=True, related_name="verdict")
    decided_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "intake_verdict"
        indexes = [models.Index(fields=["submission", "kind"], name="intake_verdict_counts")]


class Match(models.Model):
    """Why a file is known or resembles something: one held content in one series (or none), with the way it was found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    verdict = models.ForeignKey(Verdict, on_delete=models.CASCADE, related_name="matches")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    holder_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=20, choices=Basis.choices)
    distance = models.SmallIntegerField()
    orientation = models.CharField(max_length=20)
    quality = models.SmallIntegerField(null=True)
    quality_held = models.SmallIntegerField(null=True)
    threshold = models.SmallIntegerField()
    #: How much the sender was told when the verdict was made: full or contact.
    level = models.CharField(max_length=20)

    class Meta:
        db_table = "intake_match"
        ordering = ["distance", "id"]
