"""Nouns of people and their rights: steps of onboarding, certifications, the yearly campaign over access rights, and the calls of keys."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clew.kernel.clock import now
from clew.kernel.ids import new_id


class OnboardingTick(models.Model):
    """A step of an organisation's onboarding that was taken: by whom, when, and on what evidence. Taken back, it stays on record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="ticks")
    #: The key of a step of `clew.access.onboarding_steps`.
    step = models.CharField(max_length=40)
    evidence = models.CharField(max_length=500)
    ticked_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    ticked_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_onboardingtick"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_organisation", "step"],
                name="access_onboardingtick_once",
                condition=models.Q(withdrawn_at__isnull=True),
            )
        ]


class Certification(models.Model):
    """What an officer was examined in, by whom, and until when that counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="certifications")
    what = models.CharField(max_length=200)
    #: None: by whoever runs the installation.
    certified_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    certified_on = models.DateField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_certification"
        indexes = [models.Index(fields=["officer", "-expires_on"], name="access_certification_newest")]


class Campaign(models.Model):
    """One yearly review of an organisation's access rights: every officer is confirmed, ended, or disabled when nobody answered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="campaigns")
    opened_at = models.DateTimeField(default=now)
    answers_until = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_campaign"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_organisation"],
                name="access_campaign_one_open",
                condition=models.Q(closed_at__isnull=True),
            )
        ]


class CampaignAnswer(models.TextChoices):
    """What became of an officer's rights in a campaign."""

    WAITING = "waiting", "Not answered yet"
    CONFIRMED = "confirmed", "Confirmed"
    ENDED = "ended", "Ended"
    LAPSED = "lapsed", "Nobody answered: disabled"


class CampaignLine(models.Model):
    """One officer of a campaign, with their rights as they were when it opened, and the answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="lines")
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    roles = ArrayField(models.CharField(max_length=40), default=list)
    last_seen_at = models.DateTimeField(null=True)
    certified_until = models.DateField(null=True)
    answer = models.CharField(max_length=12, choices=CampaignAnswer.choices, default=CampaignAnswer.WAITING)
    answered_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_campaignline"
        constraints = [models.UniqueConstraint(fields=["campaign", "officer"], name="access_campaignline_once")]


class KeyUse(models.Model):
    """How many calls a key made in the five minutes since a moment; counted in the database, so that all processes count together."""

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey("access.ApiKey", on_delete=models.CASCADE, related_name="uses")
    since = models.DateTimeField()
    calls = models.IntegerField(default=0)

    class Meta:
        db_table = "access_keyuse"
        constraints = [models.UniqueConstraint(fields=["key", "since"], name="access_keyuse_step")]
