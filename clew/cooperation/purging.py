"""What a purge takes from cooperation: alerts and requests for access about what goes, and those to its owner about what it holds no more."""

from __future__ import annotations

import uuid

from django.db.models import Q

from clew.cooperation.models import (
    UNDECIDED,
    AccessRequest,
    AccessTask,
    Alert,
    RequestState,
    RequestWords,
)
from clew.intake.purge_scope import PurgeScope, sightings_left
from clew.kernel.clock import now


def remove_alerts(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove them, in the purge's transaction. Alerts of others, about what they hold themselves, stay."""
    Alert.objects.using("service").filter(_about(scope, gone)).delete()


def remove_requests(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove the owner's tasks about what goes; their askers find them declined, as if the owner had said so. Requests that were made from the
    files of the case go whole, with the tasks they were to others: that they were made stays in the ledger.
    """
    tasks = AccessTask.objects.using("service")
    requests = AccessRequest.objects.using("service")
    ended = list(tasks.filter(_about(scope, gone)).values_list("request_id", flat=True))
    tasks.filter(request_id__in=ended).delete()
    requests.filter(id__in=ended, state__in=UNDECIDED).update(state=RequestState.DECLINED, decided_at=now())
    own = list(requests.filter(match__verdict__submission_id__in=scope.submission_ids).values_list("id", flat=True))
    tasks.filter(request_id__in=own).delete()
    RequestWords.objects.using("service").filter(request_id__in=own).delete()
    requests.filter(id__in=own).delete()


def _about(scope: PurgeScope, gone: list[uuid.UUID]) -> Q:
    """Rows about a content that goes, about the series, or the owner's own about what it has nowhere else."""
    held = (
        sightings_left(scope).filter(owner_organisation=scope.owner_organisation_id).values_list("media_id", flat=True)
    )
    lost = set(scope.media_ids).difference(held)
    about = Q(media_id__in=gone) | Q(owner_organisation_id=scope.owner_organisation_id, media_id__in=lost)
    return about | Q(series_id=scope.series_id) if scope.series_id else about
