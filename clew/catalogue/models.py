"""Nouns of the catalogue. Everything a country brings is owned; what identifies content is apart, for the matching service alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clew.access.models import Officer, Unit
from clew.access.ownership import Owned
from clew.catalogue.apart_models import Apart, ApartKind
from clew.catalogue.caution_models import Caution, CautionAuthor
from clew.catalogue.looking_models import Look, LookDefault, LookMinimum
from clew.catalogue.outcome_models import Outcome, OutcomeKind
from clew.catalogue.retention_models import (
    DoomedBlob,
    LegalHold,
    Purge,
    RecordKind,
    Retained,
    RetentionTask,
    Tombstone,
)
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.kernel.limits import PDQ_DISTANCE_MAX, PDQ_QUALITY_MIN

__all__ = [
    "COMPARED",
    "Apart",
    "ApartKind",
    "Case",
    "Caution",
    "CautionAuthor",
    "Digests",
    "DoomedBlob",
    "Imprint",
    "ImprintKind",
    "LegalHold",
    "Look",
    "LookDefault",
    "LookMinimum",
    "Media",
    "Membership",
    "Outcome",
    "OutcomeKind",
    "Purge",
    "RecordKind",
    "RetentionTask",
    "Series",
    "SeriesState",
    "Sighting",
    "Signature",
    "SignatureKind",
    "Submission",
    "SubmissionState",
    "Tombstone",
    "TurnedLooks",
]


class Case(Owned, Retained):
    """An investigation of one unit, by the unit's own reference."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "catalogue_case"
        constraints = [models.UniqueConstraint(fields=["owner_unit", "reference"], name="catalogue_case_reference")]

    def __str__(self) -> str:
        return self.reference


class SubmissionState(models.TextChoices):
    """How far a submission has come."""

    OPEN = "open", "Receiving files"
    CLOSED = "closed", "Being checked"
    FINISHED = "finished", "Checked"


class Submission(Owned):
    """A delivery of files or hashes for one case, and the grounds on which it is processed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="submissions")
    submitted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    legal_basis = models.CharField(max_length=300)
    door = models.CharField(max_length=20)
    #: Looks further apart than this are no match, neither for its files nor for those that meet them.
    match_distance_max = models.SmallIntegerField(default=PDQ_DISTANCE_MAX)
    state = models.CharField(max_length=20, choices=SubmissionState.choices, default=SubmissionState.OPEN)
    opened_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: Set while its officer's access has ended: nothing of it is decided until it is handed over.
    held_at = models.DateTimeField(null=True)
    #: To whom it was handed over, in whose name it goes on.
    handed_to = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "catalogue_submission"
        indexes = [models.Index(fields=["owner_organisation", "-id"], name="catalogue_submission_newest")]

    @property
    def officer_responsible(self) -> Officer:
        """In whose name it is decided: whoever brought it, or took it over."""
        return self.handed_to or self.submitted_by

    @property
    def state_words(self) -> str:
        """How far it is, in words."""
        return "Held: its officer's access ended" if self.held_at else str(self.get_state_display())


#: Contents that may have imprints, and were not looked at for them.
TO_IMPRINT = Q(imprinted_at__isnull=True, kind__in=["image", "video", "audio"]) & ~Q(original_address="")


class Media(models.Model):
    """One content. What it shows belongs to those who saw it; this row holds what the file itself says."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20)
    mime = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField(null=True)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    metadata = models.JSONField(default=dict)
    #: Where the vault keeps the original and its renditions; empty when only a hash was brought.
    original_address = models.CharField(max_length=100, blank=True)
    thumbnail_address = models.CharField(max_length=100, blank=True)
    preview_address = models.CharField(max_length=100, blank=True)
    #: The scenes of a video side by side.
    strip_address = models.CharField(max_length=100, blank=True)
    #: Tool, version and parameters of everything derived.
    derivation = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField(default=now)
    #: When it was looked at for imprints, whether it has any or not; never for what was catalogued before there were imprints.
    imprinted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "catalogue_media"
        verbose_name_plural = "media"
        indexes = [
            models.Index(fields=["id"], name="catalogue_media_to_imprint", condition=TO_IMPRINT),
            models.Index(
                fields=["original_address"], name="catalogue_media_original", condition=~Q(original_address="")
            ),
        ]


class Digests(models.Model):
    """The digests of one content; some may be missing where only a hash was brought. Read by the matching service alone."""

    media = models.OneToOneField(Media, on_delete=models.CASCADE, primary_key=True, related_name="digests")
    sha256 = models.BinaryField(max_length=32, null=True)
    sha1 = models.BinaryField(max_length=20, null=True)
    md5 = models.BinaryField(max_length=16, null=True)

    class Meta:
        db_table = "catalogue_digests"
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], name="catalogue_digests_sha256", condition=Q(sha256__isnull=False)
            )
        ]
        indexes = [
            models.Index(fields=["sha1"], name="catalogue_digests_sha1", condition=Q(sha1__isnull=False)),
            models.Index(fields=["md5"], name="catalogue_digests_md5", condition=Q(md5__isnull=False)),
        ]


