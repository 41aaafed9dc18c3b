"""Enrolment: an officer whose factors are not what the policy asks for is led to set them up, and reaches nothing else."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from clew.access.models import Officer
from clew.access.strength import has_passkey, is_strong
from clew.site.sign_in_settings import Policy

#: What leads out of enrolment: its own pages, and leaving.
ALWAYS = ("/accounts/logout/", "/accounts/session/")
FIRST_FACTOR = (
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/reauthenticate/",
)
FIRST_PASSKEY = ("/accounts/2fa/webauthn/add/", "/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/")
SHOW_PASSKEY = ("/accounts/2fa/webauthn/reauthenticate/",)


def missing_factor(request: HttpRequest, officer: Officer) -> str | None:
    """The address where what is missing is set up or shown; None where nothing is missing, or the request is already there."""
    if is_strong(request, officer):
        return None
    if settings.CLEW_SIGN_IN == Policy.PHISHING_RESISTANT:
        if has_passkey(officer):
            back = urlencode({"next": reverse("mfa_index")}, safe="/")
            return _unless_there(request, SHOW_PASSKEY, f"{reverse('mfa_reauthenticate_webauthn')}?{back}")
        return _unless_there(request, FIRST_PASSKEY, reverse("mfa_add_webauthn"))
    if is_mfa_enabled(officer):
        return None
    return _unless_there(request, FIRST_FACTOR, reverse("mfa_activate_totp"))


def _unless_there(request: HttpRequest, allowed: tuple[str, ...], address: str) -> str | None:
    return None if request.path.startswith((*allowed, *ALWAYS)) else address
