"""What a purge takes from review: statements about contents that go, and those of its owner about what it holds no more."""

from __future__ import annotations

import uuid

from django.db.models import Q

from clew.intake.purge_scope import PurgeScope, sightings_left
from clew.review.models import Decision, SecondLook, Statement


def remove_second_looks(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """What was drawn to be judged again of contents that go, or that its owner holds no more: only while the content is held is there a look."""
    owner = scope.owner_organisation_id
    held = sightings_left(scope).filter(owner_organisation=owner).values_list("media_id", flat=True)
    lost = set(scope.media_ids).difference(held)
    looks = SecondLook.objects.using("service")
    looks.filter(Q(media_id__in=gone) | Q(media_id__in=lost, owner_organisation=owner)).delete()


def remove_statements(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove them, in the purge's transaction, and the acts of which nothing is left."""
    owner = scope.owner_organisation_id
    held = sightings_left(scope).filter(owner_organisation=owner).values_list("media_id", flat=True)
    lost = set(scope.media_ids).difference(held)
    stated = Statement.objects.using("service").filter(
        Q(media_id__in=gone) | Q(media_id__in=lost, owner_organisation=owner)
    )
    touched = set(stated.values_list("decision_id", flat=True))
    stated.delete()
    left = Statement.objects.using("service").filter(decision__in=touched).values("decision_id")
    Decision.objects.using("service").filter(id__in=touched).exclude(id__in=left).delete()
