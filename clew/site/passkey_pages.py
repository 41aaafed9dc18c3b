"""Pages of passkeys that differ from allauth's: a new one always signs in alone."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Asks the browser for a passkey that knows its officer by itself, and checks that it is they."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The form, and what the browser is asked for."""
        found: dict[str, Any] = super().get_context_data(**context)
        found["js_data"] = {"creation_options": auth.begin_registration(self.request.user, passwordless=True)}
        return found


add_passkey = AddPasskey.as_view()
