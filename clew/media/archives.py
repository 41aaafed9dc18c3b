"""Archives: the members of zip and tar files, one after another, for the command line and the server. Nothing is written to disk.

An archive is hostile too: sizes it states are never believed, bytes are counted as they come, and names are only names.
"""

from __future__ import annotations

import datetime as dt
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from clew.kernel.clock import moment_of
from clew.kernel.errors import ClewError
from clew.kernel.limits import (
    ARCHIVE_MEMBERS_MAX,
    ARCHIVE_RATIO_FLOOR_BYTES,
    ARCHIVE_RATIO_MAX,
    ARCHIVE_UNPACKED_BYTES_MAX,
    MIB,
    PICTURE_SIZE_BYTES_MAX,
)
from clew.media import kinds
from clew.media.archive_streams import CountedStream, UnpacksTooFar, unpacked
from clew.media.refusals import size_words
from clew.media.sniff import sniff

#: Extensions of compressed tar files. Other compressed files hold one file of any kind, and are no archive here.
_TAR_ENDINGS = (".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz")
_COMPRESSED = (kinds.GZIP, kinds.BZIP2, kinds.XZ)
_PIECE_SIZE_BYTES = MIB
# Methods whose decompressors need a bounded memory; the header of LZMA in zip may ask for gigabytes.
_ZIP_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})
# Headers that carry long names; the library reads them whole, so a hostile one would fill the memory.
_NAME_TYPES = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK},
)
# What damaged bytes make the standard library raise, between them.
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)

REASON_ENCRYPTED = "encrypted: unpack it with its password first"
REASON_BROKEN = "damaged in the archive: its bytes could not be read"
REASON_REST_BROKEN = "the archive is damaged or ends here: the members from here on could not be read"
REASON_LINK = "a link or a device, not a file: it was passed over"
REASON_METHOD = "compressed in a way that Clew does not know: unpack it first"


class ArchiveUnreadable(ClewError):
    """The archive {name} cannot be read: it is damaged, cut short, or no zip or tar file. Nothing was taken from it. Copy it again, or unpack it first."""

    status = 422


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. `name` is what the archive calls it: text for people, never a path to write to. `modified_at` is when the archive
    says it was last changed; a zip file names no time zone, so it is taken as UTC.
    """

    name: str
    content: bytes
    modified_at: dt.datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class MemberRefused:
    """A file in an archive that was not taken, and why, as a sentence for the officer."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may hold. The defaults are the house's; tests use smaller ones."""

    members_max: int = ARCHIVE_MEMBERS_MAX
    unpacked_bytes_max: int = ARCHIVE_UNPACKED_BYTES_MAX
    member_size_bytes_max: int = PICTURE_SIZE_BYTES_MAX
    ratio_max: int = ARCHIVE_RATIO_MAX
    ratio_floor_bytes: int = ARCHIVE_RATIO_FLOOR_BYTES

    def is_bomb(self, unpacked_bytes: int, packed_bytes: int) -> bool:
        """Whether so many bytes out of so few are more than any picture gives."""
        return unpacked_bytes > self.ratio_floor_bytes and unpacked_bytes > self.ratio_max * packed_bytes

    @property
    def reason_bomb(self) -> str:
        """Of a member that unpacks too far."""
        return (
            "unpacks to far more than it holds, as no picture does: it was not unpacked "
            f"(the limit is {self.ratio_max:,} times its size)"
        )

    @property
    def reason_too_large(self) -> str:
        """Of a member that is too large by itself."""
        size = size_words(self.member_size_bytes_max)
        return f"larger than Clew opens as one file of an archive (the limit is {size}): submit it by itself"

    @property
    def reason_too_many(self) -> str:
        """Of the member that is one too many."""
        return (
            f"the archive holds more members than Clew takes at once (the limit is {self.members_max:,}): "
            "split it; the members from here on were not read"
        )

    @property
    def reason_too_much(self) -> str:
        """Of the member at which all of them became too much."""
        return (
            f"the archive unpacks to more than Clew takes at once (the limit is {size_words(self.unpacked_bytes_max)}): "
            "split it; the members from here on were not read"
        )


DEFAULT_LIMITS = ArchiveLimits()


def is_archive(head: bytes, name: str = "") -> bool:
    """Whether a file that begins with `head` is a zip or tar; compressed files are told to be tar by their name alone."""
    media_type = sniff(head)
    if media_type in _COMPRESSED:
        return name.lower().endswith(_TAR_ENDINGS)
    return media_type in (kinds.ZIP, kinds.TAR)


def members(path: Path, *, limits: ArchiveLimits = DEFAULT_LIMITS) -> Iterator[Member | MemberRefused]:
    """The files of a zip or tar (also .gz, .bz2, .xz) in its order, each read whole, at most one in memory.

    Folders are passed over. Raises ArchiveUnreadable when not even the first member can be found.
    """
    with path.open("rb") as file:
        media_type = sniff(file.read(4096))
        file.seek(0)
        if media_type is kinds.ZIP:
            yield from _zip_members(file, path.name, limits)
        elif media_type is kinds.TAR or media_type in _COMPRESSED:
            yield from _tar_members(file, path.name, limits)
        else:
            raise ArchiveUnreadable(name=path.name)


