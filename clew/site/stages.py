"""Stages of sign-in between the first factor and the session: the second factor, and the installation's policy."""

from __future__ import annotations

from typing import ClassVar

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStage
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clew.access.models import Officer
from clew.access.strength import has_strong_way, is_strong, ways_of
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.site.sign_in_settings import Policy


class PasswordNotEnough(ClewError):
    """This account is opened with its passkey, its card, or your organisation's identity provider, not with a password. Nothing was opened. Sign in with one of those."""

    status = 403


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks for a code or a passkey after the password; who came by passkey, card or identity provider has shown both factors."""

    def _should_handle(self, request: HttpRequest) -> bool:
        officer = self.login.user
        return not (officer and is_strong(request, officer)) and super()._should_handle(request)


class PolicyStage(LoginStage):  # type: ignore[misc]
    """Turns back who has a stronger way and did not use it, where the policy, or the lack of any second factor, asks for it.

    It comes after every factor was right: whoever does not know them learns nothing of the account.
    """

    key: ClassVar[str] = "clew_policy"
    urlname: ClassVar[str | None] = None

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """The refusal, or the way on."""
        officer: Officer = self.login.user
        if is_enough(self.request, officer):
            return None, True
        with transaction.atomic(using="service"):
            record(
                "access:sign_in:refuse",
                actor=None,
                using="service",
                subject_kind="officer",
                subject_id=officer.pk,
                outcome=PasswordNotEnough.__name__,
                facts={"ways": ways_of(self.request, officer)},
            )
        clear_login(self.request)
        refusal = PasswordNotEnough()
        return render(self.request, "error.html", {"error": refusal}, status=refusal.status), False


def is_enough(request: HttpRequest, officer: Officer) -> bool:
    """Whether what was shown opens a session: a strong way always does; a password does where there is nothing stronger to ask for."""
    if is_strong(request, officer) or not has_strong_way(officer):
        return True
    has_shown_two = is_mfa_enabled(officer, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
    return settings.CLEW_SIGN_IN == Policy.ANY and has_shown_two
