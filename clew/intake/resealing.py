"""Resealing: a content that is sent while a purge deletes it is sealed once more, so that nothing that was acknowledged is lost.

Sealing what is there already writes nothing. So whoever has noted a file looks whether its object was among those that went; a purge, for its part,
looks for such notes before it deletes. Both do so in their turn, and one of them sees the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from clew.catalogue.models import DoomedBlob
from clew.intake.turn import wait_for_turn
from clew.kernel.errors import ClewError
from clew.vault.opened import vault


class GoneMeanwhile(ClewError):
    """The same content was being purged while it arrived. Nothing else was touched. Send the same files once more."""

    status = 409


def reseal(contents: Sequence[bytes], addresses: Sequence[str]) -> None:
    """Seal again what was deleted between being sealed and being noted; after the note is committed. `contents` are those in memory, `addresses`
    all that were sealed.

    Raises GoneMeanwhile for what came as a stream and must be sent again.
    """
    if not _doomed(addresses):
        return
    with transaction.atomic(using="service"):
        wait_for_turn()
        vault().seal_many(contents)
        if not all(vault().exists(address) for address in addresses):
            raise GoneMeanwhile


def require_sealed(addresses: Sequence[str]) -> None:
    """See to it that what was sealed is still there; in one's turn, in the transaction that notes it. Raises GoneMeanwhile: the batch is decided anew."""
    if _doomed(addresses) and not all(vault().exists(address) for address in addresses):
        raise GoneMeanwhile


def _doomed(addresses: Sequence[str]) -> bool:
    """Whether any of these was to be deleted within the last days."""
    found = DoomedBlob.objects.using("service").filter(original_address__in=addresses)
    return bool(addresses) and found.exists()
