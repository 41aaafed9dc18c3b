"""Nouns of the vault: keys of organisations, the wraps under them that open objects, and what scrubs found. For the service alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clew.kernel.clock import now
from clew.kernel.ids import new_id


class OrganisationKey(models.Model):
    """A key of one organisation, itself wrapped by the key provider. Destroyed, its row stays and says so."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation_id = models.UUIDField()
    #: Who wraps it, and the provider's key under which.
    provider = models.CharField(max_length=20)
    provider_key_id = models.CharField(max_length=80)
    wrapped = models.BinaryField(null=True)
    is_current = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=now)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_organisationkey"
        indexes = [models.Index(fields=["organisation_id"], name="vault_organisationkey_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id"], name="vault_organisationkey_current", condition=Q(is_current=True)
            )
        ]


class Wrap(models.Model):
    """The key of one object, wrapped for one organisation that brought it; emptied where that was destroyed."""

    id = models.BigAutoField(primary_key=True)
    address = models.CharField(max_length=100)
    organisation_id = models.UUIDField()
    key = models.ForeignKey(OrganisationKey, on_delete=models.PROTECT, related_name="wraps", db_index=False)
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "vault_wrap"
        constraints = [models.UniqueConstraint(fields=["address", "organisation_id"], name="vault_wrap_once")]
        # In this order a rotation goes through them.
        indexes = [models.Index(fields=["key", "id"], name="vault_wrap_by_key")]


class Scrub(models.Model):
    """One run through everything the vault holds: how far it came, and its counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    begun_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)
    #: Parts done: 256 for each kind of object.
    parts_done = models.IntegerField(default=0)
    opened = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    destroyed = models.BigIntegerField(default=0)

    class Meta:
        db_table = "vault_scrub"


class ScrubFault(models.TextChoices):
    """What can be wrong with an object."""

    DAMAGED = "damaged", "Does not open"
    MISSING = "missing", "Known, and not there"
    ORPHANED = "orphaned", "There, and known to nobody"


class ScrubFinding(models.Model):
    """An object with which something is wrong, by its address."""

    id = models.BigAutoField(primary_key=True)
    scrub = models.ForeignKey(Scrub, on_delete=models.CASCADE, related_name="findings")
    address = models.CharField(max_length=100)
    fault = models.CharField(max_length=20, choices=ScrubFault.choices)
    #: The error's name.
    reason = models.CharField(max_length=40, default="")

    class Meta:
        db_table = "vault_scrubfinding"
        constraints = [models.UniqueConstraint(fields=["scrub", "address"], name="vault_scrubfinding_once")]
