"""Nouns of keeping apart: what one's own officers said is not the same, against everything that will ever look alike."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clew.access.models import Officer, Organisation
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class ApartKind(models.TextChoices):
    """In what two contents are not the same."""

    PICTURE = "picture", "Not the same picture"
    PERSON = "person", "Not the same person"
    SERIES = "series", "Not the same series"
    PLACE = "place", "Not the same place"


class Apart(models.Model):
    """A statement of one organisation that two contents are kept apart; it stands until that organisation itself takes it back.

    It names contents, not signatures: whatever is indexed, matched, delivered or built anew, it is asked again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ApartKind.choices)
    #: The lesser id and the greater.
    left = models.ForeignKey("catalogue.Media", on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey("catalogue.Media", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    stated_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "catalogue_apart"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_organisation", "kind", "left", "right"],
                name="catalogue_apart_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="catalogue_apart_in_order"),
        ]
        indexes = [
            models.Index(fields=["left"], name="catalogue_apart_left"),
            models.Index(fields=["right"], name="catalogue_apart_right"),
        ]
