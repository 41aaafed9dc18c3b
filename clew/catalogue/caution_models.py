"""Nouns of caution: a record that is doubted and not used while somebody looks into it (R27), and, apart from it, whose doubt that is."""

from __future__ import annotations

from django.db import models

from clew.access.models import Officer
from clew.catalogue.retention_models import OfRecord
from clew.kernel.clock import now


class CautionSource(models.TextChoices):
    """Where a caution comes from, as far as its owner is told."""

    OWNER = "owner", "Its owner"
    COMPLIANCE = "compliance", "Compliance"


class Caution(OfRecord):
    """A caution on a record: to all but its owner the record does not exist while one stands.

    Of those that compliance set, the owner reads the same words whoever wished them: an officer of compliance, or a person whose request is examined.
    """

    source = models.CharField(max_length=12, choices=CautionSource.choices)
    reason = models.CharField(max_length=500)
    #: Named for the owner's own cautions alone.
    set_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=now)
    cleared_at = models.DateTimeField(null=True)
    clear_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "catalogue_caution"
        indexes = [
            models.Index(
                fields=["record_id"], name="catalogue_caution_standing", condition=models.Q(cleared_at__isnull=True)
            )
        ]


class CautionAuthor(models.Model):
    """Which officer of compliance set a caution, and why; read by the service alone. A caution without one is cleared by nobody's hand here."""

    caution = models.OneToOneField(Caution, on_delete=models.PROTECT, primary_key=True, related_name="author")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)

    class Meta:
        db_table = "catalogue_cautionauthor"