class SignatureKind(models.TextChoices):
    """What a perceptual hash is of. All are PDQ and are compared with one another."""

    PICTURE = "pdq", "Picture"
    #: A small picture, enlarged before it was hashed: so it is found by its larger copies too.
    ENLARGED = "pdq-enlarged", "Picture, enlarged"
    #: A picture without its borders: so it is found framed otherwise, or without a frame.
    TRIMMED = "pdq-trimmed", "Picture, without its borders"
    FRAME = "pdq-frame", "Frame of a video"
    #: The same without the bars that the whole video has around its picture.
    FRAME_TRIMMED = "pdq-frame-trimmed", "Frame of a video, without its letterbox"


class Signature(models.Model):
    """A perceptual hash of one content, or of a moment of it, with the way it was made. Read by the matching service alone."""

    id = models.BigAutoField(primary_key=True)
    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="signatures")
    kind = models.CharField(max_length=20, choices=SignatureKind.choices)
    #: Milliseconds from the beginning; 0 for pictures.
    time_ms = models.IntegerField(default=0)
    bits = models.BinaryField(max_length=32)
    quality = models.SmallIntegerField(null=True)
    algorithm = models.CharField(max_length=80)

    class Meta:
        db_table = "catalogue_signature"
        indexes = [models.Index(fields=["kind", "bits"], name="catalogue_signature_bits")]
        constraints = [models.UniqueConstraint(fields=["media", "kind", "time_ms"], name="catalogue_signature_once")]


class TurnedLooks(models.Model):
    """The hashes of one picture in all eight orientations, as `clew.signatures.turned` packs them: with these it asks what it resembles once
    more, long after its pixels are gone. Read by the matching service alone.
    """

    media = models.OneToOneField(Media, on_delete=models.CASCADE, primary_key=True, related_name="turned_looks")
    content = models.BinaryField()

    class Meta:
        db_table = "catalogue_turnedlooks"


class ImprintKind(models.TextChoices):
    """What an imprint is of. Each kind has an index of its own."""

    SCENE = "scene", "Scene of a picture"
    SOUND = "sound", "Sound"


class Imprint(models.Model):
    """A signature longer than a hash, of a content or of a moment of it: from it a part is found again, and the way it fits is worked out.

    It says more of a content than a hash does. Read by the matching service alone; `made_in` is the transaction that wrote it.
    """

    id = models.BigAutoField(primary_key=True)
    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="imprints")
    kind = models.CharField(max_length=20, choices=ImprintKind.choices)
    #: Milliseconds from the beginning; 0 for pictures and whole sounds.
    time_ms = models.IntegerField(default=0)
    content = models.BinaryField()
    algorithm = models.CharField(max_length=80)

    class Meta:
        db_table = "catalogue_imprint"
        constraints = [models.UniqueConstraint(fields=["media", "kind", "time_ms"], name="catalogue_imprint_once")]
        indexes = [models.Index(fields=["kind", "id"], name="catalogue_imprint_by_kind")]


#: Signatures that say enough to be compared; of those stated in a list the quality is not known.
COMPARED = Q(quality__isnull=True) | Q(quality__gte=PDQ_QUALITY_MIN)


class Sighting(Owned):
    """One place where a content was found: a file of a submission."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="sightings")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="sightings")
    path = models.TextField()
    #: The sighting of the file in which this one lay, such as a document.
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="embedded")
    seen_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "catalogue_sighting"


class SeriesState(models.TextChoices):
    """How far a series has come."""

    OPEN = "open", "Unidentified"
    IDENTIFIED = "identified", "Victim identified"
    CLOSED = "closed", "Closed"


class Series(Owned, Retained):
    """All material of the same victim or production: the unit of work."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=20, choices=SeriesState.choices, default=SeriesState.OPEN)
    victim_identified = models.BooleanField(default=False)
    offender_identified = models.BooleanField(default=False)
    summary = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "catalogue_series"
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A statement by a unit that a content belongs to a series, or does not; never overwritten, only joined by others."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="memberships")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="memberships")
    belongs = models.BooleanField(default=True)
    stated_by_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    stated_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(default=now)
    basis = models.CharField(max_length=200)
    #: Whether the content is held by this statement alone, since the files with which its owner brought it have gone.
    keeps_content = models.BooleanField(default=False)
    #: Whether those who see the series see the media through this: only where the series' owner says so of what it brought itself. Nobody
    #: hands on what another brought.
    opens_media = models.BooleanField(default=False)

    class Meta:
        db_table = "catalogue_membership"
        constraints = [
            models.UniqueConstraint(fields=["series", "media", "stated_by_unit"], name="catalogue_membership_once")
        ]
        indexes = [
            models.Index(fields=["media"], name="catalogue_membership_media"),
            # A page of a series is read in this order, and from this index alone.
            models.Index(
                fields=["series", "media", "id"], name="catalogue_membership_belongs", condition=Q(belongs=True)
            ),
            # Few are denied, and every page of a series leaves them out.
            models.Index(fields=["series", "media"], name="catalogue_membership_denied", condition=Q(belongs=False)),
        ]
