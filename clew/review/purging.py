"""What a purge takes from review: what is said about contents that go, and what its owner says about those it holds no more."""

from __future__ import annotations

import uuid

from django.db.models import Q

from clew.intake.purge_scope import PurgeScope, sightings_left
from clew.review.models import Decision, OutcomeNotice, Promotion, SecondLook, Shown, Statement, VoteCall, Worked


def remove_second_looks(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """What was drawn to be judged again of contents that go, or that its owner holds no more: only while the content is held is there a look."""
    SecondLook.objects.using("service").filter(_about(scope, gone)).delete()


def remove_statements(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove them, in the purge's transaction, and the acts of which nothing is left."""
    stated = Statement.objects.using("service").filter(_about(scope, gone))
    touched = set(stated.values_list("decision_id", flat=True))
    stated.delete()
    left = Statement.objects.using("service").filter(decision__in=touched).values("decision_id")
    Decision.objects.using("service").filter(id__in=touched).exclude(id__in=left).delete()


def remove_votes(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove calls for votes and what was confirmed by them, in the purge's transaction; that it was stays in the ledger."""
    Promotion.objects.using("service").filter(_about(scope, gone)).delete()
    calls = VoteCall.objects.using("service").filter(_about(scope, gone))
    Promotion.objects.using("service").filter(call__in=calls).delete()
    calls.delete()


def _about(scope: PurgeScope, gone: list[uuid.UUID]) -> Q:
    """Rows about contents that go, and the owner's own about what it has nowhere else."""
    owner = scope.owner_organisation_id
    held = sightings_left(scope).filter(owner_organisation=owner).values_list("media_id", flat=True)
    return Q(media_id__in=gone) | Q(media_id__in=set(scope.media_ids).difference(held), owner_organisation=owner)


def remove_exposure(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Forget by which contents and series an officer's sums came about, in the purge's transaction; the sums and the good news stay."""
    Shown.objects.using("service").filter(media_id__in=gone).delete()
    if scope.series_id is not None:
        Worked.objects.using("service").filter(series_id=scope.series_id).delete()
        OutcomeNotice.objects.using("service").filter(series_id=scope.series_id).update(series=None)
