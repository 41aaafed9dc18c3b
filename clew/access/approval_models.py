"""Nouns of two-person acts: a request for a grave act with its decision, and a broken glass with its review."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clew.access.grave_acts import ACT_WORDS, GraveAct
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.kernel.limits import APPROVAL_GRANTED_HOURS_MAX, APPROVAL_WAITING_DAYS_MAX, GLASS_MINUTES_MAX


class ApprovalState(models.TextChoices):
    """How far a request has come; the database lets it go forwards alone."""

    WAITING = "waiting", "Waiting for a second person"
    GRANTED = "granted", "Granted, not carried out yet"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    USED = "used", "Carried out"


class Approval(models.Model):
    """A request for a grave act, exactly as it is to be carried out, and what a second person decided of it.

    A trigger of the database refuses every change of the request itself, every step backwards and every decision by the person who asked.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    act = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    #: Everything the act is given, as JSON; the digest covers it.
    facts = models.JSONField(default=dict)
    request_digest = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=500)
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    requester_person_id = models.UUIDField()
    requested_at = models.DateTimeField(default=now)
    state = models.CharField(max_length=12, choices=ApprovalState.choices, default=ApprovalState.WAITING)
    decided_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    decider_person_id = models.UUIDField(null=True)
    #: The digest that the second person had before their eyes.
    decided_digest = models.BinaryField(max_length=32, null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_approval"
        indexes = [models.Index(fields=["owner_organisation", "-requested_at"], name="access_approval_newest")]

    @property
    def act_words(self) -> str:
        """The act in words."""
        return ACT_WORDS[GraveAct(self.act)]

    @property
    def ends_at(self) -> dt.datetime:
        """Until when it can be decided, or, once granted, carried out."""
        if self.decided_at is not None:
            return self.decided_at + dt.timedelta(hours=APPROVAL_GRANTED_HOURS_MAX)
        return self.requested_at + dt.timedelta(days=APPROVAL_WAITING_DAYS_MAX)

    @property
    def is_open(self) -> bool:
        """Whether anything can still come of it."""
        return self.state in {ApprovalState.WAITING, ApprovalState.GRANTED} and now() < self.ends_at

    @property
    def state_words(self) -> str:
        """The state, or that its time is over."""
        is_over = self.state in {ApprovalState.WAITING, ApprovalState.GRANTED} and not self.is_open
        return "Expired" if is_over else str(self.get_state_display())

    @property
    def digest_words(self) -> str:
        """The digest in hexadecimal: what a decision repeats."""
        return bytes(self.request_digest).hex()


class GlassBreak(models.Model):
    """An officer's look, in an emergency, at what its owner does not share with them: with a reason, for minutes, and reviewed afterwards."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    holder_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    holder_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    #: The protected rows it opens, by id: a series, or the places where a content was seen.
    opened_rows = ArrayField(models.UUIDField())
    media_id = models.UUIDField(null=True)
    series_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField(default=now)
    #: When the officer closed it, before its time was over.
    closed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    was_justified = models.BooleanField(null=True)
    review_words = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "access_glassbreak"
        indexes = [
            models.Index(fields=["officer", "-opened_at"], name="access_glassbreak_officer"),
            models.Index(fields=["holder_organisation", "-opened_at"], name="access_glassbreak_holder"),
        ]

    @property
    def ends_at(self) -> dt.datetime:
        """When it closes by itself."""
        return self.opened_at + dt.timedelta(minutes=GLASS_MINUTES_MAX)

    @property
    def is_open(self) -> bool:
        """Whether the officer sees through it at this moment."""
        return self.closed_at is None and now() < self.ends_at
