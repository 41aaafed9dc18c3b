"""Keys of organisations on a PKCS#11 token (a hardware security module, SoftHSM): made there, used there, never read out.

`pkcs11:/path/to/module.so?token=LABEL` names it. Needs the package `python-pkcs11`. Keys are AES-256, not extractable; wrapping is CKM_AES_GCM
(PKCS#11 v2.40, section 2.12.4): 12 bytes of nonce, then what it gave.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from clew.vault.errors import KeyServiceUnreachable, KeyUnknown, SealBroken
from clew.vault.providers import NONCE_BYTES

PIN_VARIABLE = "CLEW_VAULT_KEY_PIN"
_TAG_BITS = 128


class TokenKeys:
    """See KeyProvider. One session, one call at a time: what is asked of a token is a key of an organisation now and then."""

    name = "pkcs11"

    def __init__(self, module: str, token: str, pin: str) -> None:
        self._lock = Lock()
        self._pin, self._token_label, self._module = pin, token, module
        self._session: Any = None

    @classmethod
    def of_settings(cls, url: str, environment: Mapping[str, str]) -> TokenKeys:
        """The token that `url` names, with the PIN of the settings."""
        parts = urlsplit(url)
        labels = parse_qs(parts.query).get("token", [])
        if not parts.path or not labels:
            raise KeyServiceUnreachable(reason="the setting is not pkcs11:/path/to/module.so?token=LABEL")
        return cls(parts.path, labels[0], environment.get(PIN_VARIABLE, ""))

    def ids(self) -> tuple[str, ...]:
        """See KeyProvider."""
        from pkcs11 import Attribute, ObjectClass

        with self._opened() as session:
            found = session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
            return tuple(str(key.label) for key in found)

    def make(self, key_id: str) -> None:
        """See KeyProvider."""
        from pkcs11 import Attribute, KeyType

        with self._opened() as session:
            if self._found(session, key_id) is None:
                guarded = {Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True}
                session.generate_key(KeyType.AES, 256, label=key_id, store=True, template=guarded)

    def wrap(self, key_id: str, secret: bytes, context: bytes) -> bytes:
        """See KeyProvider."""
        from pkcs11 import GCMParams, Mechanism

        nonce = secrets.token_bytes(NONCE_BYTES)
        with self._opened() as session:
            how = GCMParams(nonce, context, _TAG_BITS)
            return nonce + bytes(
                self._key(session, key_id).encrypt(secret, mechanism=Mechanism.AES_GCM, mechanism_param=how)
            )

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """See KeyProvider."""
        from pkcs11 import GCMParams, Mechanism

        with self._opened() as session:
            key = self._key(session, key_id)
            how = GCMParams(wrapped[:NONCE_BYTES], context, _TAG_BITS)
            sealed = wrapped[NONCE_BYTES:]
            try:
                return bytes(key.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=how))
            except _refusals_of_content():
                raise SealBroken from None

    def destroy(self, key_id: str) -> None:
        """See KeyProvider."""
        with self._opened() as session:
            key = self._found(session, key_id)
            if key is not None:
                key.destroy()

    def _key(self, session: Any, key_id: str) -> Any:
        key = self._found(session, key_id)
        if key is None:
            raise KeyUnknown
        return key

    @staticmethod
    def _found(session: Any, key_id: str) -> Any:
        from pkcs11 import Attribute, ObjectClass

        named = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: key_id}
        return next(iter(list(session.get_objects(named))), None)

    def _open(self, pkcs11: Any) -> Any:
        token = pkcs11.lib(self._module).get_token(token_label=self._token_label)
        try:
            return token.open(rw=True, user_pin=self._pin)
        except pkcs11.exceptions.UserAlreadyLoggedIn:
            # The log-in is the whole process's: a further session is in it already.
            return token.open(rw=True)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            import pkcs11
        except ImportError:
            raise KeyServiceUnreachable(reason="the package python-pkcs11 is not installed") from None
        with self._lock:
            try:
                if self._session is None:
                    self._session = self._open(pkcs11)
                yield self._session
            except (pkcs11.exceptions.PKCS11Error, RuntimeError) as failed:
                # Opened anew at the next call: the token may have been taken out and put back.
                self._session = None
                raise KeyServiceUnreachable(reason=type(failed).__name__) from None


def _refusals_of_content() -> tuple[type[Exception], ...]:
    from pkcs11 import exceptions

    # SoftHSM tells a wrong tag as a general error.
    return (
        exceptions.EncryptedDataInvalid,
        exceptions.EncryptedDataLenRange,
        exceptions.GeneralError,
        exceptions.FunctionFailed,
    )
