"""Array files: named arrays as one file that every process maps, so that a restart rebuilds nothing and all share one copy in memory.

A header of one page names the format, facts about what is held and, for each array, where it lies and its checksum; the arrays follow, each on
a page of its own. Checksums take a second for a gigabyte, so a file that was read through once is marked as such beside it, with its size, times
and inode; any change to the file voids the mark.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.matching.errors import SegmentDamaged

PAGE_BYTES = 4096
_DIGEST_BYTES = 32
VERIFIED_SUFFIX = ".verified"


@dataclass(frozen=True, slots=True)
class ArrayFormat:
    """A kind of file: what it begins with, eight bytes that change with the version, and its arrays by name with the types they may have."""

    magic: bytes
    types: Mapping[str, tuple[str, ...]]


def write_arrays(path: Path, form: ArrayFormat, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write the file whole or not at all; when this returns it is on the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Hashes are guarded like the pictures they are of.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(_header(form, arrays, facts))
            for array in arrays.values():
                file.write(bytes(-file.tell() % PAGE_BYTES))
                file.write(_bytes_of(array))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)
    _mark_verified(path)


def _header(form: ArrayFormat, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> bytes:
    at, sections = PAGE_BYTES, {}
    for name, array in arrays.items():
        content = _bytes_of(array)
        sections[name] = {"at": at, "bytes": array.nbytes, "type": array.dtype.str, "crc32": zlib.crc32(content)}
        at += array.nbytes + -array.nbytes % PAGE_BYTES
    text = json.dumps({**facts, "sections": sections}, separators=(",", ":")).encode()
    page = form.magic + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + text
    assert len(page) <= PAGE_BYTES
    return page + bytes(PAGE_BYTES - len(page))


def _bytes_of(array: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(array).view(np.uint8).data


def open_arrays(path: Path, form: ArrayFormat) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Map the file: its arrays and facts, their names and types checked. Raises SegmentDamaged.

    What the arrays hold is checked by `verify_once`, after the caller has looked at whether their lengths fit together.
    """
    facts = _read_header(path, form)
    arrays = {name: _mapped(path, section) for name, section in facts.pop("sections").items()}
    if set(arrays) != set(form.types) or any(arrays[name].dtype.str not in kinds for name, kinds in form.types.items()):
        raise unfitting(path)
    return arrays, facts


def unfitting(path: Path) -> SegmentDamaged:
    """The error to raise where arrays lack the lengths that the kernels rely on and do not check."""
    return SegmentDamaged(name=path.name, why="its parts do not fit together")


def verify_once(path: Path, form: ArrayFormat, *, threads: int | None = None) -> None:
    """Read the file through, unless that was done for this state of it; raises SegmentDamaged."""
    if not _is_verified(path):
        verify_arrays(path, form, threads=threads)
        _mark_verified(path)


def verify_arrays(path: Path, form: ArrayFormat, *, threads: int | None = None) -> None:
    """Read the whole file and compare its checksums; raises SegmentDamaged."""
    sections = _read_header(path, form)["sections"]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        sums = pool.map(lambda section: zlib.crc32(_bytes_of(_mapped(path, section))), sections.values())
        for (name, section), found in zip(sections.items(), sums, strict=True):
            if found != section["crc32"]:
                raise SegmentDamaged(name=path.name, why=f"{name} is not what was written")


def _read_header(path: Path, form: ArrayFormat) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            page = file.read(PAGE_BYTES)
    except OSError as failed:
        raise SegmentDamaged(name=path.name, why=f"it cannot be read: {failed.strerror}") from None
    begun = len(form.magic) + 4 + _DIGEST_BYTES
    length = int.from_bytes(page[len(form.magic) : len(form.magic) + 4], "little")
    text = page[begun : begun + length]
    if page[: len(form.magic)] != form.magic:
        raise SegmentDamaged(name=path.name, why="it is no segment of this version")
    if len(page) < PAGE_BYTES or hashlib.sha256(text).digest() != page[begun - _DIGEST_BYTES : begun]:
        raise SegmentDamaged(name=path.name, why="its header is not what was written")
    facts: dict[str, Any] = json.loads(text)
    return facts


def _mapped(path: Path, section: dict[str, Any]) -> NDArray[Any]:
    kind = np.dtype(section["type"])
    if not section["bytes"]:
        return np.empty(0, dtype=kind)
    if section["at"] + section["bytes"] > path.stat().st_size:
        raise SegmentDamaged(name=path.name, why="it ends too early")
    # Copy-on-write: the kernels' types are writable arrays, and nothing writes.
    mapped = np.memmap(path, dtype=kind, mode="c", offset=section["at"], shape=(section["bytes"] // kind.itemsize,))
    return mapped.view(np.ndarray)


def _state(path: Path) -> str:
    found = path.stat()
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _mark_verified(path: Path) -> None:
    path.with_name(path.name + VERIFIED_SUFFIX).write_text(_state(path), encoding="ascii")


def _is_verified(path: Path) -> bool:
    mark = path.with_name(path.name + VERIFIED_SUFFIX)
    return mark.exists() and mark.read_text(encoding="ascii") == _state(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
