"""Lock-out: after five bad tries in a quarter of an hour nobody signs in under a name with what can be guessed (AC-7).

A try counts from the moment it is made and is taken back when it proves right. Names that do not exist are counted and locked like those
that do, by a keyed hash. The lock shuts passwords and codes; a passkey, a card and the organisation's identity provider cannot be guessed and go on
opening (AC-7, enhancement 4), so that a stranger who locks every name he knows keeps nobody from work.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import connections, transaction
from django.utils.crypto import salted_hmac

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.access.sign_in_models import SignInLock, SignInTry
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import SIGN_IN_TRIES_MAX, SIGN_IN_TRIES_MINUTES
from clew.ledger.actions import record


class TooManyTries(ClewError):
    """Too many failed tries. Nothing was opened. Sign in with a passkey or a card, or ask your administrator to unlock your account."""

    status = 429


class NotLocked(ClewError):
    """{username} is not locked. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Try:
    """A try under a name, counted as bad until it is passed."""

    id: uuid.UUID
    mark: bytes
    officer_id: uuid.UUID | None
    way: str


def mark_of(name: str) -> bytes:
    """A keyed hash of a name as it is typed: without regard to case, width or blanks around it."""
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    return salted_hmac("clew.sign-in.name", plain, algorithm="sha256").digest()


def begin_try(name: str, way: str) -> Try:
    """Count a try under this name, or raise `TooManyTries`: the same, and as quick, whether there is such an officer or not."""
    mark = mark_of(name)
    officer_id = Officer.objects.using("service").filter(username__iexact=name.strip()).values_list("id", flat=True)
    found = Try(id=new_id(), mark=mark, officer_id=officer_id.first(), way=way)
    with transaction.atomic(using="service"):
        _one_at_a_time(mark)
        is_refused = _is_locked(mark) or _tries(mark).count() >= SIGN_IN_TRIES_MAX
        if is_refused:
            _record("access:sign_in:refuse", found, outcome=TooManyTries.__name__)
        else:
            SignInTry.objects.using("service").bulk_create([SignInTry(id=found.id, name_mark=mark, at=now())])
    if is_refused:
        raise TooManyTries
    return found


def fail_try(failed: Try) -> None:
    """It was wrong: on record, and the fifth locks the name."""
    with transaction.atomic(using="service"):
        _one_at_a_time(failed.mark)
        SignInTry.objects.using("service").filter(id=failed.id).update(is_failed=True)
        _record("access:sign_in:fail", failed, outcome="wrong")
        if _tries(failed.mark).filter(is_failed=True).count() >= SIGN_IN_TRIES_MAX and not _is_locked(failed.mark):
            lock = SignInLock(name_mark=failed.mark, officer_id=failed.officer_id, locked_at=now())
            SignInLock.objects.using("service").bulk_create([lock])
            _record("access:officer:lock", failed, outcome="done")


def pass_try(passed: Try) -> None:
    """It was right: it no longer counts. Those that were wrong before go on counting until somebody is in."""
    SignInTry.objects.using("service").filter(id=passed.id).delete()


def forget_tries(officer: Officer) -> None:
    """The officer is in, with every factor: what went wrong before no longer counts."""
    SignInTry.objects.using("service").filter(name_mark=mark_of(officer.username)).delete()


def unlock(officer: Officer, *, by: Officer | None) -> None:
    """Let the officer try again: done by an administrator of their organisation, or by whoever owns the installation (`by=None`)."""
    if by is not None:
        require(by, Permission.OFFICER_UNLOCK)
        if by.organisation_id != officer.organisation_id or by.person_id == officer.person_id:
            raise NotFound
    mark = mark_of(officer.username)
    with transaction.atomic(using="service"):
        found, _each = SignInLock.objects.using("service").filter(name_mark=mark).delete()
        if not found:
            raise NotLocked(username=officer.username)
        SignInTry.objects.using("service").filter(name_mark=mark).delete()
        record("access:officer:unlock", actor=by, using="service", subject_kind="officer", subject_id=officer.id)


def is_locked(officer: Officer) -> bool:
    """Whether passwords and codes of this officer open nothing now."""
    return _is_locked(mark_of(officer.username))


def _one_at_a_time(mark: bytes) -> None:
    with connections["service"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(mark[:8], "big", signed=True)])


def _is_locked(mark: bytes) -> bool:
    locks = SignInLock.objects.using("service").filter(name_mark=mark)
    minutes: int = settings.CLEW_LOCK_MINUTES
    if minutes:
        locks.filter(locked_at__lte=now() - dt.timedelta(minutes=minutes)).delete()
    return locks.exists()


def _tries(mark: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a query, whose type Django writes out at length
    window = now() - dt.timedelta(minutes=SIGN_IN_TRIES_MINUTES)
    of_name = SignInTry.objects.using("service").filter(name_mark=mark)
    of_name.filter(at__lte=window).delete()
    return of_name


def _record(verb: str, made: Try, *, outcome: str) -> None:
    facts: dict[str, str] = {"way": made.way}
    if made.officer_id is None:
        facts["name"] = made.mark.hex()
    kind = "officer" if made.officer_id else ""
    record(
        verb, actor=None, using="service", outcome=outcome, facts=facts, subject_kind=kind, subject_id=made.officer_id
    )
