"""What a purge takes from cooperation: the alerts about what goes, and those to its owner about what it holds no more."""

from __future__ import annotations

import uuid

from django.db.models import Q

from clew.cooperation.models import Alert
from clew.intake.purge_scope import PurgeScope, sightings_left


def remove_alerts(scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove them, in the purge's transaction. Alerts of others, about what they hold themselves, stay."""
    alerts = Alert.objects.using("service")
    held = sightings_left(scope).filter(owner_organisation=scope.owner_organisation_id).values("media_id")
    alerts.filter(Q(media_id__in=gone) | Q(series_id=scope.series_id, series_id__isnull=False)).delete()
    alerts.filter(owner_organisation_id=scope.owner_organisation_id, media_id__in=scope.media_ids).exclude(
        media_id__in=held
    ).delete()
