"""Array files: named arrays as one file that every process maps, so that a restart rebuilds nothing and all share one copy in memory.

A header of one page names the format, the facts its owner needs and, for each array, where it lies and its checksum; the arrays follow,
each on a page of its own. Checksums take a second for a gigabyte, so a file that was read through once is marked as such beside it, with
its size, times and inode; any change to the file voids the mark.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.matching.errors import SegmentDamaged

MAGIC_BYTES = 8
PAGE_BYTES = 4096
_DIGEST_BYTES = 32
VERIFIED_SUFFIX = ".verified"


def write_arrays(path: Path, magic: bytes, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the file whole or not at all; when this returns it is on the disk. `facts` are what JSON can hold, and fit on a page."""
    assert len(magic) == MAGIC_BYTES
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Signatures are guarded like the pictures they are of.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(_header(magic, facts, arrays))
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


def _header(magic: bytes, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    at, sections = PAGE_BYTES, {}
    for name, array in arrays.items():
        content = _bytes_of(array)
        sections[name] = {"at": at, "bytes": array.nbytes, "type": array.dtype.str, "crc32": zlib.crc32(content)}
        at += array.nbytes + -array.nbytes % PAGE_BYTES
    text = json.dumps({**facts, "sections": sections}, separators=(",", ":")).encode()
    page = magic + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + text
    assert len(page) <= PAGE_BYTES
    return page + bytes(PAGE_BYTES - len(page))


def _bytes_of(array: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(array).view(np.uint8).data


def open_arrays(path: Path, magic: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Map the file: its facts and its arrays, not yet compared with their checksums. Raises SegmentDamaged."""
    facts = read_header(path, magic)
    return facts, {name: _mapped(path, section) for name, section in facts["sections"].items()}


def verify_once(path: Path, magic: bytes, *, threads: int | None = None) -> None:
    """Read the file through, once for each state of it; raises SegmentDamaged where a checksum does not fit."""
    if not _is_verified(path):
        verify_arrays(path, magic, threads=threads)
        _mark_verified(path)


def verify_arrays(path: Path, magic: bytes, *, threads: int | None = None) -> None:
    """Read the whole file and compare its checksums; raises SegmentDamaged."""
    sections = read_header(path, magic)["sections"]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        sums = pool.map(lambda section: zlib.crc32(_bytes_of(_mapped(path, section))), sections.values())
        for (name, section), found in zip(sections.items(), sums, strict=True):
            if found != section["crc32"]:
                raise SegmentDamaged(name=path.name, why=f"{name} is not what was written")


def read_header(path: Path, magic: bytes) -> dict[str, Any]:
    """The facts in the file's first page; raises SegmentDamaged."""
    try:
        with path.open("rb") as file:
            page = file.read(PAGE_BYTES)
    except OSError as failed:
        raise SegmentDamaged(name=path.name, why=f"it cannot be read: {failed.strerror}") from None
    begun = MAGIC_BYTES + 4 + _DIGEST_BYTES
    length = int.from_bytes(page[MAGIC_BYTES : MAGIC_BYTES + 4], "little")
    text = page[begun : begun + length]
    if page[:MAGIC_BYTES] != magic:
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
