"""Nouns of intake: files received, hashes stated, verdicts, the matches that explain them, and what is known of the index."""

from __future__ import annotations

import uuid

from django.db import models

from clew.access.models import Officer, Organisation, Unit
from clew.catalogue.models import Imprint, Media, Series, Sighting, Signature, Submission
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.kernel.limits import IMPRINT_RECALL_MIN
from clew.media.jail_grade import JailGrade


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


class PartBasis(models.TextChoices):
    """On what a match rests where a part of one file is found in another; no list brings these."""

    SCENE = "scene", "Part of the same picture"
    SOUND = "sound", "The same sound"


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
    #: When the sender says the file was last changed, at the place where it lay. Nobody can tell whether that is so.
    modified_at = models.DateTimeField(null=True)
    #: The file in which this one lay, such as a document, and how deep that is: 0 for what was sent by itself.
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="embedded")
    depth = models.SmallIntegerField(default=0)
    received_at = models.DateTimeField(default=now)
    decided = models.BooleanField(default=False)

    class Meta:
        db_table = "intake_receivedfile"
        constraints = [models.UniqueConstraint(fields=["submission", "client_key"], name="intake_receivedfile_once")]
        indexes = [
            models.Index(
                fields=["submission", "id"], name="intake_receivedfile_waiting", condition=models.Q(decided=False)
            ),
            models.Index(
                fields=["original_address"],
                name="intake_receivedfile_original",
                condition=~models.Q(original_address=""),
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
    #: When its picture was searched once more for small parts.
    looked_closer_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_verdict"
        indexes = [
            models.Index(fields=["submission", "kind"], name="intake_verdict_counts"),
            models.Index(
                fields=["file"],
                name="intake_verdict_look_closer",
                condition=models.Q(looked_closer_at__isnull=True, kind=VerdictKind.NEW),
            ),
        ]


#: The variant of a match that was found by the closer look.
CLOSER = "closer look"
#: The order of the matches of one verdict: by how far looks lie apart, then those that compare no looks.
NEAREST_FIRST = (models.F("distance").asc(nulls_last=True), "id")


class Match(models.Model):
    """Why a file is known or resembles something: one held content in one series (or none), with the way it was found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    verdict = models.ForeignKey(Verdict, on_delete=models.CASCADE, related_name="matches")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    #: None once the holder no longer holds it: of such a match only basis, level and holder are left.
    media = models.ForeignKey(Media, on_delete=models.PROTECT, null=True, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    holder_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=20, choices=[*Basis.choices, *PartBasis.choices])
    #: Bits between looks; none where no look was compared.
    distance = models.SmallIntegerField(null=True)
    orientation = models.CharField(max_length=20)
    quality = models.SmallIntegerField(null=True)
    quality_held = models.SmallIntegerField(null=True)
    threshold = models.SmallIntegerField()
    #: How what was compared was made, where not from the picture as it is: enlarged, or a moment of a video.
    variant = models.CharField(max_length=20, blank=True)
    time_ms = models.IntegerField(default=0)
    time_held_ms = models.IntegerField(default=0)
    #: Of two films: which milliseconds match which, and of how many frames on either side how many match.
    film = models.JSONField(null=True)
    #: Of scenes and sounds: how well and where they fit, as `clew.intake.fits` writes it.
    fit = models.JSONField(null=True)
    #: Set where the other content came only after the verdict.
    met_later_at = models.DateTimeField(null=True)
    #: When what was met was purged by its holder.
    gone_at = models.DateTimeField(null=True)
    #: How much the sender was told when the verdict was made: full or contact.
    level = models.CharField(max_length=20)

    class Meta:
        db_table = "intake_match"
        ordering = [*NEAREST_FIRST]
        constraints = [
            models.UniqueConstraint(
                fields=["verdict", "holder_unit"],
                name="intake_match_later_once",
                # What a closer look finds is told content by content: a collage may hold several of one unit.
                condition=models.Q(met_later_at__isnull=False) & ~models.Q(variant=CLOSER),
            )
        ]


class ParkingCause(models.TextChoices):
    """Why a signature is set aside."""

    DEGENERATE = "degenerate", "Says nothing of a picture"
    OVER_MATCHING = "over-matching", "Suddenly matches too much"
    BY_HAND = "by hand", "Set aside by an officer"


class Parking(models.Model):
    """A signature or an imprint set aside: what meets only it is told so, and is no match. Ended by an officer, never by Clew."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    #: One of the two.
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, null=True, related_name="parkings")
    imprint = models.ForeignKey(Imprint, on_delete=models.CASCADE, null=True, related_name="parkings")
    cause = models.CharField(max_length=20, choices=ParkingCause.choices)
    reason = models.CharField(max_length=300)
    parked_at = models.DateTimeField(default=now)
    parked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    release_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "intake_parking"
        constraints = [
            models.UniqueConstraint(
                fields=["signature"], name="intake_parking_once", condition=models.Q(released_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["imprint"], name="intake_parking_imprint_once", condition=models.Q(released_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(signature__isnull=True) ^ models.Q(imprint__isnull=True),
                name="intake_parking_of_one",
            ),
        ]

    @property
    def media_id(self) -> uuid.UUID:
        """Whose it is."""
        of = self.signature or self.imprint
        assert of is not None
        return of.media_id


#: The name of the index of looks in its checks; those of imprints have names of their own.
LOOKS_INDEX = "looks"


class RecallCheck(models.Model):
    """One test of a machine's index with questions whose answers are known, and with a look at every hash as referee."""

    id = models.BigAutoField(primary_key=True)
    machine = models.CharField(max_length=200)
    #: Which of the machine's indexes: looks, scenes or sounds.
    index = models.CharField(max_length=20, default="looks")
    checked_at = models.DateTimeField(default=now)
    rows = models.BigIntegerField()
    probes = models.IntegerField()
    missed = models.IntegerField()
    took_ms = models.IntegerField()

    class Meta:
        db_table = "intake_recallcheck"
        indexes = [models.Index(fields=["machine", "index", "-id"], name="intake_recallcheck_newest")]

    @property
    def found(self) -> int:
        """Known answers that were given."""
        return self.probes - self.missed

    @property
    def is_lost(self) -> bool:
        """Whether too few were: any of an index that is exact, a share of one that proposes candidates."""
        spared = 0 if self.index == "looks" else (1 - IMPRINT_RECALL_MIN) * self.probes
        return self.missed > spared


class IndexRemoval(models.Model):
    """The number of a signature or an imprint that was purged, so that every index that holds it lets it go; `made_in` is the transaction."""

    id = models.BigAutoField(primary_key=True)
    #: looks, or the kind of imprint.
    index = models.CharField(max_length=20)
    number = models.BigIntegerField()

    class Meta:
        db_table = "intake_indexremoval"


class JailReport(models.Model):
    """The jail of one machine's workers, as the newest of them found it when it started: which walls are missing there."""

    machine = models.CharField(max_length=200, primary_key=True)
    reported_at = models.DateTimeField(default=now)
    missing = models.JSONField(default=list)

    class Meta:
        db_table = "intake_jailreport"

    @property
    def grade(self) -> JailGrade:
        """What that jail is worth."""
        return JailGrade(tuple(self.missing))
