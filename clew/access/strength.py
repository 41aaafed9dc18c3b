"""Strength: which ways of signing in cannot be phished, who has one, and whether a session was opened by one.

A passkey is bound to the site's address and asks for its owner's finger or PIN; a card does the same over TLS; an organisation's identity provider
answers for both factors itself.
"""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from clew.access.models import Officer
from clew.access.sign_in_models import CardCertificate, IdentityLink

CERTIFICATE, IDENTITY = "certificate", "identity provider"


def has_passkey(officer: Officer) -> bool:
    """Whether the officer has set one up."""
    passkeys = Authenticator.objects.filter(user_id=officer.pk, type=Authenticator.Type.WEBAUTHN)
    return bool(passkeys.exists())


def has_card(officer: Officer) -> bool:
    """Whether a card of theirs is registered."""
    return CardCertificate.objects.using("service").filter(officer_id=officer.pk).exists()


def issuer_of(officer: Officer) -> str | None:
    """The identity provider at which the officer has signed in before, or None."""
    links = IdentityLink.objects.using("service").filter(officer_id=officer.pk, subject__isnull=False)
    return links.values_list("issuer", flat=True).first()


def has_strong_way(officer: Officer) -> bool:
    """Whether there is any way of theirs that cannot be phished."""
    return has_passkey(officer) or has_card(officer) or issuer_of(officer) is not None


def is_strong(request: HttpRequest, officer: Officer) -> bool:
    """Whether this session, or the sign-in going on, has shown such a way."""
    return any(_is_strong(given) for given in get_authentication_records(request, officer))


def ways_of(request: HttpRequest, officer: Officer) -> list[str]:
    """What the officer has shown in this session, each once, in order: password, totp, recovery_codes, webauthn, certificate, identity provider."""
    shown = [given.get("type", given["method"]) for given in get_authentication_records(request, officer)]
    return list(dict.fromkeys(shown))


def _is_strong(given: dict[str, Any]) -> bool:
    return given["method"] in {CERTIFICATE, IDENTITY} or given.get("type") == Authenticator.Type.WEBAUTHN
