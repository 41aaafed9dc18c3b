"""Accounts: no sign-up from outside, one-time-code secrets sealed at rest."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet
from django import forms
from django.http import HttpRequest

from clew.access.enlistment import choose_password
from clew.access.models import Officer
from clew.vault.opened import keyring

#: From the password to the first one-time code; long enough to install an app.
FIRST_CODE_SECONDS_MAX = 15 * 60
_SAME_WORDS = "This is the password you have. Choose another one."


def display_name(officer: Officer) -> str:
    """How an officer is addressed on pages."""
    return officer.name


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Never."""
        return False

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Not for the first one-time code: the password was given minutes ago, and nothing else is reached before it is set up."""
        officer = self.request.user
        if officer.is_authenticated and not is_mfa_enabled(officer):
            records = get_authentication_records(self.request, officer)
            if records and time.time() - records[-1]["at"] < FIRST_CODE_SECONDS_MAX:
                return False
        required: bool = super().is_reauthentication_required(app=app, **options)
        return required

    def set_password(self, user: Officer, password: str) -> None:
        """The officer's own choice; an enrolment is over with it."""
        choose_password(user, password)

    def clean_password(self, password: str, user: Officer | None = None) -> str:
        """A password strong enough, and not the one in use: an enrolment secret would else live on."""
        chosen: str = super().clean_password(password, user=user)
        if user is not None and user.check_password(chosen):
            raise forms.ValidationError(_SAME_WORDS)
        return chosen


class SealedSecretAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of one-time codes encrypted with the key ring."""

    def encrypt(self, text: str) -> str:
        """The secret, sealed."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret, opened."""
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(keyring().subkey("one-time codes")).digest()))
