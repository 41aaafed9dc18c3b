"""Addresses of the whole site. Of allauth only what officers need is reachable: no sign-up, no mail, no password reset."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path

from clew.site import card_pages, identity_pages, pages, session_pages
from clew.site.api import api
from clew.site.confirming import confirmed
from clew.site.passkey_pages import add_passkey

accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("banner/", session_pages.banner, name="banner"),
    path("session/", session_pages.session_state, name="session_state"),
    path("sessions/", session_pages.sessions, name="sessions"),
    path("sessions/end/", session_pages.session_end_all, name="session_end_all"),
    path("sessions/<uuid:session_id>/end/", session_pages.session_end, name="session_end"),
    path("card/", card_pages.card_sign_in, name="card_sign_in"),
    path("card/confirm/", card_pages.card_confirm, name="card_confirm"),
    path("identity/confirm/", identity_pages.identity_confirm, name="identity_confirm"),
    path("identity/<slug:organisation>/", identity_pages.identity_sign_in, name="identity_sign_in"),
    path("identity/<slug:organisation>/answer/", identity_pages.identity_answer, name="identity_answer"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", confirmed(account.password_change), name="account_change_password"),
    path("2fa/", second_factor.index, name="mfa_index"),
    path("2fa/authenticate/", second_factor.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", confirmed(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/activate/code.svg", pages.one_time_code_picture, name="one_time_code_picture"),
    path("2fa/totp/deactivate/", confirmed(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", confirmed(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        confirmed(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", confirmed(add_passkey), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", confirmed(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", confirmed(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
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
    path("review/", include("clew.review.urls")),
    path("", include("clew.access.sharing_urls")),
]

handler400 = "clew.site.pages.bad_request"
handler403 = "clew.site.pages.forbidden"
handler404 = "clew.site.pages.not_found"
handler500 = "clew.site.pages.broken"
