"""Purging: a record goes with all that derives from it, in two steps that can each be killed and repeated.

First one transaction removes the rows, notes which objects of the vault are to go, and leaves tombstone, ledger entry and events. Then the objects
are deleted, each unless somebody has brought the same content since. Rooms above that keep rows about contents register what they remove.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress

from django.db import transaction

from clew.catalogue.models import DoomedBlob, Media, Purge, Sighting
from clew.catalogue.retention import is_held
from clew.catalogue.retention_models import PurgeState
from clew.intake.models import ReceivedFile, Verdict
from clew.intake.purge_rows import remove_rows
from clew.intake.purge_scope import PurgeScope, held_series, numbers, orphans, scope_of_purge
from clew.intake.turn import wait_for_turn
from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.kernel.events import MediaPurged, RecordPurged
from clew.kernel.limits import PURGE_BLOBS_AT_ONCE
from clew.ledger.actions import announce, announce_all, record
from clew.vault.addresses import BlobAddress, Namespace
from clew.vault.destruction import destroy_object
from clew.vault.errors import EnvelopeMissing
from clew.vault.opened import vault

#: Removes what a room above keeps of the record and of the contents that go; runs in the purge's transaction, on the service's connection.
Remover = Callable[[PurgeScope, list[uuid.UUID]], None]
_removers: list[Remover] = []


class RecordHeld(ClewError):
    """A legal hold stands on this, or on a series from which its contents would be taken. Nothing was deleted. Have the hold lifted first."""

    status = 409


def on_purge(remover: Remover) -> None:
    """Have a room above remove its rows first; the rooms furthest up, which register last, go first."""
    if remover not in _removers:
        _removers.append(remover)


def carry_out(purge_id: uuid.UUID) -> Purge:
    """Do what is left of a purge; repeating it changes nothing."""
    _remove(purge_id)
    _delete_blobs(purge_id)
    return Purge.objects.using("service").get(id=purge_id)


def _remove(purge_id: uuid.UUID) -> None:
    with transaction.atomic(using="service"):
        purge = Purge.objects.using("service").select_for_update().get(id=purge_id)
        if purge.state != PurgeState.PLANNED:
            return
        _lock_files(purge)
        # Nothing is matched with, or catalogued as, what is going at this moment.
        wait_for_turn()
        scope = scope_of_purge(purge)
        if is_held(purge.record_id) or held_series(scope):
            raise RecordHeld
        purge.counts, gone = numbers(scope), orphans(scope)
        for remover in reversed(_removers):
            remover(scope, gone)
        remove_rows(purge, scope, gone)
        purge.state, purge.removed_at = PurgeState.REMOVED, now()
        purge.save(using="service")
        _leave_word(purge, gone)


def _lock_files(purge: Purge) -> None:
    """Wait for whoever decides files of this case or looks at them more closely; in the order in which they do, these first and the turn after.

    Their keys stay free: whoever has the turn may refer to them.
    """
    files = ReceivedFile.objects.using("service").filter(submission__case_id=purge.record_id)
    list(files.select_for_update(of=("self",), no_key=True).order_by("id").values_list("id", flat=True))
    verdicts = Verdict.objects.using("service").filter(submission__case_id=purge.record_id)
    list(verdicts.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))


def _leave_word(purge: Purge, gone: list[uuid.UUID]) -> None:
    record(
        "catalogue:record:purge",
        actor=purge.asked_by,
        using="service",
        subject_kind="purge",
        subject_id=purge.id,
        facts={"cause": purge.cause, purge.record_kind: str(purge.record_id), **purge.counts},
    )
    announce_all([MediaPurged(media_id=media_id, purge_id=purge.id) for media_id in gone], using="service")
    announce(
        RecordPurged(
            purge_id=purge.id,
            record_id=purge.record_id,
            record_kind=purge.record_kind,
            owner_unit_id=purge.owner_unit_id,
        ),
        using="service",
    )


def _delete_blobs(purge_id: uuid.UUID) -> None:
    while _delete_some(purge_id):
        pass
    finished = Purge.objects.using("service").filter(id=purge_id, state=PurgeState.REMOVED)
    with transaction.atomic(using="service"):
        if not DoomedBlob.objects.using("service").filter(purge_id=purge_id, deleted_at__isnull=True).exists() and (
            finished.update(state=PurgeState.FINISHED, finished_at=now())
        ):
            record("catalogue:record:purged", actor=None, using="service", subject_kind="purge", subject_id=purge_id)


def _delete_some(purge_id: uuid.UUID) -> int:
    """Delete a few objects, and note it; killed in between, the same are deleted again, which changes nothing."""
    with transaction.atomic(using="service"):
        # Who notes a file waits for nothing; who notes what lay in one, in their turn, does not do so between our look and our deed.
        wait_for_turn()
        waiting = DoomedBlob.objects.using("service").filter(purge_id=purge_id, deleted_at__isnull=True)
        doomed = list(waiting.order_by("id")[:PURGE_BLOBS_AT_ONCE])
        originals = {blob.original_address for blob in doomed}
        brought = set(_brought(originals))
        shares = [blob for blob in doomed if blob.organisation_id is not None]
        for blob in shares:
            _end_share(blob)
        for blob in doomed:
            if blob.organisation_id is None and blob.original_address not in brought:
                _forget(blob.address)
        kept = [blob.id for blob in doomed if blob not in shares and blob.original_address in brought]
        DoomedBlob.objects.using("service").filter(id__in=kept).delete()
        DoomedBlob.objects.using("service").filter(id__in=[blob.id for blob in doomed]).update(deleted_at=now())
    return len(doomed)


def _brought(originals: set[str]) -> list[str]:
    """Those of the originals that somebody holds, or has sent and not yet had decided."""
    files = ReceivedFile.objects.using("service").filter(original_address__in=originals)
    media = Media.objects.using("service").filter(original_address__in=originals)
    return [
        *files.values_list("original_address", flat=True).distinct(),
        *media.values_list("original_address", flat=True),
    ]


def _forget(address: str) -> None:
    """The one place in which an object of the vault is destroyed: its keys first, where it has any."""
    blob = BlobAddress(address)
    if blob.namespace is Namespace.ORIGINALS:
        destroy_object(vault(), blob)
    vault().delete(address)


def _end_share(blob: DoomedBlob) -> None:
    """End an organisation's share of the key of what others keep, unless it has brought the same again since."""
    own = {"owner_organisation": blob.organisation_id}
    files = ReceivedFile.objects.using("service").filter(original_address=blob.original_address, **own)
    seen = Sighting.objects.using("service").filter(media__original_address=blob.original_address, **own)
    if files.exists() or seen.exists():
        return
    # Sealed before keys lay apart, it has no shares yet; rotation gives it one for each who holds it then.
    with suppress(EnvelopeMissing):
        destroy_object(vault(), BlobAddress(blob.original_address), organisation_id=blob.organisation_id)
