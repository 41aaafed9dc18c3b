"""Scene segments as files that every process maps. `write_scene_segment(segment, path)`, `open_scene_segment(path)`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.matching.array_files import open_arrays, verify_once, write_arrays
from clew.matching.errors import SegmentDamaged
from clew.matching.scene_segment import WORDS, Postings, SceneSegment

MAGIC = b"CLEWSCN1"
_TYPES = {"ids": "<i8", "offsets": "<i8", "pictures": "<u4", "codes": "<u8", "sizes": "|u1", "angles": "|u1"}


def write_scene_segment(segment: SceneSegment, path: Path) -> None:
    """Write what the segment still holds, whole or not at all; when this returns it is on the disk."""
    postings = (
        segment.postings if len(segment) == len(segment.postings.ids) else SceneSegment.joined([segment]).postings
    )
    write_arrays(path, MAGIC, {"pictures": len(postings.ids)}, {name: getattr(postings, name) for name in _TYPES})


def open_scene_segment(path: Path, *, threads: int | None = None) -> SceneSegment:
    """Map the file. Read through once for each state of the file; raises SegmentDamaged where anything does not fit."""
    _facts, arrays = open_arrays(path, MAGIC)
    # What the kernels rely on, they do not check: first the bytes, then what they say.
    verify_once(path, MAGIC, threads=threads)
    if not _fits(arrays):
        raise SegmentDamaged(name=path.name, why="its parts do not fit together")
    return SceneSegment(Postings(**arrays))


def _fits(arrays: dict[str, NDArray[Any]]) -> bool:
    if {name: array.dtype.str for name, array in arrays.items()} != _TYPES:
        return False
    offsets, count = arrays["offsets"], len(arrays["pictures"])
    return bool(
        len(offsets) == WORDS + 1
        and offsets[0] == 0
        and offsets[-1] == count
        and (np.diff(offsets) >= 0).all()
        and all(len(arrays[name]) == count for name in ("codes", "sizes", "angles"))
        and (not count or int(arrays["pictures"].max()) < len(arrays["ids"]))
    )


assert set(_TYPES) == set(asdict(SceneSegment.build([], []).postings))
