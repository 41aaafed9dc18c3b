"""Nouns of data subjects' requests: a store of its own, which no role of the police side can read (see `access/policies.py`).

It names officers, organisations and records by id alone, so that no other table leads here; what a person wrote is sealed under a key of its own.
"""

from __future__ import annotations

from django.db import models

from clew.access.subject_request_rules import Decision, RequestKind, RequestState
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class SubjectRequest(models.Model):
    """A person's request to see, correct or delete what is held on them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in RequestKind])
    state = models.CharField(
        max_length=20,
        choices=[(state.value, state.value) for state in RequestState],
        default=RequestState.RECEIVED.value,
    )
    received_on = models.DateField()
    acknowledged_on = models.DateField(null=True)
    admitted_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    decision = models.CharField(
        max_length=40, choices=[(decision.value, decision.value) for decision in Decision], blank=True
    )
    #: Who asks, how they are reached and what they ask, as JSON; sealed.
    sealed_words = models.BinaryField()
    #: The answer as it was sent; sealed.
    sealed_answer = models.BinaryField(null=True)
    entered_by_id = models.UUIDField()
    entered_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "access_subjectrequest"


class SubjectFreeze(models.Model):
    """A record that is not used while a request about it is examined. What is told to the police side is the freeze's id alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="freezes")
    organisation_id = models.UUIDField()
    record_kind = models.CharField(max_length=10)
    record_id = models.UUIDField()
    frozen_at = models.DateTimeField(default=now)
    released_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_subjectfreeze"
