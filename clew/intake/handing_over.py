"""Handing over: a submission whose officer's access ended is held, undecided and whole, until a national administrator gives it to another."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet

from clew.access.models import Officer, OrganisationState
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.access.standing import require_standing
from clew.catalogue.models import Submission
from clew.intake.models import ReceivedFile
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.ledger.actions import record


class NotToThem(ClewError):
    """That officer may not bring submissions, or is not of your organisation. Nothing was changed. Choose another one."""

    status = 422


def submission_at_work(submission_id: uuid.UUID) -> Submission | None:
    """A submission with the officer in whose name it is decided, for the service; None where it was purged meanwhile."""
    officers = ("submitted_by__unit__organisation", "handed_to__unit__organisation")
    return Submission.objects.using("service").select_related(*officers).filter(id=submission_id).first()


def in_standing(prefix: str = "") -> Q:
    """Submissions whose officer has access."""

    def stands(officer: str) -> Q:
        is_active = Q(**{f"{prefix}{officer}__is_active": True})
        return is_active & ~Q(**{f"{prefix}{officer}__unit__organisation__state": OrganisationState.SUSPENDED})

    nobody = Q(**{f"{prefix}handed_to__isnull": True})
    return nobody & stands("submitted_by") | ~nobody & stands("handed_to")


def hold_submission(submission_id: uuid.UUID) -> None:
    """Hold a submission: its officer may not go on. What was acknowledged is kept as it is."""
    with transaction.atomic(using="service"):
        submission = Submission.objects.using("service").filter(id=submission_id, held_at=None)
        if submission.update(held_at=now()):
            waiting = ReceivedFile.objects.using("service").filter(submission=submission_id, decided=False).count()
            record(
                "intake:submission:hold",
                actor=None,
                using="service",
                subject_kind="submission",
                subject_id=submission_id,
                facts={"reason": "its officer's access ended", "waiting": waiting},
            )


def hand_over(administrator: Officer, submission_id: uuid.UUID, officer_id: uuid.UUID) -> None:
    """Give a held submission of one's organisation to another of its officers, in whose name it goes on."""
    with transaction.atomic(using="service"):
        actor = require_standing(administrator, Permission.SUBMISSION_HAND_OVER)
        own = Submission.objects.using("service").select_for_update().filter(owner_organisation=actor.organisation_id)
        submission = own.filter(id=submission_id, held_at__isnull=False).first()
        if submission is None:
            raise NotFound
        heir = next((found for found in heirs(actor) if found.id == officer_id), None)
        if heir is None:
            raise NotToThem
        Submission.objects.using("service").filter(id=submission.id).update(held_at=None, handed_to=heir)
        record(
            "intake:submission:hand_over",
            actor=actor,
            using="service",
            subject_kind="submission",
            subject_id=submission.id,
            facts={"from": str(submission.handed_to_id or submission.submitted_by_id), "to": str(heir.id)},
        )


def heirs(administrator: Officer) -> list[Officer]:
    """The officers of one's organisation who may go on with a submission, by name."""
    require(administrator, Permission.SUBMISSION_HAND_OVER)
    own = Officer.objects.using("service").filter(unit__organisation=administrator.organisation_id, is_active=True)
    found = own.select_related("unit__organisation").order_by("name")
    return [officer for officer in found if Permission.SUBMISSION_CREATE in officer.permissions]


def held_submissions(administrator: Officer) -> QuerySet[Submission]:
    """The held submissions of one's organisation, the longest held first."""
    require(administrator, Permission.SUBMISSION_HAND_OVER)
    own = Submission.objects.select_related("case", "submitted_by", "handed_to", "owner_unit")
    # Told with its case, in the count too.
    own = own.filter(owner_organisation=administrator.organisation_id, case__reference__isnull=False)
    return own.filter(held_at__isnull=False).order_by("held_at")
