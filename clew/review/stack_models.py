"""Nouns of stacks: contents of one organisation that look alike, gathered around one that is looked at; moves, and what was put off."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clew.access.models import Officer, Organisation
from clew.catalogue.models import Media, Submission
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class Stack(models.Model):
    """Near copies around their medoid, the one content of it that somebody looks at. It is never rebuilt: others join it or leave it.

    `decided_by` is derived by the database itself (`policies_of_stacks.STATE`): the statement of the organisation that stands on the medoid. So a stack
    is open again the moment its decision is undone, through whichever door.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    medoid = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    #: Contents in it; none where the last of them left.
    size = models.IntegerField()
    #: Files of the organisation that hold one of them.
    files = models.IntegerField(default=0)
    made_at = models.DateTimeField(default=now)
    decided_by = models.UUIDField(null=True)
    #: By which it is served, and why, as `worth` says it.
    worth = models.IntegerField(default=0)
    reasons = models.JSONField(default=list)
    rated_at = models.DateTimeField(null=True)
    #: In whose hands it is, and until when.
    leased_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    leased_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_stack"
        constraints = [
            models.UniqueConstraint(fields=["owner_organisation", "medoid"], name="review_stack_of_medoid"),
            models.CheckConstraint(
                condition=Q(leased_by__isnull=True) ^ Q(leased_until__isnull=False), name="review_stack_leased_until"
            ),
        ]
        indexes = [
            # The queue is read in this order, and only from its top.
            models.Index(
                F("owner_organisation"),
                F("worth").desc(),
                F("id"),
                name="review_stack_queue",
                condition=Q(decided_by__isnull=True, size__gt=0),
            ),
            models.Index(
                fields=["leased_by"],
                name="review_stack_leased",
                condition=Q(decided_by__isnull=True, leased_by__isnull=False),
            ),
            models.Index(
                fields=["owner_organisation", "id"],
                name="review_stack_near_decided",
                condition=Q(decided_by__isnull=False, size__gt=1),
            ),
            models.Index(fields=["rated_at"], name="review_stack_rated", condition=Q(decided_by__isnull=True)),
        ]


class StackMember(models.Model):
    """One content in the one stack of its organisation that has it, and how it lies to the medoid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stack = models.ForeignKey(Stack, on_delete=models.CASCADE, related_name="members")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    #: Bits between the two looks; 0 for the medoid.
    distance = models.SmallIntegerField(default=0)
    orientation = models.CharField(max_length=20, default="original")
    variant = models.CharField(max_length=20, blank=True)
    joined_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_stackmember"
        constraints = [
            models.UniqueConstraint(fields=["owner_organisation", "media"], name="review_stackmember_once"),
        ]


class StackMove(models.Model):
    """One content taken out of its stack by an officer, so that it can be put back as it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    #: Empty where the two it keeps apart were in different stacks already.
    from_stack_id = models.UUIDField(null=True)
    to_stack_id = models.UUIDField(null=True)
    distance = models.SmallIntegerField(default=0)
    orientation = models.CharField(max_length=20, default="original")
    variant = models.CharField(max_length=20, blank=True)
    #: The statement that keeps it apart from then on.
    apart_id = models.UUIDField()
    #: Statements that were accepted with the stack, and withdrawn as it left.
    withdrawn = ArrayField(models.UUIDField(), default=list)
    made_at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_stackmove"
        indexes = [models.Index(fields=["officer", "-id"], name="review_stackmove_newest")]


class SkipReason(models.TextChoices):
    """Why a stack was put off: a choice of few, since nobody should have to find words for it."""

    NOT_NOW = "not_now", "Not now"
    UNCLEAR = "unclear", "Cannot be told from the picture"
    LANGUAGE = "language", "Needs somebody who reads its language"
    KNOWLEDGE = "knowledge", "Needs somebody who knows the case"


class StackSkip(models.Model):
    """A stack that one officer put off: to them it comes again after all others, to others as before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stack = models.ForeignKey(Stack, on_delete=models.CASCADE, related_name="skips")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=SkipReason.choices, blank=True)
    skipped_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_stackskip"
        constraints = [models.UniqueConstraint(fields=["stack", "officer"], name="review_stackskip_once")]


class StackedSubmission(models.Model):
    """A finished submission whose contents are in stacks. Written last: whatever is killed before is done again, and changes nothing."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, primary_key=True, related_name="+")
    stacked_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_stackedsubmission"
