"""Scrubbing: everything the vault holds is opened to its end, and held against what is known; in 1,024 parts, so that a run can be broken off.

Damaged is what does not open, by its bytes, its header or any wrap of its key; missing what is known and not there; orphaned what is there and
known to nobody. Content destroyed on purpose is counted, and nothing is wrong with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.vault.addresses import BlobAddress, Namespace
from clew.vault.errors import BlobMissing, ContentDestroyed, KeyServiceUnreachable, ProviderUnknown, VaultUnreachable
from clew.vault.headers import APART_HEADER_BYTES, HEADER_BYTES_MAX, header_size_bytes, parent_of
from clew.vault.models import Scrub, ScrubFault, ScrubFinding
from clew.vault.store import Vault

#: Bytes are sealed before their record is written: what is younger than this belongs to somebody still at work.
ORPHAN_SECONDS_MIN = 3600.0
PARTS = [(namespace, f"{byte:02x}") for namespace in Namespace for byte in range(256)]
#: These say that nothing can be opened now, not that an object is damaged.
_OUTAGES = (KeyServiceUnreachable, ProviderUnknown, VaultUnreachable)


class Known(Protocol):
    """What the rooms above know of: the addresses of their records."""

    def holds(self, address: BlobAddress) -> bool:
        """Whether a record names this address, as far as was known when the run began."""

    def holds_now(self, address: BlobAddress) -> bool:
        """Whether one names it at this moment; asked seldom."""

    def within(self, namespace: Namespace, prefix: str) -> Iterator[BlobAddress]:
        """The addresses of one part."""


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
    while run.parts_done < len(PARTS):
        if until is not None and time.monotonic() >= until:
            return run
        _scrub_part(vault, known, run, pace)
        said(run)
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


def _scrub_part(vault: Vault, known: Known, run: Scrub, pace: Pace) -> None:
    """Look at one part; its findings and how far the run came are kept together."""
    namespace, prefix = PARTS[run.parts_done]
    findings: list[ScrubFinding] = []
    opened = size_bytes = destroyed = 0
    listed: set[BlobAddress] = set()
    for path in vault.place.paths(f"{namespace}/{prefix}"):
        address = BlobAddress.of_path(path)
        if address is None:
            continue
        listed.add(address)
        object_bytes = vault.place.size_bytes(path) or 0
        pace.take(object_bytes)
        size_bytes += object_bytes
        opened += 1
        try:
            _open(vault, address)
        except _OUTAGES:
            raise
        except ContentDestroyed:
            destroyed += 1
        except ClewError as broken:
            if not isinstance(broken, BlobMissing) or known.holds_now(address):
                findings.append(ScrubFinding(scrub=run, address=address, fault=ScrubFault.DAMAGED, reason=broken.code))
        else:
            if not known.holds(address) and _is_left_behind(vault, known, address):
                findings.append(ScrubFinding(scrub=run, address=address, fault=ScrubFault.ORPHANED))
    for address in known.within(namespace, prefix):
        if address in listed or vault.exists(address) or not known.holds_now(address):
            continue
        if vault.envelopes is not None and vault.envelopes.is_destroyed(address):
            destroyed += 1
        else:
            findings.append(ScrubFinding(scrub=run, address=address, fault=ScrubFault.MISSING))
    with transaction.atomic(using="service"):
        run.parts_done += 1
        run.opened, run.size_bytes = run.opened + opened, run.size_bytes + size_bytes
        run.destroyed += destroyed
        run.save(using="service", update_fields=["parts_done", "opened", "size_bytes", "destroyed"])
        ScrubFinding.objects.using("service").bulk_create(findings, ignore_conflicts=True)


def _open(vault: Vault, address: BlobAddress) -> None:
    """Every byte of the object, and every wrap of its key where it has one of its own. Raises as `Vault.open` does."""
    vault.check(address)
    if vault.envelopes is None:
        return
    with vault.place.reading(address.path) as reader:
        header = reader.read(0, HEADER_BYTES_MAX)
    if header_size_bytes(header[:6]) == APART_HEADER_BYTES and parent_of(header, address, vault.locator_key) is None:
        vault.envelopes.verified_key(address)


def _is_left_behind(vault: Vault, known: Known, address: BlobAddress) -> bool:
    written_at = vault.place.written_at(address.path)
    is_young = written_at is None or time.time() - written_at < ORPHAN_SECONDS_MIN
    return not is_young and not known.holds_now(address)
