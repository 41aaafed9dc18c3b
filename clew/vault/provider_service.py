"""Keys of organisations in a key service, over HTTPS: a small JSON protocol of our own, which docs/reference/key-service.md sets out.

Who we are is told by a client certificate, by a bearer token, or by both. Redirections are not followed, proxies of the environment not used.
"""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from clew.vault.errors import KeyServiceUnreachable, KeyUnknown, SealBroken

TOKEN_VARIABLE = "CLEW_VAULT_KEY_TOKEN"  # noqa: S105 - the name of a setting
CERTIFICATE_VARIABLE = "CLEW_VAULT_KEY_CERTIFICATE"
AUTHORITY_VARIABLE = "CLEW_VAULT_KEY_AUTHORITY"
ANSWER_SECONDS_MAX = 10.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ServiceKeys:
    """See KeyProvider. `https` always, but for a service on this very machine."""

    name = "service"

    def __init__(self, url: str, *, token: str = "", trust: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise KeyServiceUnreachable(reason="its address is not https")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers=headers,
            verify=trust if trust is not None else ssl.create_default_context(),
            timeout=ANSWER_SECONDS_MAX,
            trust_env=False,
        )

    @classmethod
    def of_settings(cls, url: str, environment: Mapping[str, str]) -> ServiceKeys:
        """The service at this address, with the token, client certificate and authority of the settings."""
        try:
            trust = ssl.create_default_context(cafile=environment.get(AUTHORITY_VARIABLE) or None)
            if certificate := environment.get(CERTIFICATE_VARIABLE):
                trust.load_cert_chain(certificate)
        except OSError:
            raise KeyServiceUnreachable(reason="the certificate or authority of the settings cannot be read") from None
        return cls(url, token=environment.get(TOKEN_VARIABLE, ""), trust=trust)

    def ids(self) -> tuple[str, ...]:
        """See KeyProvider."""
        return tuple(str(id_) for id_ in self._ask("GET", "/v1/keys").get("ids", []))

    def make(self, key_id: str) -> None:
        """See KeyProvider."""
        self._ask("PUT", f"/v1/keys/{key_id}")

    def wrap(self, key_id: str, secret: bytes, context: bytes) -> bytes:
        """See KeyProvider."""
        return self._convert(key_id, "wrap", "secret", secret, context, "wrapped")

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """See KeyProvider."""
        return self._convert(key_id, "unwrap", "wrapped", wrapped, context, "secret")

    def destroy(self, key_id: str) -> None:
        """See KeyProvider."""
        self._ask("DELETE", f"/v1/keys/{key_id}")

    def _convert(self, key_id: str, verb: str, given: str, what: bytes, context: bytes, wanted: str) -> bytes:
        body = {given: base64.b64encode(what).decode(), "context": base64.b64encode(context).decode()}
        answer = self._ask("POST", f"/v1/keys/{key_id}/{verb}", body)
        try:
            return base64.b64decode(answer[wanted], validate=True)
        except (KeyError, TypeError, binascii.Error):
            raise KeyServiceUnreachable(reason="its answer is not understood") from None

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as failed:
            # The kind only: the full text may name what was sent.
            raise KeyServiceUnreachable(reason=type(failed).__name__) from None
        if answer.status_code in {404, 410}:
            raise KeyUnknown
        if answer.status_code == 422:
            raise SealBroken
        if not answer.is_success:
            raise KeyServiceUnreachable(reason=f"status {answer.status_code}")
        if not answer.content:
            return {}
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise KeyServiceUnreachable(reason="its answer is not understood")
        return told
