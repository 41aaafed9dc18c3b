"""Sources: what a path on a disk holds, one by one: files, members of archives, lines of hash lists, and what could not be read.

Whatever a seized disk has on it (links in circles, pipes, names that are no text) costs itself and never the rest.
"""

from __future__ import annotations

import datetime as dt
import errno
import mmap
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clew.intake.client_keys import client_key
from clew.intake.hashlists import LineRefused, looks_like_hash_list, read_hash_list
from clew.intake.models import Basis
from clew.kernel.clock import moment_of
from clew.kernel.errors import ClewError
from clew.kernel.limits import MIB, ORIGINAL_SIZE_BYTES_MAX
from clew.media.archives import MemberRefused, is_archive, members
from clew.media.kinds import MediaKind
from clew.media.sniff import HEAD_SIZE_BYTES, sniff, sniff_whole

#: A hash list is read whole; ten million lines are about this much.
HASH_LIST_SIZE_BYTES_MAX = 1024 * MIB


class PathNotFound(ClewError):
    """There is nothing at {path}. Nothing was read or sent. Look at the spelling, and put names with spaces in quotes."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on the disk, not yet read."""

    key: str
    path: str
    where: Path
    size_bytes: int
    modified_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundMember:
    """A member of an archive, unpacked in memory."""

    key: str
    path: str
    content: bytes
    modified_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundHash:
    """A hash of a list."""

    key: str
    path: str
    kind: Basis
    bits: bytes
    is_certain: bool


@dataclass(frozen=True, slots=True)
class FoundRefusal:
    """Something that has a name but cannot be read, and why."""

    key: str
    path: str
    reason: str


Found = FoundFile | FoundMember | FoundHash | FoundRefusal


def shown_path(path: str | Path) -> str:
    """A path as text: bytes that are no UTF-8 are written as escapes, so that every name can be printed and stored."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def refuse_absent(paths: list[Path]) -> None:
    """A named path that is not there is a slip of the fingers: nothing is begun before all of them are."""
    for path in paths:
        if not os.path.lexists(path):
            raise PathNotFound(path=shown_path(path))


def count_found(paths: list[Path]) -> tuple[int, int]:
    """How many files the paths hold and how many bytes, for a progress bar; archives and lists count as one."""
    files = size_bytes = 0
    for path in paths:
        for _where, found in _walk(path):
            files += 1
            size_bytes += found.st_size if isinstance(found, os.stat_result) else 0
    return files, size_bytes


def find_all(paths: list[Path], *, kind_of_64_digits: Basis | None = None) -> Iterator[Found]:
    """Everything the paths hold, in the order of names."""
    for path in paths:
        is_named = not path.is_dir()
        for where, found in _walk(path):
            yield from _found_at(where, found, is_named=is_named, kind_of_64_digits=kind_of_64_digits)


def _walk(path: Path) -> Iterator[tuple[Path, os.stat_result | str]]:
    """Each thing below a path with its status, or the reason why it has none. Links to folders are told, not followed."""
    try:
        found = path.stat()
    except OSError as failed:
        yield path, _words(failed)
        return
    if not stat.S_ISDIR(found.st_mode):
        yield path, found
        return
    try:
        names = sorted(os.listdir(path), key=os.fsencode)  # noqa: PTH208 - names as they are, also those that are no text
    except OSError as failed:
        yield path, _words(failed)
        return
    for name in names:
        below = path / name
        if below.is_symlink() and below.is_dir():
            yield below, "a link to a folder; what it leads to is read where it lies"
        else:
            yield from _walk(below)


def _words(failed: OSError) -> str:
    if failed.errno == errno.ELOOP:
        return "a link that leads in a circle"
    if failed.errno == errno.ENOENT:
        return "a link that leads nowhere"
    if failed.errno == errno.EACCES:
        return "no permission to read it"
    return f"could not be read: {failed.strerror}"


def _found_at(
    where: Path, found: os.stat_result | str, *, is_named: bool, kind_of_64_digits: Basis | None
) -> Iterator[Found]:
    path = shown_path(where)
    if isinstance(found, str):
        yield FoundRefusal(client_key(path), path, found)
        return
    if not stat.S_ISREG(found.st_mode):
        yield FoundRefusal(client_key(path), path, "not a file but a pipe, socket or device")
        return
    key = client_key(path, found.st_size, found.st_mtime_ns)
    if found.st_size > ORIGINAL_SIZE_BYTES_MAX:
        yield FoundRefusal(
            key, path, f"larger than {ORIGINAL_SIZE_BYTES_MAX // MIB} MiB: take it apart with a forensic tool first"
        )
        return
    try:
        with where.open("rb") as file:
            head = file.read(HEAD_SIZE_BYTES)
    except OSError as failed:
        yield FoundRefusal(key, path, _words(failed))
        return
    if is_archive(head, where.name) and not _is_document(where):
        yield from _found_in_archive(where, path, key)
    elif is_named and sniff(head) is None and _is_hash_list(head):
        yield from _found_in_list(where, path, key, kind_of_64_digits)
    else:
        yield FoundFile(key, path, where, found.st_size, moment_of(found.st_mtime))


def _is_document(where: Path) -> bool:
    """Whether what begins as an archive is a document by the members it lists."""
    try:
        with (
            where.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
            memoryview(mapped) as content,
        ):
            media_type = sniff_whole(content)
    except (OSError, ValueError):
        return False
    return media_type is not None and media_type.kind is MediaKind.DOCUMENT


def _found_in_archive(where: Path, path: str, key: str) -> Iterator[Found]:
    try:
        for number, member in enumerate(members(where)):
            name = f"{path}/{member.name}"
            member_key = client_key(key, number, member.name)
            if isinstance(member, MemberRefused):
                yield FoundRefusal(member_key, name, member.reason)
            else:
                yield FoundMember(member_key, name, member.content, member.modified_at)
    except ClewError as broken:
        yield FoundRefusal(client_key(key, "whole"), path, broken.message)


def _is_hash_list(head: bytes) -> bool:
    """Judged by its beginning; names in a list may be no text, so their bytes do not speak against it."""
    return b"\0" not in head and looks_like_hash_list(head.decode("utf-8-sig", "replace").splitlines())


def _found_in_list(where: Path, path: str, key: str, kind_of_64_digits: Basis | None) -> Iterator[Found]:
    if where.stat().st_size > HASH_LIST_SIZE_BYTES_MAX:
        yield FoundRefusal(key, path, f"a hash list of more than {HASH_LIST_SIZE_BYTES_MAX // MIB} MiB: split it")
        return
    with where.open(encoding="utf-8-sig", errors="replace", newline=None) as lines:
        for line in read_hash_list(lines, kind_of_64_digits=kind_of_64_digits):
            name = f"{path}: {line.label}"
            if isinstance(line, LineRefused):
                yield FoundRefusal(client_key(key, line.number), name, line.reason)
            else:
                line_key = client_key(key, line.number, line.kind.value)
                yield FoundHash(line_key, name, line.kind, line.bits, line.is_certain)
