"""The second factor: one-time codes (TOTP, RFC 6238), kept by allauth and sealed by the key ring."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import transaction

from clew.access.models import Officer
from clew.kernel.errors import ClewError
from clew.ledger.actions import record


class NoOneTimeCode(ClewError):
    """{username} has not set up one-time codes yet. Nothing was changed. They are asked to at their first sign-in."""


def set_up_one_time_code(officer: Officer, secret: str | None = None) -> str:
    """Give the officer a new secret for one-time codes and return it, to be put into an authenticator app; an older one is void.

    A `secret` in base 32 that an app has already may be given (RFC 6238).
    """
    Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).delete()
    chosen: str = secret or generate_totp_secret()
    TOTP.activate(officer, chosen)
    return chosen


def current_one_time_code(officer: Officer) -> str:
    """The code that is valid now, for whoever runs the installation and has no authenticator app at hand; on record."""
    authenticator = Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        raise NoOneTimeCode(username=officer.username)
    with transaction.atomic(using="service"):
        record("access:code:show", actor=None, using="service", subject_kind="officer", subject_id=officer.id)
    counters = list(yield_hotp_counters_from_time())
    secret = decrypt(authenticator.data["secret"])
    code: str = format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))
    return code
