"""Microsoft's older documents (Word, Excel, PowerPoint, messages): pictures are found in their streams by their own beginnings and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import olefile

from clew.kernel.limits import DOCUMENT_MEMBERS_MAX, PICTURE_SIZE_BYTES_MAX
from clew.media.jpeg_structure import jpeg_end, png_end
from clew.media.shelf import Shelf, is_taken
from clew.media.sniff import HEAD_SIZE_BYTES

_BEGINNING = re.compile(rb"\xff\xd8\xff[\xc0-\xfe]|\x89PNG\r\n\x1a\n")
_FACTS = {
    "title": "document_title",
    "author": "document_creator",
    "last_saved_by": "document_changed_by",
    "create_time": "document_created_at",
    "last_saved_time": "document_changed_at",
    "creating_application": "document_software",
    "company": "document_company",
    "revision_number": "document_revision",
}


def read_ole_document(source: BinaryIO, shelf: Shelf, facts: dict[str, Any]) -> None:
    """Put what lies in the document on the shelf, and what it says of itself into the facts. Raises what olefile raises on a damaged one."""
    with olefile.OleFileIO(source) as document:
        facts |= _said(document)
        streams = document.listdir()
        number = 0
        for path in streams[:DOCUMENT_MEMBERS_MAX]:
            shelf.check_time()
            if document.get_size(path) > PICTURE_SIZE_BYTES_MAX:
                shelf.refuse("larger than Clew opens")
                continue
            for picture in _pictures(document.openstream(path).read()):
                number += 1
                shelf.put(f"picture {number}", picture)
        if len(streams) > DOCUMENT_MEMBERS_MAX:
            shelf.stop(f"more than {DOCUMENT_MEMBERS_MAX:,} parts lie in it: the others were not looked at")


def _pictures(stream: bytes) -> Iterator[bytes]:
    """The stream itself where it is a file, as in a message; otherwise each JPEG and PNG in it, whole."""
    if is_taken(stream[:HEAD_SIZE_BYTES]):
        yield stream
        return
    content, at = memoryview(stream), 0
    while found := _BEGINNING.search(stream, at):
        start = found.start()
        end = (png_end if stream[start] == 0x89 else jpeg_end)(content, start)
        if end is not None:
            yield stream[start:end]
        at = found.end() if end is None else end


def _said(document: Any) -> dict[str, Any]:
    try:
        told = document.get_metadata()
    except Exception:  # noqa: BLE001 - as hostile as the rest, and the pictures are good without it
        return {}
    values = {fact: getattr(told, name, None) for name, fact in _FACTS.items()}
    return {fact: value if isinstance(value, bytes | int) else str(value or "") for fact, value in values.items()}
