"""Nouns of exposure: what an officer saw, in sums alone, how long they have been at work, and what their organisation allows. The service's alone."""

from __future__ import annotations

from django.db import models

from clew.access.models import Officer, Organisation
from clew.kernel.clock import now
from clew.kernel.limits import (
    BREAK_AFTER_MINUTES_DEFAULT,
    BREAK_MINUTES_DEFAULT,
    EXPOSURE_DAY_POINTS_DEFAULT,
    EXPOSURE_WEEK_POINTS_DEFAULT,
    STOP_MINUTES_DEFAULT,
)


class ExposureRule(models.Model):
    """What an organisation allows its officers a day and a week, and when it wants breaks; without one the defaults hold."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+")
    day_points_max = models.PositiveIntegerField(default=EXPOSURE_DAY_POINTS_DEFAULT)
    week_points_max = models.PositiveIntegerField(default=EXPOSURE_WEEK_POINTS_DEFAULT)
    #: A break of so many minutes is due after so many minutes of work with pictures.
    break_after_minutes = models.PositiveSmallIntegerField(default=BREAK_AFTER_MINUTES_DEFAULT)
    break_minutes = models.PositiveSmallIntegerField(default=BREAK_MINUTES_DEFAULT)
    #: In the last so many minutes of a shift nothing grave is shown.
    stop_minutes = models.PositiveSmallIntegerField(default=STOP_MINUTES_DEFAULT)
    set_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_exposurerule"


class Duty(models.Model):
    """How an officer's work with pictures stands at this moment."""

    officer = models.OneToOneField(Officer, on_delete=models.PROTECT, primary_key=True, related_name="+")
    #: Since when they have looked without a break, and when last.
    working_since = models.DateTimeField(null=True)
    last_look_at = models.DateTimeField(null=True)
    #: Set while they are on a break that they asked for: nothing is shown until they say that they are back.
    break_since = models.DateTimeField(null=True)
    shift_ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_duty"


class Exposure(models.Model):
    """What an officer saw on one day (UTC): visible seconds, points (seconds x part of the screen x weight), and pictures looked at."""

    id = models.BigAutoField(primary_key=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    seconds = models.FloatField(default=0)
    points = models.FloatField(default=0)
    looks = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "review_exposure"
        constraints = [models.UniqueConstraint(fields=["officer", "day"], name="review_exposure_once")]


class Shown(models.Model):
    """Until when a picture that an officer looked at was counted, by its severity at that time; kept for a day, so that no second counts twice."""

    id = models.BigAutoField(primary_key=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    media_id = models.UUIDField()
    looked_at = models.DateTimeField()
    counted_until = models.DateTimeField()
    weight = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "review_shown"
        constraints = [models.UniqueConstraint(fields=["officer", "media_id"], name="review_shown_once")]
        indexes = [models.Index(fields=["looked_at"], name="review_shown_age")]
