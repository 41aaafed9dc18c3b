"""The sound of a file as its cell prints it: in the jail, in one pass over the file, in every tuning in which it may ask.

What a cell tells is judged outside (`sound_told`), as a captured decoder may have written it.
"""

from __future__ import annotations

from typing import Any

from clew.media.jail_cell import Errand
from clew.signatures.sound import TUNINGS
from clew.signatures.sound_decoding import sound_of
from clew.signatures.sound_print import SoundPrint, SoundPrintRefused

#: The name of the blob.
SOUND = "sound"
#: Of a file's processor time, up to where its sound may have been printed: it comes last.
CPU_SHARE_MAX = 0.95


def sign_sound(errand: Errand, _facts: dict[str, Any]) -> dict[str, Any]:
    """Write the print of a file's sound into the shared memory; what is to be said of it."""
    errand.source.seek(0)
    try:
        heard = sound_of(
            errand.source,
            errand.media_type.parser,
            cpu_until=errand.limits.cpu_seconds_max * CPU_SHARE_MAX,
            tunings=TUNINGS,
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise anything at all on hostile bytes
        return {"sound_told": "could not be heard"}
    errand.parts.add_blob(SOUND, heard.to_bytes())
    told: dict[str, Any] = {"sound_heard_seconds": round(heard.duration_ms / 1000, 3)}
    if heard.packets_skipped:
        told["sound_packets_skipped"] = heard.packets_skipped
    return told if heard.is_whole else {**told, "sound_told": "broke off"}


def sound_told(told: bytes) -> SoundPrint | None:
    """The print that a cell tells of; None where it tells of none, of one too short to compare, or of what can be none."""
    try:
        heard = SoundPrint.from_bytes(told) if told else None
    except SoundPrintRefused:
        return None
    return heard if heard is not None and len(heard.items) else None
