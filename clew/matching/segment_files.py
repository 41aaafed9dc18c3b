"""Segment files: a segment of picture hashes as an array file; see `array_files`."""

from __future__ import annotations

from pathlib import Path

from clew.matching.array_files import (
    PAGE_BYTES,
    VERIFIED_SUFFIX,
    ArrayFormat,
    open_arrays,
    unfitting,
    verify_arrays,
    verify_once,
    write_arrays,
)
from clew.matching.plan import KEY_BITS_MAX, KEY_BITS_MIN, TABLES
from clew.matching.segment import Segment, Tables

__all__ = ["MAGIC", "PAGE_BYTES", "VERIFIED_SUFFIX", "open_segment", "verify_segment_file", "write_segment"]

MAGIC = b"CLEWSEG1"
_FORM = ArrayFormat(
    MAGIC,
    {
        "words": ("<u8",),
        "rows": ("<u4",),
        "bases": ("<u4",),
        "offsets": ("<u2",),
        "base_starts": ("<u8",),
        "group_bits": ("<u8",),
        "id_starts": ("<u4",),
        "ids": ("<u4", "<i8"),
    },
)


def write_segment(segment: Segment, path: Path) -> None:
    """Write the file whole or not at all; when this returns it is on the disk."""
    arrays = {name: getattr(segment.tables, name) for name in _FORM.types}
    facts = {
        "key_bits": segment.key_bits,
        "seed": segment.seed,
        "id_base": segment.id_base,
        "distinct": segment.distinct,
    }
    write_arrays(path, _FORM, arrays, facts)


def open_segment(path: Path, *, threads: int | None = None) -> Segment:
    """Map the file. Read through once for each state of the file; raises SegmentDamaged where anything does not fit."""
    arrays, facts = open_arrays(path, _FORM)
    distinct, key_bits = facts["distinct"], facts["key_bits"]
    # The arrays must have the shapes their segment asks for: what the kernels rely on, they do not check.
    fits = (
        KEY_BITS_MIN <= key_bits <= KEY_BITS_MAX
        and len(arrays["words"]) == 4 * distinct
        and len(arrays["rows"]) == TABLES * distinct
        and len(arrays["offsets"]) == TABLES * ((1 << key_bits) + 1)
        and len(arrays["base_starts"]) == len(arrays["group_bits"]) == TABLES
        and len(arrays["id_starts"]) in {0, distinct + 1}
    )
    if not fits:
        raise unfitting(path)
    verify_once(path, _FORM, threads=threads)
    return Segment(Tables(**arrays), key_bits=key_bits, seed=facts["seed"], id_base=facts["id_base"])


def verify_segment_file(path: Path, *, threads: int | None = None) -> None:
    """Read the whole file and compare its checksums; raises SegmentDamaged."""
    verify_arrays(path, _FORM, threads=threads)
