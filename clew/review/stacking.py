"""Stacking: the contents of a finished submission gathered into stacks of their organisation, once, however often it is asked for.

What is in a stack stays there: new contents join the nearest medoid that stands, or make stacks of their own. Everything is written in one
transaction under a lock of the organisation, so that whoever is killed on the way leaves nothing half done.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connections, transaction

from clew.catalogue.apart import pairs_apart
from clew.catalogue.models import Media, Sighting, Submission, SubmissionState
from clew.kernel.ids import new_id
from clew.kernel.limits import STACK_CONTENTS_AT_ONCE
from clew.ledger.actions import record
from clew.matching.medoids import Cover, Pairs, cover
from clew.review.models import Stack, StackedSubmission, StackMember
from clew.review.rating import rate_stacks
from clew.review.stack_looks import Resemblance, resemblances

#: What somebody can look at; films stand alone, exact copies of a film are one content anyway.
LOOKED_AT = ("image", "video")
_ROWS_AT_ONCE = 5000


def submissions_to_stack() -> list[uuid.UUID]:
    """Finished submissions whose contents are in no stack yet, the oldest first; those from before there were stacks too."""
    finished = Submission.objects.using("service").filter(state=SubmissionState.FINISHED)
    stacked = StackedSubmission.objects.using("service").values("submission_id")
    return list(finished.exclude(id__in=stacked).order_by("id").values_list("id", flat=True))


def stack_submission(submission_id: uuid.UUID) -> int:
    """Put the contents of a submission into stacks of its organisation; how many were in none before. Done already, it does nothing."""
    with transaction.atomic(using="service"):
        submission = Submission.objects.using("service").filter(id=submission_id).first()
        if submission is None or StackedSubmission.objects.using("service").filter(submission=submission).exists():
            return 0
        organisation_id = submission.owner_organisation_id
        _take_turn(organisation_id)
        media_ids = _to_look_at(submission)
        placed = 0
        for start in range(0, len(media_ids), STACK_CONTENTS_AT_ONCE):
            placed += stack_contents(organisation_id, media_ids[start : start + STACK_CONTENTS_AT_ONCE])
        members = StackMember.objects.using("service").filter(owner_organisation=organisation_id, media__in=media_ids)
        rate_stacks(set(members.values_list("stack_id", flat=True)))
        StackedSubmission.objects.using("service").bulk_create(
            [StackedSubmission(submission=submission)], ignore_conflicts=True
        )
        facts = {"media": placed}
        record(
            "review:stack:build",
            actor=None,
            using="service",
            subject_kind="submission",
            subject_id=submission_id,
            facts=facts,
        )
    return placed


def stack_contents(organisation_id: uuid.UUID, media_ids: Sequence[uuid.UUID]) -> int:
    """Put those of these contents that are in no stack of the organisation into one; how many. Runs in the service's transaction."""
    held = StackMember.objects.using("service").filter(owner_organisation=organisation_id, media__in=media_ids)
    fresh = sorted(set(media_ids).difference(held.values_list("media_id", flat=True)))
    if fresh:
        _write(organisation_id, _found(organisation_id, fresh))
    return len(fresh)


@dataclass(slots=True)
class _Found:
    """What a cover says, in contents: of each new one its medoid and how it lies to it; and the stacks that stand already, by medoid."""

    stacks: dict[uuid.UUID, uuid.UUID]
    medoids: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    near: dict[tuple[uuid.UUID, uuid.UUID], Resemblance] = field(default_factory=dict)


def _found(organisation_id: uuid.UUID, fresh: Sequence[uuid.UUID]) -> _Found:
    near = list(resemblances(fresh))
    own, others = set(fresh), {one.other_id for one in near}
    standing = Stack.objects.using("service").filter(
        owner_organisation=organisation_id, medoid__in=others - own, size__gt=0
    )
    found = _Found(dict(standing.values_list("medoid_id", "id")))
    near = [one for one in near if one.other_id in own or one.other_id in found.stacks]
    apart, kept = _apart(organisation_id, fresh, found.stacks)
    numbered = sorted(own | found.stacks.keys() | {id_ for pair in apart for id_ in pair})
    number = {media_id: at for at, media_id in enumerate(numbered)}
    made = cover(
        [number[media_id] for media_id in fresh],
        Pairs.of(
            [number[one.media_id] for one in near],
            [number[one.other_id] for one in near],
            [one.distance for one in near],
        ),
        apart=[(number[left], number[right]) for left, right in apart],
        held={number[medoid]: [number[id_] for id_ in kept[medoid]] for medoid in found.stacks},
    )
    _tell(found, made, numbered, near)
    return found


