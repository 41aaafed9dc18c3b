"""API keys: made once, shown once, kept only as a digest; confined to a scope, for a time, at a rate."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from clew.access.key_quota import count_call
from clew.access.models import ApiKey, Officer, OrganisationState
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.access.standing import require_standing
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import KEY_CALLS_PER_HOUR_DEFAULT, KEY_CALLS_PER_HOUR_MAX, KEY_DAYS_DEFAULT, KEY_DAYS_MAX
from clew.ledger.actions import record

KEY_PREFIX = "clew_"


def create_key(
    officer: Officer,
    label: str,
    *,
    scope: Collection[str] | None = None,
    days: int = KEY_DAYS_DEFAULT,
    calls_per_hour: int = KEY_CALLS_PER_HOUR_DEFAULT,
) -> str:
    """Make a key that speaks for the officer; the answer is the only time its secret is seen.

    `scope` names permissions of theirs (None: those they have now); the key ends after so many days, and makes so many calls in an hour.
    """
    require(officer, Permission.KEY_CREATE)
    scope = officer.permissions if scope is None else scope
    _refuse_unsound(officer, label, scope, days, calls_per_hour)
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic(using="service"):
        actor = require_standing(officer, Permission.KEY_CREATE)
        key = ApiKey(
            id=new_id(),
            officer=actor,
            label=label.strip()[:80],
            secret_digest=_digest(secret),
            scope=sorted(scope),
            calls_per_hour=calls_per_hour,
            expires_at=now() + dt.timedelta(days=days),
        )
        ApiKey.objects.using("service").bulk_create([key])
        facts = {"scope": key.scope, "days": days, "calls_per_hour": calls_per_hour}
        record("access:key:create", actor=actor, using="service", subject_kind="key", subject_id=key.id, facts=facts)
    return secret


def _refuse_unsound(officer: Officer, label: str, scope: Collection[str], days: int, calls_per_hour: int) -> None:
    if not label.strip():
        raise InputRefused(reason="A key needs a label that says where it is used. No key was made. Write one.")
    if not scope or not set(scope) <= officer.permissions:
        raise InputRefused(
            reason="A key opens some of what you may do yourself, and nothing else. No key was made. Choose among your permissions."
        )
    if not 1 <= days <= KEY_DAYS_MAX:
        raise InputRefused(reason=f"A key lives 1 to {KEY_DAYS_MAX} days. No key was made. Choose a shorter time.")
    if not 1 <= calls_per_hour <= KEY_CALLS_PER_HOUR_MAX:
        raise InputRefused(
            reason=f"A key makes 1 to {KEY_CALLS_PER_HOUR_MAX} calls an hour. No key was made. Choose a number between."
        )


def keys_of(officer: Officer) -> QuerySet[ApiKey]:
    """The officer's own keys, the newest first."""
    require(officer, Permission.KEY_CREATE)
    return ApiKey.objects.defer("secret_digest").filter(officer=officer.pk).order_by("-created_at")


def keys_of_organisation(officer: Officer) -> QuerySet[ApiKey]:
    """Every key of the officer's organisation, the newest first. For its national administrator."""
    require(officer, Permission.KEY_OVERSEE)
    own = ApiKey.objects.defer("secret_digest").filter(officer__unit__organisation=officer.organisation_id)
    return own.select_related("officer").order_by("-created_at")


def revoke_key(officer: Officer, key_id: uuid.UUID) -> None:
    """End a key of one's own at once, or, as the national administrator, any key of one's organisation."""
    with transaction.atomic(using="service"):
        own = ApiKey.objects.using("service").filter(id=key_id, revoked_at=None)
        if Permission.KEY_OVERSEE in officer.permissions:
            own = own.filter(officer__unit__organisation=officer.organisation_id)
        else:
            own = own.filter(officer=officer)
        if not own.update(revoked_at=now()):
            raise NotFound
        record("access:key:revoke", actor=officer, using="service", subject_kind="key", subject_id=key_id)


def officer_of_key(secret: str) -> Officer | None:
    """The officer for whom a key speaks, confined to its scope, or None: the same for unknown, revoked, expired and disabled.

    The call counts against the key's hour; raises `QuotaExceeded` where that is used up.
    """
    if not secret.startswith(KEY_PREFIX):
        return None
    key = (
        ApiKey.objects.using("service")
        .select_related("officer__unit__organisation")
        .filter(secret_digest=_digest(secret), revoked_at=None, expires_at__gt=now(), officer__is_active=True)
        .exclude(officer__unit__organisation__state=OrganisationState.SUSPENDED)
        .first()
    )
    if key is None:
        return None
    count_call(key)
    officer = key.officer
    officer.key_id, officer.key_scope = key.id, frozenset(key.scope)
    return officer


def _digest(secret: str) -> bytes:
    # A key is 256 random bits, so one round of SHA-256 is enough: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
