"""Nouns of the outcome feed: on which series an officer worked while they could see them, and what those came to. The service's alone."""

from __future__ import annotations

from django.db import models

from clew.access.models import Officer
from clew.catalogue.models import OutcomeKind, Series
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class Worked(models.Model):
    """That an officer worked on a series which they could see at that moment: to others its outcome would tell that it exists."""

    id = models.BigAutoField(primary_key=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    last_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_worked"
        constraints = [models.UniqueConstraint(fields=["officer", "series"], name="review_worked_once")]


class OutcomeNotice(models.Model):
    """Word to one officer of what a series they worked on came to. Where the series is gone since, only that stays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    announcement_id = models.UUIDField()
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=OutcomeKind.choices)
    at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_outcomenotice"
        constraints = [models.UniqueConstraint(fields=["officer", "announcement_id"], name="review_outcomenotice_once")]
