"""Nouns of outcomes: what a series came to for the child in it, as its owner states. Read through the series alone, by the service."""

from __future__ import annotations

from django.db import models

from clew.access.models import Officer
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class OutcomeKind(models.TextChoices):
    """What it came to."""

    IDENTIFIED = "identified", "The victim is identified"
    SAFEGUARDED = "safeguarded", "The child is safeguarded"


class Outcome(models.Model):
    """One statement of an outcome, by an officer of the series' owner. Each kind is stated once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    series = models.ForeignKey("catalogue.Series", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=OutcomeKind.choices)
    stated_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "catalogue_outcome"
        constraints = [models.UniqueConstraint(fields=["series", "kind"], name="catalogue_outcome_once")]
