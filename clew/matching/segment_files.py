"""Segment files: a segment as one file that every process maps. `write_segment(segment, path)`, `open_segment(path)`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from clew.matching.array_files import (
    PAGE_BYTES,
    VERIFIED_SUFFIX,
    open_arrays,
    verify_arrays,
    verify_once,
    write_arrays,
)
from clew.matching.errors import SegmentDamaged
from clew.matching.plan import KEY_BITS_MAX, KEY_BITS_MIN, TABLES
from clew.matching.segment import Segment, Tables

__all__ = ["MAGIC", "PAGE_BYTES", "VERIFIED_SUFFIX", "open_segment", "verify_segment_file", "write_segment"]

MAGIC = b"CLEWSEG1"
_TYPES = {
    "words": ("<u8",),
    "rows": ("<u4",),
    "bases": ("<u4",),
    "offsets": ("<u2",),
    "base_starts": ("<u8",),
    "group_bits": ("<u8",),
    "id_starts": ("<u4",),
    "ids": ("<u4", "<i8"),
}


def write_segment(segment: Segment, path: Path) -> None:
    """Write the file whole or not at all; when this returns it is on the disk."""
    facts = {
        "key_bits": segment.key_bits,
        "seed": segment.seed,
        "id_base": segment.id_base,
        "distinct": segment.distinct,
    }
    write_arrays(path, MAGIC, facts, {name: getattr(segment.tables, name) for name in _TYPES})


def open_segment(path: Path, *, threads: int | None = None) -> Segment:
    """Map the file. Read through once for each state of the file; raises SegmentDamaged where anything does not fit."""
    facts, arrays = open_arrays(path, MAGIC)
    _refuse_unfitting(path, facts, arrays)
    verify_once(path, MAGIC, threads=threads)
    return Segment(Tables(**arrays), key_bits=facts["key_bits"], seed=facts["seed"], id_base=facts["id_base"])


def verify_segment_file(path: Path, *, threads: int | None = None) -> None:
    """Read the whole file and compare its checksums; raises SegmentDamaged."""
    verify_arrays(path, MAGIC, threads=threads)


def _refuse_unfitting(path: Path, facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """The arrays must have the shapes their segment asks for: what the kernels rely on, they do not check."""
    distinct, key_bits = facts["distinct"], facts["key_bits"]
    fits = (
        set(arrays) == set(_TYPES)
        and all(arrays[name].dtype.str in kinds for name, kinds in _TYPES.items())
        and KEY_BITS_MIN <= key_bits <= KEY_BITS_MAX
        and len(arrays["words"]) == 4 * distinct
        and len(arrays["rows"]) == TABLES * distinct
        and len(arrays["offsets"]) == TABLES * ((1 << key_bits) + 1)
        and len(arrays["base_starts"]) == len(arrays["group_bits"]) == TABLES
        and len(arrays["id_starts"]) in {0, distinct + 1}
    )
    if not fits:
        raise SegmentDamaged(name=path.name, why="its parts do not fit together")
