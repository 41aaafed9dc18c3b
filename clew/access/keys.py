"""API keys: made once, shown once, kept only as a digest."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.db import transaction

from clew.access.models import ApiKey, Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record

KEY_PREFIX = "clew_"


def create_key(officer: Officer, label: str) -> str:
    """Make a key that speaks for the officer; the answer is the only time its secret is seen."""
    require(officer, Permission.KEY_CREATE)
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic(using="service"):
        key = ApiKey(id=new_id(), officer=officer, label=label[:80], secret_digest=_digest(secret))
        ApiKey.objects.using("service").bulk_create([key])
        record("access:key:create", actor=officer, using="service", subject_kind="key", subject_id=key.id)
    return secret


def revoke_key(officer: Officer, key_id: uuid.UUID) -> None:
    """End a key of one's own at once."""
    with transaction.atomic(using="service"):
        found = (
            ApiKey.objects.using("service").filter(id=key_id, officer=officer, revoked_at=None).update(revoked_at=now())
        )
        if not found:
            raise NotFound
        record("access:key:revoke", actor=officer, using="service", subject_kind="key")


def officer_of_key(secret: str) -> Officer | None:
    """The active officer for whom a key speaks, or None: the same for unknown, revoked and disabled."""
    if not secret.startswith(KEY_PREFIX):
        return None
    key = (
        ApiKey.objects.using("service")
        .select_related("officer__unit__organisation")
        .filter(secret_digest=_digest(secret), revoked_at=None, officer__is_active=True)
        .first()
    )
    return key.officer if key else None


def _digest(secret: str) -> bytes:
    # A key is 256 random bits, so one round of SHA-256 is enough: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
