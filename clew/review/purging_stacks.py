"""What a purge takes from stacks: contents that go, and what their organisation kept of them; whoever stood around a medoid that goes is stacked anew."""

from __future__ import annotations

import uuid

from django.db.models import Q

from clew.catalogue.models import Apart, Sighting
from clew.intake.purge_scope import PurgeScope, sightings_left
from clew.review.models import Stack, StackedSubmission, StackMember, StackMove
from clew.review.stacking import settle


def remove_stacks(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove them, in the purge's transaction. What statements that go had decided, the database opens by itself."""
    owner = scope.owner_organisation_id
    held = sightings_left(scope).filter(owner_organisation=owner).values_list("media_id", flat=True)
    lost = set(scope.media_ids).difference(held)
    about = Q(media__in=gone) | Q(media__in=lost, owner_organisation=owner)
    StackedSubmission.objects.using("service").filter(submission__in=scope.submission_ids).delete()
    StackMove.objects.using("service").filter(about).delete()
    Apart.objects.using("service").filter(
        Q(left__in=gone) | Q(right__in=gone) | Q(owner_organisation=owner) & (Q(left__in=lost) | Q(right__in=lost))
    ).delete()
    members = StackMember.objects.using("service").filter(about)
    touched = set(members.values_list("stack_id", flat=True))
    members.delete()
    stacks = Stack.objects.using("service").filter(Q(medoid__in=gone) | Q(medoid__in=lost, owner_organisation=owner))
    for stack in stacks:
        left = StackMember.objects.using("service").filter(stack=stack)
        seen = Sighting.objects.using("service").filter(
            owner_organisation=stack.owner_organisation_id, media__in=left.values("media_id")
        )
        # Their submissions are stacked once more: what is in a stack stays there, and these are in none now.
        StackedSubmission.objects.using("service").filter(submission__in=seen.values("submission_id")).delete()
        left.delete()
    touched -= set(stacks.values_list("id", flat=True))
    stacks.delete()
    settle(sorted(touched), using="service")
