"""Holdings: which addresses of the vault the records name, and which organisations brought them. For scrubs, and for bringing old objects along."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from clew.catalogue.models import Media, Sighting
from clew.intake.models import ReceivedFile
from clew.vault.addresses import BlobAddress, Namespace

COLUMNS = ("original_address", "thumbnail_address", "preview_address", "strip_address")
_CHUNK = 2000


class Holdings:
    """All addresses that records name, as the first 64 bits of each: 8 bytes for one, so that ten million contents fit into memory."""

    def __init__(self) -> None:
        found: dict[Namespace, list[int]] = defaultdict(list)
        for text in _addresses():
            namespace, _, locator = text.partition("/")
            found[Namespace(namespace)].append(int(locator[:16], 16))
        self._held: dict[Namespace, NDArray[np.uint64]] = {
            namespace: np.unique(np.array(found[namespace], dtype=np.uint64)) for namespace in Namespace
        }

    def holds(self, address: BlobAddress) -> bool:
        """See Known."""
        held, number = self._held[address.namespace], np.uint64(int(address.partition("/")[2][:16], 16))
        at = int(np.searchsorted(held, number))
        return at < len(held) and bool(held[at] == number)

    def holds_now(self, address: BlobAddress) -> bool:
        """See Known."""
        return (
            _named(address).exists() or ReceivedFile.objects.using("service").filter(original_address=address).exists()
        )

    def others_than(self, listed: Collection[BlobAddress], namespace: Namespace, prefix: str) -> list[BlobAddress]:
        """See Known. The database is asked only where there are any."""
        held, first = self._held[namespace], int(prefix, 16) << 56
        low = int(np.searchsorted(held, np.uint64(first), side="left"))
        high = int(np.searchsorted(held, np.uint64(first + (1 << 56) - 1), side="right"))
        numbers = np.array([int(address.partition("/")[2][:16], 16) for address in listed], dtype=np.uint64)
        if np.isin(held[low:high], numbers).all():
            return []
        return [one for one in map(BlobAddress, set(_addresses(f"{namespace}/{prefix}"))) if one not in listed]


def _addresses(beginning: str = "") -> Iterator[str]:
    """Every address that a record names, some more than once."""
    for column in COLUMNS:
        named = Media.objects.using("service").exclude(**{column: ""}).filter(**{f"{column}__startswith": beginning})
        yield from named.values_list(column, flat=True).iterator(chunk_size=_CHUNK)
    # What has no verdict yet is in no media.
    waiting = (
        ReceivedFile.objects.using("service")
        .exclude(original_address="")
        .filter(original_address__startswith=beginning)
    )
    yield from waiting.values_list("original_address", flat=True).iterator(chunk_size=_CHUNK)


def _named(address: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a query set of media
    which = Q()
    for column in COLUMNS:
        which |= Q(**{column: address})
    return Media.objects.using("service").filter(which)


@dataclass(frozen=True, slots=True)
class Holding:
    """One original, who brought it, and what was made from it."""

    original: BlobAddress
    organisation_ids: list[uuid.UUID]
    derived: list[BlobAddress] = field(default_factory=list)


def holdings() -> Iterator[Holding]:
    """Every original that has a verdict, in the order in which they came."""
    last = uuid.UUID(int=0)
    while True:
        found = list(
            Media.objects.using("service")
            .filter(id__gt=last)
            .exclude(original_address="")
            .order_by("id")
            .values_list("id", *COLUMNS)[:_CHUNK]
        )
        if not found:
            return
        last = found[-1][0]
        holders: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        seen = Sighting.objects.using("service").filter(media__in=[row[0] for row in found])
        for media_id, organisation_id in seen.values_list("media_id", "owner_organisation_id").distinct():
            holders[media_id].append(organisation_id)
        for media_id, original, *derived in found:
            yield Holding(BlobAddress(original), holders[media_id], [BlobAddress(one) for one in derived if one])
