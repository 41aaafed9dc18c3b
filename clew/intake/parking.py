"""Parking: signatures set aside because they match too much or say nothing of a picture. Visible, with the reason, and reversible.

Set aside is the look alone: the same bytes are found as ever, and every answer that a parked signature would have been part of says so.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

import numpy as np
from django.db import transaction
from django.db.models import Count, QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import COMPARED, Imprint, Signature
from clew.intake.models import Match, Parking, ParkingCause
from clew.intake.rules import EXACT
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused, NotFound
from clew.kernel.limits import OVER_MATCHING_CONTENTS_MAX, OVER_MATCHING_SUBMISSIONS_MIN
from clew.ledger.actions import record
from clew.matching.bits import HASH_BYTES
from clew.matching.degenerate import degenerate_rows

#: Which row is set aside, by the column that names it.
Of = dict[str, int]
SUDDENLY = dt.timedelta(days=1)
REASON_CHARACTERS_MAX = 300


def park_degenerate(media_ids: Sequence[uuid.UUID]) -> None:
    """Set aside those of these contents' signatures that no picture gives; runs in the service's transaction.

    What says too little to be compared (a black frame) is compared by nobody, and need not be set aside.
    """
    rows = list(Signature.objects.using("service").filter(COMPARED, media_id__in=media_ids).values_list("id", "bits"))
    bits = np.frombuffer(b"".join(bytes(found) for _id, found in rows), dtype=np.uint8).reshape(-1, HASH_BYTES)
    for at, why in degenerate_rows(bits).items():
        _park({"signature_id": rows[at][0]}, ParkingCause.DEGENERATE, why)


def park_over_matching(media_ids: Iterable[uuid.UUID]) -> None:
    """Set aside what suddenly matches too much among these contents, which were met just now; runs in the service's transaction."""
    crowded = (
        Match.objects.using("service")
        .filter(media_id__in=list(media_ids), verdict__decided_at__gte=now() - SUDDENLY)
        .exclude(basis__in=EXACT)
        # A logo that is in thousands of pictures says nothing against the look of any of them.
        .exclude(fit__contains={"grade": "shared"})
        .values("media_id")
        .annotate(
            contents=Count("verdict__sighting__media", distinct=True),
            submissions=Count("verdict__submission", distinct=True),
        )
        .filter(contents__gt=OVER_MATCHING_CONTENTS_MAX, submissions__gte=OVER_MATCHING_SUBMISSIONS_MIN)
    )
    for found in crowded:
        why = f"its look met {found['contents']:,} contents of {found['submissions']:,} submissions within a day"
        # Both: what is set aside as a look would be met by its parts instead.
        for row in [*_signatures_of(found["media_id"]), *_imprints_of(found["media_id"])]:
            _park(row, ParkingCause.OVER_MATCHING, why)


def _signatures_of(media_id: uuid.UUID) -> list[Of]:
    return [
        {"signature_id": id_}
        for id_ in Signature.objects.using("service").filter(media_id=media_id).values_list("id", flat=True)
    ]


def _imprints_of(media_id: uuid.UUID) -> list[Of]:
    return [
        {"imprint_id": id_}
        for id_ in Imprint.objects.using("service").filter(media_id=media_id).values_list("id", flat=True)
    ]


def _park(of: Of, cause: ParkingCause, reason: str, officer: Officer | None = None) -> None:
    """Unless it is parked, or an officer has looked at it and let it go, in which case only an officer parks it again."""
    known = Parking.objects.using("service").filter(**of)
    if known.filter(released_at__isnull=True).exists() or (officer is None and known.exists()):
        return
    parked = Parking(**of, cause=cause, reason=reason[:REASON_CHARACTERS_MAX], parked_by=officer)
    Parking.objects.using("service").bulk_create([parked], ignore_conflicts=True)
    record(
        "intake:signature:park",
        actor=officer,
        using="service",
        subject_kind="parking",
        subject_id=parked.id,
        facts={"cause": str(cause)},
    )


def park(officer: Officer, media_id: uuid.UUID, reason: str) -> None:
    """Set the look of a content aside, and its imprints; raises NotFound where it has none."""
    require(officer, Permission.SIGNATURE_PARK)
    _refuse_empty(reason)
    with transaction.atomic(using="service"):
        rows = [*_signatures_of(media_id), *_imprints_of(media_id)]
        if not rows:
            raise NotFound
        for row in rows:
            _park(row, ParkingCause.BY_HAND, reason.strip(), officer)


def release(officer: Officer, parking_id: uuid.UUID, reason: str) -> None:
    """Count a signature again; every question from now on. Clew by itself does not park it a second time."""
    require(officer, Permission.SIGNATURE_PARK)
    _refuse_empty(reason)
    with transaction.atomic(using="service"):
        parked = Parking.objects.using("service").filter(id=parking_id, released_at__isnull=True)
        if not parked.update(
            released_at=now(), released_by=officer, release_reason=reason.strip()[:REASON_CHARACTERS_MAX]
        ):
            raise NotFound
        record(
            "intake:signature:release", actor=officer, using="service", subject_kind="parking", subject_id=parking_id
        )


def _refuse_empty(reason: str) -> None:
    if not reason.strip():
        raise InputRefused(
            reason="Parking and releasing need a reason that others can read. Nothing was changed. Give one."
        )


def parked_now() -> QuerySet[Parking]:
    """What is set aside, newest first; whose it is stays untold."""
    return (
        Parking.objects.using("service")
        .filter(released_at__isnull=True)
        .select_related("signature", "imprint", "parked_by__unit__organisation")
        .order_by("-parked_at")
    )
