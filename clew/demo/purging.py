"""What a purge takes from the demo: the known truth of the files that go."""

from __future__ import annotations

import uuid

from clew.demo.models import Truth
from clew.intake.purge_scope import PurgeScope


def remove_truths(scope: PurgeScope, gone: list[uuid.UUID]) -> None:  # noqa: ARG001 - every room is told the same
    """Remove them, in the purge's transaction."""
    truths = Truth.objects.using("service")
    truths.filter(file__submission_id__in=scope.submission_ids).delete()
    if scope.series_id:
        truths.filter(series_id=scope.series_id).update(series=None)
