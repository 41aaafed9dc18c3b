"""Nouns of cooperation: alerts."""

from __future__ import annotations

from django.db import models

from clew.access.models import Organisation, Unit
from clew.catalogue.models import Media, Series
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class Alert(models.Model):
    """Word to the owner of a hit: who met their material, on what basis, and how much they were told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    #: The announcement that caused it: delivered twice, it still makes one alert.
    announcement_id = models.UUIDField(unique=True)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="alerts")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    asker_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=20)
    distance = models.SmallIntegerField(null=True)
    told = models.CharField(max_length=20)
    created_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cooperation_alert"
        indexes = [models.Index(fields=["owner_unit", "-created_at"], name="cooperation_alert_newest")]
