"""What a purge takes from searching: what was asked about contents that go, and that they were found."""

from __future__ import annotations

import uuid

from django.db.models import Q

from clew.intake.purge_scope import PurgeScope
from clew.review.models import Likeness, LikenessHit, SavedRun, SearchStep


def remove_searches(_scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove what was asked about contents that go, and that they were found. Words go by themselves, with the rows they are of."""
    asked = Likeness.objects.using("service")
    LikenessHit.objects.using("service").filter(Q(media_id__in=gone) | Q(likeness__media__in=gone)).delete()
    asked.filter(media__in=gone).delete()
    SearchStep.objects.using("service").filter(media_id__in=gone).update(media_id=None)
    SavedRun.objects.using("service").filter(found__overlap=gone).delete()
