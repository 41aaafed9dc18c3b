"""Nouns of schemes: in which an organisation decides, what its administrator confirmed, which files were met, and taxonomies brought in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clew.access.models import Officer, Organisation
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class DeskSchemes(models.Model):
    """The schemes in whose words an organisation decides, as `key/version`; the first is the desk's own."""

    owner_organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    schemes = ArrayField(models.CharField(max_length=101))
    chosen_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_deskschemes"


class SchemeConfirmation(models.Model):
    """An administrator's word that what no public source bears out is so in their country: exactly this file, for their organisation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    #: On what they rest: the profile, the law, the letter.
    grounds = models.CharField(max_length=500)
    confirmed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "review_schemeconfirmation"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_organisation", "scheme", "version"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="review_confirmation_once",
            )
        ]


class SchemeFile(models.Model):
    """A scheme or a rule set as it was when it was first used here: a changed file of the same version is refused from then on."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    met_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_schemefile"
        constraints = [models.UniqueConstraint(fields=["kind", "key", "version"], name="review_schemefile_once")]


class Taxonomy(models.Model):
    """One version of a taxonomy that an organisation brought in, for its own officers: such lists are handed to approved bodies alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    #: The labels in the order of the file, as JSON rows of `taxonomy.Label`.
    labels = models.JSONField()
    brought_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_taxonomy"
        constraints = [
            models.UniqueConstraint(fields=["owner_organisation", "key", "version"], name="review_taxonomy_once")
        ]
