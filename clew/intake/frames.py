"""Frames: how a browser sends files, one after the other in one request body, with exact paths and without a form in between.

A frame is four bytes (big-endian length of its heading), the heading as JSON (`key`, `path`, `size_bytes` or `refusal`, and perhaps
`modified_ms`, the milliseconds since 1970 at which the sender's system says the file was last changed), and
then `size_bytes` bytes of content. Small files travel together and are held in memory; a large one travels alone and is streamed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from clew.kernel.clock import moment_of
from clew.kernel.errors import ClewError
from clew.kernel.limits import (
    ORIGINAL_SIZE_BYTES_MAX,
    UPLOAD_BATCH_BYTES_MAX,
    UPLOAD_BATCH_FILES_MAX,
    UPLOAD_WHOLE_BYTES_MAX,
)

#: A path of 4096 characters, escaped as JSON does at worst, and the rest of the heading.
HEADING_BYTES_MAX = 64 * 1024
# The year 11,000 or so in milliseconds.
_MODIFIED_MS_MAX = 3e14
#: Read from the connection at once.
PIECE_BYTES = 256 * 1024


class UploadCutShort(ClewError):
    """The connection ended before a file was whole. Nothing of this request was kept. Send the same files again; what arrived before stays."""

    status = 400


class UploadNotUnderstood(ClewError):
    """What was sent is not a sequence of files ({why}). Nothing of this request was kept. Reload the page and send again."""

    status = 400


class Body(Protocol):
    """Where a request is read from."""

    def read(self, size: int, /) -> bytes:
        """Up to this many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One file as it was sent: whole in memory, in pieces still to be read, or the reason why the sender could not read it."""

    client_key: str
    path: str
    content: bytes | Iterator[bytes] = b""
    refusal: str = ""
    modified_at: dt.datetime | None = None


def read_frames(body: Body) -> Iterator[Frame]:
    """The frames of a request. A streamed one must be read to its end before the next is asked for; it is the last, or an error.

    Raises UploadCutShort and UploadNotUnderstood.
    """
    held_bytes = 0
    for _ in range(UPLOAD_BATCH_FILES_MAX):
        prefix = body.read(4)
        if not prefix:
            return
        heading = _heading(body, prefix)
        size_bytes = heading.get("size_bytes", 0)
        if size_bytes > UPLOAD_WHOLE_BYTES_MAX:
            yield Frame(heading["key"], heading["path"], _pieces(body, size_bytes), modified_at=_moment(heading))
        else:
            held_bytes += size_bytes
            if held_bytes > UPLOAD_BATCH_BYTES_MAX:
                raise UploadNotUnderstood(why="too much in one request")
            content = b"".join(_pieces(body, size_bytes))
            yield Frame(heading["key"], heading["path"], content, heading.get("refusal", ""), _moment(heading))
    if body.read(1):
        raise UploadNotUnderstood(why="too many files in one request")


def _heading(body: Body, prefix: bytes) -> dict[str, Any]:
    length = int.from_bytes(_exactly(body, prefix, 4), "big")
    if length > HEADING_BYTES_MAX:
        raise UploadNotUnderstood(why="a heading is too long")
    try:
        heading = json.loads(_exactly(body, b"", length))
    except ValueError:
        raise UploadNotUnderstood(why="a heading is not JSON") from None
    if not isinstance(heading, dict) or not _is_sound(heading):
        raise UploadNotUnderstood(why="a heading lacks its facts")
    return heading


def _is_sound(heading: dict[str, Any]) -> bool:
    size_bytes = heading.get("size_bytes", 0)
    texts = [heading.get("key"), heading.get("path"), heading.get("refusal", "")]
    if not all(isinstance(text, str) for text in texts) or not heading["key"]:
        return False
    if type(size_bytes) is not int or not 0 <= size_bytes <= ORIGINAL_SIZE_BYTES_MAX:
        return False
    # Either there is content or a reason why there is none.
    return ("refusal" in heading) != ("size_bytes" in heading)


def _moment(heading: dict[str, Any]) -> dt.datetime | None:
    """The stated time of change; one that is no date is nobody's loss."""
    stated = heading.get("modified_ms")
    # Beyond any date; and of a number of hundreds of digits no share can be computed.
    if not isinstance(stated, int | float) or abs(stated) >= _MODIFIED_MS_MAX:
        return None
    return moment_of(stated / 1000)


def _pieces(body: Body, size_bytes: int) -> Iterator[bytes]:
    while size_bytes:
        piece = body.read(min(PIECE_BYTES, size_bytes))
        if not piece:
            raise UploadCutShort
        size_bytes -= len(piece)
        yield piece


def _exactly(body: Body, begun: bytes, size_bytes: int) -> bytes:
    return begun + b"".join(_pieces(body, size_bytes - len(begun)))
