"""Grave acts: what no officer does alone. Each names who may ask for it; another person of the same organisation decides."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from enum import StrEnum
from typing import Any

from clew.access.permissions import Permission


class GraveAct(StrEnum):
    """An act that cannot be taken back, or that takes a protection away."""

    CODE_DEMOTE = "review:code:demote"
    CODE_PROMOTE = "review:code:promote"
    HOLD_LIFT = "catalogue:hold:lift"
    KEY_DESTROY = "vault:key:destroy"
    RECORD_PURGE = "catalogue:record:purge"


#: What each act is called on pages.
ACT_WORDS: dict[GraveAct, str] = {
    GraveAct.CODE_DEMOTE: "Undo that a code was confirmed by votes",
    GraveAct.CODE_PROMOTE: "Confirm a code by votes",
    GraveAct.HOLD_LIFT: "Lift a legal hold",
    GraveAct.KEY_DESTROY: "Destroy an organisation's key, and with it all that only this key opens",
    GraveAct.RECORD_PURGE: "Purge records: originals, hashes and all that was made of them",
}

#: Who may ask for an act, and carry it out once another has granted it.
ACT_PERMISSIONS: dict[GraveAct, Permission] = {
    GraveAct.CODE_DEMOTE: Permission.CODE_PROMOTE,
    GraveAct.CODE_PROMOTE: Permission.CODE_PROMOTE,
    GraveAct.HOLD_LIFT: Permission.HOLD_LIFT,
    GraveAct.KEY_DESTROY: Permission.VAULT_KEY_DESTROY,
    GraveAct.RECORD_PURGE: Permission.RECORD_PURGE,
}


def request_digest(
    *,
    approval_id: uuid.UUID,
    act: str,
    subject_kind: str,
    subject_id: uuid.UUID | None,
    facts: dict[str, Any],
    reason: str,
    requested_by: uuid.UUID,
    requested_at: dt.datetime,
) -> bytes:
    """SHA-256 (32 bytes) over the exact request: what is granted is this and nothing else.

    The approval's own id is part of it, so that a grant fits no second request of the same words.
    """
    fields = {
        "act": act,
        "approval": str(approval_id),
        "facts": facts,
        "reason": reason,
        "requested_at": requested_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "requested_by": str(requested_by),
        "subject": [subject_kind, str(subject_id) if subject_id else None],
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).digest()
