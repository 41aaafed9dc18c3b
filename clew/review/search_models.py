"""Nouns of searching: words under which things are found, questions of likeness, each officer's way through their searches, and searches that are kept."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clew.access.models import Officer, Organisation, Unit
from clew.catalogue.models import Media
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.kernel.limits import SEARCH_NAME_CHARACTERS_MAX
from clew.review.search_words import WORD_LETTERS_MAX


class SearchWord(models.Model):
    """A word under which a content, a series or a case is found. Of a path the sighting is named as well: who may not see it does not find by it.

    Rows are made by a job and taken away by the database, with what they are of (`search_policies`). Words are compared by their code points, which
    PostgreSQL does inside an index also under row-level security; it never uses its full-text indexes there.
    """

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=WORD_LETTERS_MAX, db_collation="C")
    media_id = models.UUIDField(null=True)
    sighting_id = models.UUIDField(null=True)
    series_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)

    class Meta:
        db_table = "review_searchword"
        constraints = [
            models.CheckConstraint(
                name="review_searchword_of_one",
                condition=Q(media_id__isnull=False, series_id__isnull=True, case_id__isnull=True)
                | Q(media_id__isnull=True, sighting_id__isnull=True, series_id__isnull=False, case_id__isnull=True)
                | Q(media_id__isnull=True, sighting_id__isnull=True, series_id__isnull=True, case_id__isnull=False),
            )
        ]
        indexes = [
            models.Index(
                fields=["word", "-media_id"], name="review_searchword_media", condition=Q(media_id__isnull=False)
            ),
            models.Index(
                fields=["media_id", "word"], name="review_searchword_within", condition=Q(media_id__isnull=False)
            ),
            models.Index(fields=["word"], name="review_searchword_name", condition=Q(media_id__isnull=True)),
            models.Index(
                fields=["sighting_id"], name="review_searchword_sighting", condition=Q(sighting_id__isnull=False)
            ),
            models.Index(fields=["series_id"], name="review_searchword_series", condition=Q(series_id__isnull=False)),
            models.Index(fields=["case_id"], name="review_searchword_case", condition=Q(case_id__isnull=False)),
        ]


class WordsDue(models.Model):
    """What is written since, or anew, and has no words yet. Written by the database with the row itself, so that nothing is left out."""

    id = models.BigAutoField(primary_key=True)
    #: media, sighting, series or case.
    kind = models.CharField(max_length=10)
    subject_id = models.UUIDField()

    class Meta:
        db_table = "review_wordsdue"


class LikenessOf(models.TextChoices):
    """With what somebody asked what is like it."""

    MEDIA = "media", "A media"
    SIGNATURES = "signatures", "Hashes"
    PICTURE = "picture", "A picture"


class Likeness(models.Model):
    """A question what is like something, asked by one officer for a stated purpose. It holds no hash: only its id stands in addresses."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    of = models.CharField(max_length=20, choices=LikenessOf.choices)
    media = models.ForeignKey(Media, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=300)
    asked_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_likeness"
        indexes = [models.Index(fields=["asked_at"], name="review_likeness_oldest")]


class LikenessHit(models.Model):
    """A content that is like what was asked about, over all countries. Read by the trusted service alone, which cuts it anew for each look."""

    id = models.BigAutoField(primary_key=True)
    likeness = models.ForeignKey(Likeness, on_delete=models.CASCADE, related_name="+")
    media_id = models.UUIDField(db_index=True)
    basis = models.CharField(max_length=20)
    #: Bits between two looks; none where none were compared.
    distance = models.SmallIntegerField(null=True)
    orientation = models.CharField(max_length=20)
    words = models.CharField(max_length=500)
    #: 0 is the nearest.
    place = models.IntegerField()

    class Meta:
        db_table = "review_likenesshit"
        indexes = [models.Index(fields=["likeness", "place"], name="review_likenesshit_order")]


class SearchStep(models.Model):
    """One search of an officer's way, and the one from which they came to it: a tree that can be walked back, each step as it was left."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="children")
    #: As `Search.to_query` writes it.
    query = models.JSONField()
    #: How many there were, as counted: up to a bound.
    found = models.IntegerField()
    is_more = models.BooleanField(default=False)
    #: Where it was left: the page, and the content that was looked at.
    page = models.IntegerField(default=1)
    media_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=now)
    visited_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_searchstep"
        indexes = [models.Index(fields=["officer", "-visited_at"], name="review_searchstep_newest")]


class SavedSearch(models.Model):
    """A search that is kept under a name, by an officer for themselves or for their unit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=SEARCH_NAME_CHARACTERS_MAX)
    query = models.JSONField()
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_savedsearch"
        constraints = [models.UniqueConstraint(fields=["officer", "name"], name="review_savedsearch_name")]


class SavedRun(models.Model):
    """What one officer last found by a saved search, so that the next time shows what is new to them; the newest of many."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    saved = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="runs")
    found = ArrayField(models.UUIDField())
    run_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_savedrun"
        constraints = [models.UniqueConstraint(fields=["saved", "officer"], name="review_savedrun_once")]
