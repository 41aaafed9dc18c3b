"""Documents that are zip files (Office, OpenDocument, EPUB): each picture, film, sound or document in them, as it was put in."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from typing import IO, Any, BinaryIO

from defusedxml import ElementTree

from clew.kernel.limits import (
    ARCHIVE_RATIO_FLOOR_BYTES,
    ARCHIVE_RATIO_MAX,
    DOCUMENT_MEMBERS_MAX,
    MIB,
    PICTURE_SIZE_BYTES_MAX,
    XML_SIZE_BYTES_MAX,
)
from clew.media.shelf import Shelf, is_taken
from clew.media.sniff import HEAD_SIZE_BYTES

# Methods whose decompressors need a bounded memory.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError)
_DRAWINGS = (".emf", ".wmf", ".svg", ".emz", ".wmz")
# Where the packaging rules put what a document says of itself; an EPUB names its own file.
_SAID_IN = ("docProps/core.xml", "docProps/app.xml", "meta.xml")
#: Element -> fact: Dublin Core, ECMA-376 part 2 (11), OpenDocument 1.3 part 3 (4.3).
_FACTS = {
    "title": "document_title",
    "creator": "document_creator",
    "initial-creator": "document_first_creator",
    "lastModifiedBy": "document_changed_by",
    "created": "document_created_at",
    "creation-date": "document_created_at",
    "modified": "document_changed_at",
    "date": "document_changed_at",
    "generator": "document_software",
    "Application": "document_software",
    "Company": "document_company",
    "language": "document_language",
    "publisher": "document_publisher",
    "identifier": "document_id",
    "revision": "document_revision",
}


def read_zip_document(source: BinaryIO, shelf: Shelf, facts: dict[str, Any]) -> None:
    """Put what lies in the document on the shelf, and what it says of itself into the facts. Raises what zipfile raises on a damaged one."""
    with zipfile.ZipFile(source) as package:
        entries = package.infolist()
        looked_at = entries[:DOCUMENT_MEMBERS_MAX]
        # First, wherever it lies: what is left out for want of room or time are pictures.
        for entry in filter(_says, looked_at):
            shelf.check_time()
            facts |= _said(package, entry)
        for entry in looked_at:
            shelf.check_time()
            if not entry.is_dir() and not _says(entry):
                _take(package, entry, shelf)
        if len(entries) > DOCUMENT_MEMBERS_MAX:
            shelf.stop(f"more than {DOCUMENT_MEMBERS_MAX:,} parts lie in it: the others were not looked at")


def _says(entry: zipfile.ZipInfo) -> bool:
    return entry.filename in _SAID_IN or entry.filename.endswith(".opf")


def _take(package: zipfile.ZipFile, entry: zipfile.ZipInfo, shelf: Shelf) -> None:
    if entry.filename.lower().endswith(_DRAWINGS):
        shelf.refuse("a drawing, which Clew does not open")
        return
    if entry.flag_bits & 0x1 or entry.compress_type not in _METHODS:
        shelf.refuse("encrypted, or compressed in a way that Clew does not know")
        return
    try:
        with package.open(entry) as stream:
            content = _read(stream, entry.compress_size, shelf)
    except _DAMAGE:
        shelf.refuse("damaged")
        return
    if content is not None:
        shelf.put(entry.filename, content)


def _read(stream: IO[bytes], packed_bytes: int, shelf: Shelf) -> bytes | None:
    """The whole member, if it is of a kind that is taken; None otherwise, left where there is no room, refused where it is a bomb."""
    head = stream.read(HEAD_SIZE_BYTES)
    if not is_taken(head):
        return None
    if shelf.is_full:
        shelf.leave()
        return None
    pieces, size_bytes = [head], len(head)
    while piece := stream.read(MIB):
        pieces.append(piece)
        size_bytes += len(piece)
        is_bomb = size_bytes > ARCHIVE_RATIO_FLOOR_BYTES and size_bytes > ARCHIVE_RATIO_MAX * packed_bytes
        if is_bomb or size_bytes > PICTURE_SIZE_BYTES_MAX:
            shelf.refuse("unpacks to far more than it holds" if is_bomb else "larger than Clew opens")
            return None
    return b"".join(pieces)


def _said(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> dict[str, Any]:
    if entry.flag_bits & 0x1 or entry.compress_type not in _METHODS:
        return {}
    try:
        with package.open(entry) as stream:
            root = ElementTree.fromstring(stream.read(XML_SIZE_BYTES_MAX))
    except Exception:  # noqa: BLE001 - what a document says of itself is as hostile as the rest, and the pictures are good without it
        return {}
    facts: dict[str, Any] = {}
    for element in root.iter():
        fact = _FACTS.get(str(element.tag).rpartition("}")[2])
        if fact and element.text:
            facts.setdefault(fact, element.text)
    return facts
