"""Scrubbing: everything the vault holds is opened to its end, and held against what is known; in 1,024 parts, so that a run can be broken off.

Damaged is what does not open, by its bytes, its header or any wrap of its key; missing what is known and not there; orphaned what is there and
known to nobody. Content destroyed on purpose is counted, and nothing is wrong with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction

from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.vault.addresses import BlobAddress, Namespace
from clew.vault.envelopes import Examined
from clew.vault.errors import BlobMissing, ContentDestroyed, KeyServiceUnreachable, ProviderUnknown, VaultUnreachable
from clew.vault.models import Scrub, ScrubFault, ScrubFinding
from clew.vault.store import Vault

#: Bytes are sealed before their record is written: what is younger than this belongs to somebody still at work.
ORPHAN_SECONDS_MIN = 3600.0
PARTS = [(namespace, f"{byte:02x}") for namespace in Namespace for byte in range(256)]
#: How far it came is kept so often; so much is looked at twice where a run is killed.
_SAVE_SECONDS = 2.0
#: Objects whose keys are asked for in one question.
_TOGETHER = 200
#: These say that nothing can be opened now, not that an object is damaged.
_OUTAGES = (KeyServiceUnreachable, ProviderUnknown, VaultUnreachable)


class Known(Protocol):
    """What the rooms above know of: the addresses of their records."""

    def holds(self, address: BlobAddress) -> bool:
        """Whether a record names this address, as far as was known when the run began."""

    def holds_now(self, address: BlobAddress) -> bool:
        """Whether one names it at this moment; asked seldom."""

    def others_than(self, listed: Collection[BlobAddress], namespace: Namespace, prefix: str) -> list[BlobAddress]:
        """The addresses of one part that are not among these."""


@dataclass(slots=True)
class Pace:
    """Bytes a second that a scrub may read; None is as quick as it goes."""

    bytes_per_second: float | None = None
    _due_at: float = 0.0

    def take(self, size_bytes: int) -> None:
        """Wait until so much may have been read."""
        if self.bytes_per_second:
            self._due_at = max(self._due_at, time.monotonic()) + size_bytes / self.bytes_per_second
            time.sleep(max(0.0, self._due_at - time.monotonic()))


def scrub(
    vault: Vault,
    known: Known,
    *,
    pace: Pace | None = None,
    seconds_max: float | None = None,
    said: Callable[[Scrub], None] = lambda _run: None,
) -> Scrub:
    """Go on with the run that was broken off, or begin one; to its end, or until so much time went by. What it found is on record at its end.

    Raises KeyServiceUnreachable and VaultUnreachable; the run then waits at the part where it stood.
    """
    pace, until = pace or Pace(), time.monotonic() + seconds_max if seconds_max else None
    run = Scrub.objects.using("service").filter(finished_at__isnull=True).order_by("-begun_at").first()
    if run is None:
        run = Scrub.objects.using("service").create()
    part, save_at = _Part(), time.monotonic() + _SAVE_SECONDS
    while run.parts_done + part.count < len(PARTS):
        _scrub_part(vault, known, run.parts_done + part.count, part, pace)
        is_over = until is not None and time.monotonic() >= until
        if is_over or time.monotonic() >= save_at or run.parts_done + part.count == len(PARTS):
            _save(run, part)
            part, save_at = _Part(), time.monotonic() + _SAVE_SECONDS
            said(run)
        if is_over and run.parts_done < len(PARTS):
            return run
    with transaction.atomic(using="service"):
        run.finished_at = now()
        run.save(using="service", update_fields=["finished_at"])
        record(
            "vault:scrub:finish",
            actor=None,
            using="service",
            subject_kind="scrub",
            subject_id=run.id,
            facts={"opened": run.opened, "destroyed": run.destroyed, **counts(run)},
        )
    return run


def counts(run: Scrub) -> dict[str, int]:
    """How many objects each fault was found with."""
    found = run.findings.using("service").values_list("fault", flat=True)
    by_fault = dict.fromkeys(ScrubFault.values, 0)
    for fault in found:
        by_fault[fault] += 1
    return by_fault


def newest_finished() -> Scrub | None:
    """The last run that came to its end."""
    return Scrub.objects.using("service").filter(finished_at__isnull=False).order_by("-finished_at").first()


@dataclass(slots=True)
class _Part:
    """What some neighbouring parts came to."""

    count: int = 0
    opened: int = 0
    size_bytes: int = 0
    destroyed: int = 0
    #: Address -> fault, and the error's name.
    faults: dict[BlobAddress, tuple[ScrubFault, str]] = field(default_factory=dict)


def _scrub_part(vault: Vault, known: Known, number: int, part: _Part, pace: Pace) -> None:
    listed = set[BlobAddress]()
    namespace, prefix = PARTS[number]
    waiting: list[BlobAddress] = []
    for path in vault.place.paths(f"{namespace}/{prefix}"):
        if address := BlobAddress.of_path(path):
            listed.add(address)
            waiting.append(address)
            if len(waiting) == _TOGETHER:
                _look_at_all(vault, known, waiting, part, pace)
                waiting = []
    _look_at_all(vault, known, waiting, part, pace)
    for address in known.others_than(listed, namespace, prefix):
        if vault.exists(address) or not known.holds_now(address):
            continue
        if vault.envelopes is not None and vault.envelopes.is_destroyed(address):
            part.destroyed += 1
        else:
            part.faults[address] = ScrubFault.MISSING, ""
    part.count += 1


def _save(run: Scrub, part: _Part) -> None:
    """Keep findings and how far the run came, together."""
    findings = [
        ScrubFinding(scrub=run, address=address, fault=fault, reason=reason)
        for address, (fault, reason) in part.faults.items()
    ]
    with transaction.atomic(using="service"):
        run.parts_done += part.count
        run.opened, run.size_bytes = run.opened + part.opened, run.size_bytes + part.size_bytes
        run.destroyed += part.destroyed
        run.save(using="service", update_fields=["parts_done", "opened", "size_bytes", "destroyed"])
        ScrubFinding.objects.using("service").bulk_create(findings, ignore_conflicts=True)


def _look_at_all(vault: Vault, known: Known, addresses: Sequence[BlobAddress], part: _Part, pace: Pace) -> None:
    """Open neighbouring objects, whose keys are asked for together."""
    owners: dict[BlobAddress, BlobAddress | None] = {}
    for address in addresses:
        try:
            owners[address] = vault.owner_of(address)
        except _OUTAGES:
            raise
        except BlobMissing:
            # Purged since it was listed; what should be there is told as missing.
            continue
        except ClewError as broken:
            part.faults[address] = ScrubFault.DAMAGED, broken.code
            part.opened += 1
    wanted = [owner for owner in owners.values() if owner]
    keys = vault.envelopes.examined(wanted) if vault.envelopes and wanted else {}
    for address, owner in owners.items():
        _look_at(vault, known, address, keys.get(owner) if owner else None, part, pace)


def _look_at(vault: Vault, known: Known, address: BlobAddress, key: Examined | None, part: _Part, pace: Pace) -> None:
    object_bytes = vault.place.size_bytes(address.path) or 0
    pace.take(object_bytes)
    try:
        check_all(vault, address, key)
    except _OUTAGES:
        raise
    except ContentDestroyed:
        part.destroyed += 1
    except BlobMissing:
        return
    except ClewError as broken:
        part.faults[address] = ScrubFault.DAMAGED, broken.code
    else:
        if not known.holds(address) and _is_left_behind(vault, known, address):
            part.faults[address] = ScrubFault.ORPHANED, ""
    part.opened += 1
    part.size_bytes += object_bytes


def check_all(vault: Vault, address: BlobAddress, key: Examined | None) -> None:
    """Every byte of an object, and every wrap of its key where it has one of its own. Raises as `Vault.open` does."""
    owner = vault.owner_of(address)
    if key is None or owner is None:
        vault.check(address)
        return
    if key.fault is not None and (key.secret is None or owner == address):
        raise key.fault
    assert key.secret is not None
    vault.check(address, {owner: key.secret})


def _is_left_behind(vault: Vault, known: Known, address: BlobAddress) -> bool:
    written_at = vault.place.written_at(address.path)
    is_young = written_at is None or time.time() - written_at < ORPHAN_SECONDS_MIN
    return not is_young and not known.holds_now(address)
