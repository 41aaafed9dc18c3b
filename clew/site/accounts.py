"""Accounts: no sign-up from outside, tries counted, secrets of one-time codes sealed at rest, and the ways in which an officer confirms who they are."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from clew.access.enlistment import choose_password
from clew.access.lockout import TooManyTries, Try, begin_try, fail_try, pass_try
from clew.access.models import Officer
from clew.access.strength import has_card, has_strong_way, issuer_of
from clew.site.peers import client_address
from clew.site.sign_in_settings import Policy
from clew.vault.opened import keyring

_SAME_WORDS = "This is the password you have. Choose another one."


def display_name(officer: Officer) -> str:
    """How an officer is addressed on pages."""
    return officer.name


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators; nobody signs up. Each password tried counts until it proves right."""

    error_messages = {**DefaultAccountAdapter.error_messages, "too_many_login_attempts": TooManyTries.__doc__}
    _try: Try | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Never."""
        return False

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:  # noqa: ARG002 - allauth's signature
        """Never by allauth, which lets pass whoever has nothing to confirm with; each address is held by `site.confirming`."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that tries are counted by."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try by address and by name, before anything is compared."""
        super().pre_authenticate(request, **credentials)
        try:
            self._try = begin_try(str(credentials.get("username", "")), "password")
        except TooManyTries:
            raise self.validation_error("too_many_login_attempts") from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Officer | None:
        """The officer of this name and password, or None."""
        officer: Officer | None = super().authenticate(request, **credentials)
        if self._try is not None:
            (fail_try if officer is None else pass_try)(self._try)
        return officer

    def get_login_stages(self) -> list[str]:
        """What lies between the first factor and the session."""
        return ["clew.site.stages.SecondFactorStage", "clew.site.stages.PolicyStage"]

    def get_reauthentication_methods(self, user: Officer | AnonymousUser) -> list[dict[str, Any]]:
        """The ways in which this officer can confirm that it is they, the strongest first."""
        if not isinstance(user, Officer):
            return []
        return [{"id": name, "description": words, "url": reverse(name)} for name, words in _ways(user)]

    def set_password(self, user: Officer, password: str) -> None:
        """The officer's own choice; an enrolment is over with it."""
        choose_password(user, password)

    def clean_password(self, password: str, user: Officer | None = None) -> str:
        """A password strong enough, and not the one in use: an enrolment secret would else live on."""
        chosen: str = super().clean_password(password, user=user)
        if user is not None and user.check_password(chosen):
            raise forms.ValidationError(_SAME_WORDS)
        return chosen


def _ways(officer: Officer) -> list[tuple[str, str]]:
    types = set(Authenticator.objects.filter(user_id=officer.pk).values_list("type", flat=True))
    ways = []
    if Authenticator.Type.WEBAUTHN in types:
        ways.append(("mfa_reauthenticate_webauthn", "Use a passkey"))
    if has_card(officer):
        ways.append(("card_confirm", "Use your card"))
    if issuer_of(officer) is not None:
        ways.append(("identity_confirm", "Use your organisation's identity provider"))
    if settings.CLEW_SIGN_IN == Policy.PHISHING_RESISTANT and has_strong_way(officer):
        return ways
    if types & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}:
        ways.append(("mfa_reauthenticate", "Use a code of your authenticator app"))
    if officer.has_usable_password():
        ways.append(("account_reauthenticate", "Use your password"))
    return ways


class SealedSecretAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of one-time codes encrypted with the key ring; names passkeys as people would."""

    def encrypt(self, text: str) -> str:
        """The secret, sealed."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret, opened."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Officer, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's signature
        """The name a new passkey has until its owner chooses one."""
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For whom the passkey is: this site by its address, under the product's name."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Clew"}


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(keyring().subkey("one-time codes")).digest()))
