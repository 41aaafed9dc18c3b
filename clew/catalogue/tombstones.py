"""Tombstones: what is left of a purged content. Its exact digest stays only where the policy says so, and then under a key."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Sequence

from clew.access.data_protection import policy
from clew.catalogue.models import Tombstone
from clew.vault.opened import keyring


def exact_hash(sha256: bytes) -> bytes:
    """A content's SHA-256 (32 bytes) under a key of this installation: HMAC-SHA-256 (RFC 2104), of no use without the key ring."""
    return hmac.digest(keyring().subkey("tombstones"), sha256, "sha256")


def purged_before(organisation_id: uuid.UUID, sha256s: Sequence[bytes]) -> dict[bytes, dt.datetime]:
    """Which of these contents the organisation itself had and purged, and when; none where the policy keeps no digests, and nobody else's."""
    if not policy().keeps_exact_hash or not sha256s:
        return {}
    keyed = {exact_hash(sha256): sha256 for sha256 in sha256s}
    found = Tombstone.objects.using("service").filter(
        exact_hash__in=list(keyed), purge__owner_organisation=organisation_id
    )
    rows = found.order_by("purged_at").values_list("exact_hash", "purged_at")
    return {keyed[bytes(exact)]: at for exact, at in rows if exact is not None}
