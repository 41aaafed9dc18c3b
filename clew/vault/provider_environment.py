"""Keys of organisations derived from the key ring of the environment: nothing to keep on this machine, and nothing that can be destroyed from it."""

from __future__ import annotations

from clew.vault.errors import KeyRingFixed, SealBroken
from clew.vault.keys import KeyRing
from clew.vault.providers import unwrap_with, wrap_with
from clew.vault.ringkey import KEY_ID_BYTES_MAX


class EnvironmentKeys:
    """See KeyProvider. What is wrapped begins with the id of the ring's key, zero-padded to 16 bytes."""

    name = "environment"

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def ids(self) -> tuple[str, ...]:
        """See KeyProvider: any id will do, so none is told."""
        return ()

    def make(self, key_id: str) -> None:
        """See KeyProvider: there is nothing to make."""

    def wrap(self, key_id: str, secret: bytes, context: bytes) -> bytes:
        """See KeyProvider."""
        ring_key = self._ring.current
        head = ring_key.id.encode().ljust(KEY_ID_BYTES_MAX, b"\0")
        return head + wrap_with(ring_key.derive(_label(key_id)), secret, head + context)

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """See KeyProvider."""
        head = wrapped[:KEY_ID_BYTES_MAX]
        try:
            ring_id = head.rstrip(b"\0").decode("ascii")
        except UnicodeDecodeError:
            raise SealBroken from None
        return unwrap_with(self._ring.get(ring_id).derive(_label(key_id)), wrapped[KEY_ID_BYTES_MAX:], head + context)

    def destroy(self, key_id: str) -> None:
        """See KeyProvider."""
        del key_id
        raise KeyRingFixed


def _label(key_id: str) -> str:
    return f"organisation {key_id}"
