"""Nouns of the second review: contents drawn by chance from what was decided, each judged again by another person."""

from __future__ import annotations

from django.db import models

from clew.access.models import Officer, Organisation
from clew.catalogue.models import Media
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.review.statement_models import Decision


class SecondReview(models.Model):
    """One drawing, in one scheme. Whoever knows its seed and what was there to draw from can draw it again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    drawn_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=now)
    scheme = models.CharField(max_length=60)
    #: Whether those who judge again do not see what was said first.
    is_blind = models.BooleanField(default=True)
    made_from = models.DateTimeField()
    made_to = models.DateTimeField()
    #: How many contents there were to draw from.
    drawn_from = models.IntegerField()
    seed = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_secondreview"
        indexes = [models.Index(fields=["owner_organisation", "-id"], name="review_secondreview_newest")]


class SecondLook(models.Model):
    """One content of a drawing: who said what first, and, once it is judged again, who said what then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(SecondReview, on_delete=models.PROTECT, related_name="looks")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    first_officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    first_code = models.CharField(max_length=120)
    #: Who has it before them, and since when; another may take it once they have left it for long.
    second_officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    second_code = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True)
    #: What the second judgement says beside the first.
    decision = models.ForeignKey(Decision, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "review_secondlook"
        constraints = [models.UniqueConstraint(fields=["review", "media"], name="review_secondlook_once")]
        indexes = [models.Index(fields=["media"], name="review_secondlook_media")]
