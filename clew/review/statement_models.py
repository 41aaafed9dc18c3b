"""Decisions and statements: one act of an officer at the desk, and what it says of each content, beside what others say and never instead of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clew.access.models import Officer, Organisation
from clew.access.ownership import Owned
from clew.catalogue.models import Media
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.kernel.limits import DECISION_NOTE_CHARACTERS_MAX


class Basis(models.TextChoices):
    """On what a statement rests. Only what somebody decided of this very content is a vote."""

    DECIDED = "decided", "Decided"
    #: A near copy of what was decided, whose proposal was taken without a look.
    ACCEPTED = "accepted", "Accepted with its stack"
    #: What another country had decided, taken over instead of a look.
    ADOPTED = "adopted", "Taken over from another country"


class Decision(models.Model):
    """One act of one officer at the desk. It can be undone and done again; nothing of it is ever overwritten."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=40)
    code = models.CharField(max_length=120)
    #: The stack on which it was made; empty where single contents were decided.
    stack_id = models.UUIDField(null=True)
    note = models.CharField(max_length=DECISION_NOTE_CHARACTERS_MAX, blank=True)
    made_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "review_decision"
        indexes = [
            models.Index(fields=["officer", "-id"], name="review_decision_newest"),
            models.Index(fields=["stack_id"], name="review_decision_stack", condition=Q(stack_id__isnull=False)),
        ]


class Statement(Owned):
    """What an officer says of one content, or of a span of it, in one version of a scheme.

    It stands under the strictest rule under which its own organisation holds the content. `is_standing` is derived: the newest of its officer
    in its slot whose decision was not undone and which was not withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="statements")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=40)
    code = models.CharField(max_length=120)
    #: Codes of one slot exclude each other: all of a scale share the empty one, each label of a taxonomy has its own.
    slot = models.CharField(max_length=120, blank=True)
    #: A span of a film or a sound, in milliseconds from the beginning; the whole where it is empty.
    start_ms = models.IntegerField(null=True)
    end_ms = models.IntegerField(null=True)
    basis = models.CharField(max_length=20, choices=Basis.choices)
    made_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=DECISION_NOTE_CHARACTERS_MAX, blank=True)
    is_standing = models.BooleanField(default=True)

    class Meta:
        db_table = "review_statement"
        constraints = [
            models.UniqueConstraint(
                fields=["media", "officer", "scheme", "slot", "start_ms", "end_ms"],
                name="review_statement_stands_once",
                condition=Q(is_standing=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="review_statement_span",
                condition=Q(start_ms__isnull=True, end_ms__isnull=True)
                | Q(start_ms__gte=0, end_ms__gt=models.F("start_ms")),
            ),
        ]
        indexes = [
            models.Index(fields=["decision"], name="review_statement_decision"),
            models.Index(
                fields=["owner_organisation", "scheme", "code", "-media"],
                name="review_statement_by_code",
                condition=Q(is_standing=True),
            ),
        ]
