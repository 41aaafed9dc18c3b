"""Verbs of cooperation: write the alert a match calls for."""

from __future__ import annotations

import uuid

from clew.access.models import Unit
from clew.catalogue.models import Submission
from clew.cooperation.models import Alert
from clew.kernel.events import MediaMatched
from clew.kernel.ids import new_id
from clew.ledger.actions import record


def alert_holder(announcement_id: uuid.UUID, matched: MediaMatched) -> None:
    """Leave an alert for the unit whose material was met; runs in the delivery's transaction, and once however often it is told."""
    holder = Unit.objects.using("service").get(id=matched.holder_unit_id)
    submission = Submission.objects.using("service").filter(id=matched.submission_id).first()
    Alert.objects.using("service").bulk_create(
        [
            Alert(
                id=new_id(),
                announcement_id=announcement_id,
                owner_organisation_id=holder.organisation_id,
                owner_unit=holder,
                media_id=matched.media_id,
                series_id=matched.series_id,
                asker_unit_id=matched.asker_unit_id,
                basis=matched.basis,
                distance=matched.distance,
                told=matched.told,
                purpose=submission.purpose if submission else "",
                legal_basis=submission.legal_basis if submission else "",
            ),
        ],
        ignore_conflicts=True,
    )
    record("cooperation:alert:raise", actor=None, using="service", subject_kind="unit", subject_id=holder.id)
