"""Nouns of looking: how clear an organisation and an officer let pictures become, and which looks were taken. Written and read by the service alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clew.access.models import Officer, Organisation
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.kernel.limits import LOOK_HIDDEN_AFTER_SECONDS_DEFAULT
from clew.media.steps import Step

#: The steps as a form offers them, from what shows least.
STEP_CHOICES = [
    (Step.OUTLINE.value, "Outline: edges only"),
    (Step.REDUCED.value, "Reduced detail: masses only"),
    (Step.GREY.value, "Grey"),
    (Step.COLOUR.value, "Colour"),
]


class LookMinimum(models.Model):
    """What an organisation demands of every look of its officers, as its national administrator last set it; without one the defaults hold."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+")
    #: How clear the first look at a picture may be.
    first_step = models.SmallIntegerField(choices=STEP_CHOICES, default=Step.OUTLINE.value)
    #: How clear thumbnails may become, of which a page shows many.
    grid_step = models.SmallIntegerField(choices=STEP_CHOICES, default=Step.GREY.value)
    colour_needs_reason = models.BooleanField(default=False)
    #: Whether colour is shown of what stands in a series whose victim is identified, or that is closed.
    colour_of_known = models.BooleanField(default=True)
    set_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "catalogue_lookminimum"


class LookDefault(models.Model):
    """What an officer chose for themselves. It counts as far as it is stricter than the organisation's minimum."""

    officer = models.OneToOneField(Officer, on_delete=models.PROTECT, primary_key=True, related_name="+")
    first_step = models.SmallIntegerField(choices=STEP_CHOICES, default=Step.COLOUR.value)
    grid_step = models.SmallIntegerField(choices=STEP_CHOICES, default=Step.COLOUR.value)
    #: Whether grids fill themselves with outlines, or wait until each picture is asked for.
    fills_grids = models.BooleanField(default=True)
    hides_on_leave = models.BooleanField(default=True)
    hidden_after_seconds = models.PositiveSmallIntegerField(default=LOOK_HIDDEN_AFTER_SECONDS_DEFAULT)

    class Meta:
        db_table = "catalogue_lookdefault"


class Look(models.Model):
    """That an officer looked at a media by one step: first and last when, how often, and the reason last stated. A clearer step rests on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    #: Goes with its media.
    media = models.ForeignKey("catalogue.Media", on_delete=models.CASCADE, related_name="+")
    step = models.SmallIntegerField(choices=STEP_CHOICES)
    rendition = models.CharField(max_length=12)
    first_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(default=now)
    number = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "catalogue_look"
        constraints = [
            models.UniqueConstraint(fields=["officer", "media", "step"], name="catalogue_look_once"),
            models.CheckConstraint(condition=Q(step__in=[step.value for step in Step]), name="catalogue_look_step"),
        ]
        indexes = [models.Index(fields=["media"], name="catalogue_look_media")]