def _tell(found: _Found, made: Cover, numbered: Sequence[uuid.UUID], near: Iterable[Resemblance]) -> None:
    for at, medoid in zip(made.ids.tolist(), made.medoids.tolist(), strict=True):
        found.medoids[numbered[at]] = numbered[medoid]
    for one in near:
        # Either may have asked; the nearer of both ways says how they lie.
        for media_id, other_id in ((one.media_id, one.other_id), (one.other_id, one.media_id)):
            if found.medoids.get(media_id) == other_id:
                known = found.near.get((media_id, other_id))
                if known is None or one.distance < known.distance:
                    found.near[media_id, other_id] = one


def _apart(
    organisation_id: uuid.UUID, fresh: Sequence[uuid.UUID], stacks: dict[uuid.UUID, uuid.UUID]
) -> tuple[list[tuple[uuid.UUID, uuid.UUID]], dict[uuid.UUID, list[uuid.UUID]]]:
    """The pairs kept apart that matter here, and of the stacks that stand the members who are in one."""
    apart = pairs_apart(organisation_id, fresh)
    named = {id_ for pair in apart for id_ in pair}
    kept: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    medoid_of = {stack_id: medoid for medoid, stack_id in stacks.items()}
    members = StackMember.objects.using("service").filter(stack__in=list(medoid_of), media__in=named)
    for stack_id, media_id in members.values_list("stack_id", "media_id"):
        kept[medoid_of[stack_id]].append(media_id)
    return apart, kept


def _write(organisation_id: uuid.UUID, found: _Found) -> None:
    """Make the new stacks, and put everybody into theirs."""
    counts: dict[uuid.UUID, int] = defaultdict(int)
    for medoid in found.medoids.values():
        counts[medoid] += 1
    # A medoid that moved away left a stack without contents; it is taken up again.
    left = dict(
        Stack.objects.using("service")
        .filter(owner_organisation=organisation_id, medoid__in=counts.keys() - found.stacks.keys())
        .values_list("medoid_id", "id")
    )
    made = {medoid: new_id() for medoid in sorted(counts.keys() - found.stacks.keys() - left.keys())}
    Stack.objects.using("service").bulk_create(
        [
            Stack(id=id_, owner_organisation_id=organisation_id, medoid_id=medoid, size=0)
            for medoid, id_ in made.items()
        ],
        batch_size=_ROWS_AT_ONCE,
    )
    stacks = {**found.stacks, **left, **made}
    members = [
        _member(organisation_id, stacks[medoid], media_id, found.near.get((media_id, medoid)))
        for media_id, medoid in found.medoids.items()
    ]
    StackMember.objects.using("service").bulk_create(members, batch_size=_ROWS_AT_ONCE)
    settle([stacks[medoid] for medoid in counts], using="service")


def _member(
    organisation_id: uuid.UUID, stack_id: uuid.UUID, media_id: uuid.UUID, near: Resemblance | None
) -> StackMember:
    member = StackMember(id=new_id(), owner_organisation_id=organisation_id, stack_id=stack_id, media_id=media_id)
    if near is not None:
        member.distance, member.orientation, member.variant = near.distance, near.orientation, near.variant
    return member


def settle(stack_ids: Sequence[uuid.UUID], *, using: str) -> None:
    """Count anew what is in these stacks, and take up what was decided of their medoids before they were stacks."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT clew_settle_stacks(%s::uuid[])", [list(stack_ids)])


def _to_look_at(submission: Submission) -> list[uuid.UUID]:
    seen = Sighting.objects.using("service").filter(submission=submission).values("media_id")
    shown = Media.objects.using("service").filter(id__in=seen, kind__in=LOOKED_AT).exclude(thumbnail_address="")
    return list(shown.order_by("id").values_list("id", flat=True))


def _take_turn(organisation_id: uuid.UUID) -> None:
    """One submission of an organisation at a time; until the end of the transaction."""
    with connections["service"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [f"stacks {organisation_id}"])
