"""Addresses of the whole site. Of allauth only what officers need is reachable: no sign-up, no mail, no password reset."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import include, path

from clew.site import pages
from clew.site.api import api

accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", second_factor.index, name="mfa_index"),
    path("2fa/authenticate/", second_factor.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/activate/code.svg", pages.one_time_code_picture, name="one_time_code_picture"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]

urlpatterns = [
    path("", pages.home, name="home"),
    path("health", pages.health, name="health"),
    path("accounts/", include(accounts)),
    path("api/", api.urls),
    path("", include("clew.access.urls")),
    path("", include("clew.intake.urls")),
    path("", include("clew.catalogue.urls")),
    path("", include("clew.cooperation.urls")),
    path("", include(("clew.access.sharing_urls", "access"))),
]

handler400 = "clew.site.pages.bad_request"
handler403 = "clew.site.pages.forbidden"
handler404 = "clew.site.pages.not_found"
handler500 = "clew.site.pages.broken"