class _Entry(tarfile.TarInfo):
    """A member's header that refuses names of more than a megabyte."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str | None, errors: str) -> Self:
        """The header in a block of 512 bytes; raises TarError for a name that nobody can mean."""
        entry = super().frombuf(buf, encoding, errors)  # type: ignore[arg-type]
        if entry.type in _NAME_TYPES and entry.size > MIB:
            raise tarfile.ReadError("a name of more than a megabyte")
        return entry


class _Tally:
    """Counts what came out of one archive."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self.limits = limits
        self._members = 0
        self._unpacked_bytes = 0

    def refusal(self) -> str | None:
        """Count one more member; the reason to stop here, if there is one."""
        self._members += 1
        if self._members > self.limits.members_max:
            return self.limits.reason_too_many
        return self.limits.reason_too_much if self._unpacked_bytes > self.limits.unpacked_bytes_max else None

    def read(self, stream: IO[bytes], packed_bytes: int | None) -> bytes | str:
        """A member's bytes, or the reason why they are not taken. `packed_bytes` is None where a ratio means nothing."""
        pieces = []
        size_bytes = 0
        while piece := stream.read(_PIECE_SIZE_BYTES):
            pieces.append(piece)
            size_bytes += len(piece)
            self._unpacked_bytes += len(piece)
            if packed_bytes is not None and self.limits.is_bomb(size_bytes, packed_bytes):
                return self.limits.reason_bomb
            if size_bytes > self.limits.member_size_bytes_max:
                return self.limits.reason_too_large
            if self._unpacked_bytes > self.limits.unpacked_bytes_max:
                return self.limits.reason_too_much
        return b"".join(pieces)


def _result(name: str, content: bytes | str, modified_at: dt.datetime | None) -> Member | MemberRefused:
    return MemberRefused(name, content) if isinstance(content, str) else Member(name, content, modified_at)


def _time(moment: float | tuple[int, ...]) -> dt.datetime | None:
    """What an archive states as a time, if it is one."""
    if not isinstance(moment, tuple):
        return moment_of(moment)
    year, month, day, hour, minute, second = moment
    try:
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    except ValueError:
        return None


def _zip_members(file: IO[bytes], archive_name: str, limits: ArchiveLimits) -> Iterator[Member | MemberRefused]:
    tally = _Tally(limits)
    size_bytes = os.fstat(file.fileno()).st_size
    try:
        archive = zipfile.ZipFile(file)
    except (*_DAMAGE, RuntimeError) as error:
        raise ArchiveUnreadable(name=archive_name) from error
    with archive:
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            reason = tally.refusal()
            if reason is not None:
                yield MemberRefused(entry.filename, reason)
                return
            yield _result(entry.filename, _zip_content(archive, entry, tally, size_bytes), _time(entry.date_time))


def _zip_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, tally: _Tally, archive_bytes: int) -> bytes | str:
    if entry.flag_bits & 0x1:
        return REASON_ENCRYPTED
    # The upper half of the attributes is the mode of a Unix file: 0o12 in its type is a link.
    if entry.create_system == 3 and entry.external_attr >> 28 == 0o12:
        return REASON_LINK
    if entry.compress_type not in _ZIP_METHODS:
        return REASON_METHOD
    try:
        with archive.open(entry) as stream:
            # What the header states is believed only as far as the archive is long.
            return tally.read(stream, min(entry.compress_size, archive_bytes))
    except (*_DAMAGE, RuntimeError):
        return REASON_BROKEN


def _tar_members(file: IO[bytes], archive_name: str, limits: ArchiveLimits) -> Iterator[Member | MemberRefused]:
    tally = _Tally(limits)
    counted = CountedStream(file)
    try:
        stream = unpacked(counted, is_bomb=limits.is_bomb)
        archive = tarfile.open(fileobj=stream, mode="r|", tarinfo=_Entry)  # noqa: SIM115 - closed below, opened apart for its errors
    except UnpacksTooFar:
        yield MemberRefused(archive_name, limits.reason_bomb)
        return
    except _DAMAGE as error:
        raise ArchiveUnreadable(name=archive_name) from error
    with archive:
        yield from _stepped(archive, archive_name, tally)


def _stepped(archive: tarfile.TarFile, archive_name: str, tally: _Tally) -> Iterator[Member | MemberRefused]:
    """Step from member to member; damage or a bomb on the way ends the walk and is told as a member's refusal."""
    name = archive_name
    while True:
        try:
            entry = archive.next()
            if entry is None:
                return
            # The library remembers each member for random access, which a stream has not.
            archive.members = []  # type: ignore[attr-defined]
            name = entry.name
            found = _tar_member(archive, entry, tally)
        except UnpacksTooFar:
            yield MemberRefused(name, tally.limits.reason_bomb)
            return
        except _DAMAGE:
            yield MemberRefused(name, REASON_REST_BROKEN)
            return
        if found is not None:
            yield found
        if isinstance(found, MemberRefused) and found.reason in {
            tally.limits.reason_too_many,
            tally.limits.reason_too_much,
        }:
            return


def _tar_member(archive: tarfile.TarFile, entry: tarfile.TarInfo, tally: _Tally) -> Member | MemberRefused | None:
    if entry.isdir():
        return None
    reason = tally.refusal() or (None if entry.isreg() else REASON_LINK)
    if reason is not None:
        return MemberRefused(entry.name, reason)
    stream = archive.extractfile(entry)
    if stream is None:
        return MemberRefused(entry.name, REASON_LINK)
    with stream:
        content = tally.read(stream, None)
    if isinstance(content, bytes) and len(content) < entry.size:
        raise EOFError
    return _result(entry.name, content, _time(entry.mtime))
