"""Pure rules of the ledger: the canonical form of an entry and its leaf hash (RFC 6962, section 2.1)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

#: RFC 6962 sets leaves apart from inner nodes by this first byte.
LEAF_PREFIX = b"\x00"


def canonical_form(
    *,
    at: dt.datetime,
    verb: str,
    outcome: str,
    officer_id: uuid.UUID | None,
    organisation_id: uuid.UUID | None,
    subject_kind: str,
    subject_id: uuid.UUID | None,
    facts: dict[str, Any],
) -> bytes:
    """The entry as bytes, the same on every machine: JSON with sorted keys, no spaces, UTC to the microsecond."""
    fields = {
        "at": at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "facts": facts,
        "officer": str(officer_id) if officer_id else None,
        "organisation": str(organisation_id) if organisation_id else None,
        "outcome": outcome,
        "subject": [subject_kind, str(subject_id) if subject_id else None],
        "verb": verb,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def leaf_hash(canonical: bytes) -> bytes:
    """The 32-byte RFC 6962 leaf hash of one entry."""
    return hashlib.sha256(LEAF_PREFIX + canonical).digest()
