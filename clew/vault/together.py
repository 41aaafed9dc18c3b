"""Opening many objects at once, whose keys are asked for in one question: a page of pictures is dozens of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from clew.kernel.errors import ClewError
from clew.vault.addresses import BlobAddress
from clew.vault.store import Vault

log = logging.getLogger("clew.vault")


def open_together(vault: Vault, wanted: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """Address -> content of those that open, from (address, address of the original it was made from). What does not open is left out, and logged by number alone."""
    secrets = _secrets(vault, {BlobAddress(original) for _, original in wanted if original})
    found: dict[str, bytes] = {}
    for address, _ in wanted:
        try:
            found[address] = vault.open(address, secrets=secrets)
        except ClewError as closed:
            log.warning("one of %d objects did not open: %s", len(wanted), closed.code)
    return found


def _secrets(vault: Vault, originals: set[BlobAddress]) -> Mapping[BlobAddress, bytes]:
    if vault.envelopes is None or not originals:
        return {}
    try:
        return vault.envelopes.object_keys(list(originals))
    except ClewError:
        # One of them is damaged or destroyed: each is then asked for by itself.
        return {}
