"""Forms that take what a passkey answers (WebAuthn level 2): made for this very address, and by an officer's own key; what is refused is on record."""

from __future__ import annotations

import json
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from fido2.utils import websafe_decode

from clew.access.models import Officer
from clew.ledger.actions import record

NAME_LETTERS_MAX = 80


class AddForm(AddWebAuthnForm):  # type: ignore[misc]
    """Takes a new passkey. Every one signs in alone, so there is nothing to choose but its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["name"].label = "Name of the passkey"
        self.fields["name"].max_length = NAME_LETTERS_MAX
        self.fields["name"].help_text = "Where it is kept: a key on your ring, this computer, your telephone."

    def clean_name(self) -> str:
        """The name, short enough for a list."""
        return str(super().clean_name())[:NAME_LETTERS_MAX]

    def clean(self) -> dict[str, Any]:
        """The credential, made for this address and with its owner verified."""
        _require_own_address(self.cleaned_data.get("credential"))
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class SignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    """Takes a passkey at sign-in, where it says itself whose it is."""

    def clean_credential(self) -> Authenticator:
        """The passkey that answered."""
        return _answered(self.cleaned_data["credential"], super().clean_credential, officer=None)


class SecondFactorForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Takes a passkey after the password."""

    def clean_credential(self) -> Authenticator:
        """The passkey that answered."""
        return _answered(self.cleaned_data["credential"], super().clean_credential, officer=self.user)


class ConfirmForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Takes a passkey again, before something grave."""

    def clean_credential(self) -> Authenticator:
        """The passkey that answered."""
        return _answered(self.cleaned_data["credential"], super().clean_credential, officer=self.user)


def _answered(credential: Any, clean: Any, *, officer: Officer | None) -> Authenticator:
    try:
        _require_own_address(credential)
        return clean()
    except ValidationError:
        # Whom an answer claims to be is the claim of whoever sent it: it locks nobody, and is not put down as theirs.
        with transaction.atomic(using="service"):
            kind = "officer" if officer else ""
            record(
                "access:sign_in:fail",
                actor=None,
                using="service",
                outcome="wrong",
                facts={"way": "passkey"},
                subject_kind=kind,
                subject_id=officer.pk if officer else None,
            )
        raise


def _require_own_address(credential: Any) -> None:
    """The library takes any address below ours too (WebAuthn, section 13.4.9, leaves that to the site); only this site's own is meant."""
    try:
        stated = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))["origin"]
    except (KeyError, TypeError, ValueError):
        raise get_adapter().validation_error("incorrect_code") from None
    if stated not in _own_addresses(context.request):
        raise get_adapter().validation_error("incorrect_code")


def _own_addresses(request: HttpRequest) -> list[str]:
    return [f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS]
