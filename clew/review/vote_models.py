"""Nouns of votes: a call for votes on a content, and what was confirmed by them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clew.access.models import Approval, Officer
from clew.access.ownership import Owned
from clew.catalogue.models import Media
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class VoteCall(Owned):
    """A unit asks everybody who sees a content, and may decide, to vote on it under a rule."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=40)
    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=40)
    #: Whether what others say is hidden from whoever has not voted.
    is_blind = models.BooleanField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_votecall"
        constraints = [
            models.UniqueConstraint(
                fields=["media", "rule", "scheme", "owner_organisation"],
                condition=Q(closed_at__isnull=True),
                name="review_votecall_open_once",
            )
        ]
        indexes = [models.Index(fields=["media"], name="review_votecall_open", condition=Q(closed_at__isnull=True))]


class Promotion(Owned):
    """A code confirmed by votes, as a second person has approved: a statement of the organisation that did it. Undone by another approved act."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.ForeignKey(VoteCall, on_delete=models.PROTECT, related_name="promotions")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=40)
    code = models.CharField(max_length=120)
    #: Ids of the statements that were its votes.
    votes = models.JSONField()
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+")
    promoted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    promoted_at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    undo_approval = models.ForeignKey(Approval, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "review_promotion"
        constraints = [
            models.UniqueConstraint(fields=["call"], condition=Q(undone_at__isnull=True), name="review_promotion_once")
        ]
        indexes = [models.Index(fields=["media"], name="review_promotion_media")]
