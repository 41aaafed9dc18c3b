"""Nouns of the demo: the truth of each file of the demo world, so that features and benchmarks have known answers."""

from __future__ import annotations

from django.db import models

from clew.catalogue.models import Series
from clew.intake.models import ReceivedFile


class Truth(models.Model):
    """What a file of the demo world really is. Read by the service alone, like every answer that no country was given."""

    file = models.OneToOneField(ReceivedFile, on_delete=models.CASCADE, primary_key=True, related_name="+")
    #: The original it shows: "place 3 view 1 thing 1".
    shot = models.CharField(max_length=80)
    place = models.IntegerField()
    view = models.IntegerField()
    thing = models.IntegerField(null=True)
    #: What was done to it (a key of `CHANGES`), empty for the very bytes.
    change = models.CharField(max_length=40, blank=True)
    #: Whether a copy so changed must be recognised as a near-duplicate, or else as a part.
    is_near = models.BooleanField()
    is_part = models.BooleanField(default=False)
    series = models.ForeignKey(Series, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        db_table = "demo_truth"
        indexes = [models.Index(fields=["shot"], name="demo_truth_shot")]
