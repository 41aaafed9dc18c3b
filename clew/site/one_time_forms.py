"""Forms that ask for the second factor: a code counts once for as long as it could be valid, and each try counts for the lock.

A code is taken one step after its own too; allauth remembers a used one for a single step, which would leave the second one open to
whoever looked over a shoulder.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

from clew.access.lockout import TooManyTries, begin_try, fail_try, pass_try
from clew.access.models import Officer


def _counted(officer: Officer, clean: Callable[[], str]) -> str:
    """The code, if it is right and the officer has not used it before; raises ValidationError otherwise."""
    try:
        made = begin_try(officer.username, "code")
    except TooManyTries:
        raise get_account_adapter().validation_error("too_many_login_attempts") from None
    try:
        code = _used_once(officer, clean())
    except ValidationError:
        fail_try(made)
        raise
    pass_try(made)
    return code


def _used_once(officer: Officer, code: str) -> str:
    steps = 2 * app_settings.TOTP_TOLERANCE + 1
    digits = "".join(letter for letter in code if letter.isalnum())
    if not cache.add(f"clew.code.used/{officer.pk}/{digits}", True, timeout=steps * app_settings.TOTP_PERIOD):
        raise get_adapter().validation_error("incorrect_code")
    return code


class SignInForm(AuthenticateForm):  # type: ignore[misc]
    """Asks for the code at sign-in."""

    def clean_code(self) -> str:
        """The code, taken once."""
        return _counted(self.user, super().clean_code)


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]
    """Asks for the code again, before something grave."""

    def clean_code(self) -> str:
        """The code, taken once."""
        return _counted(self.user, super().clean_code)
