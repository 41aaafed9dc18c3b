"""Sniffing closely: camera raw pictures among TIFF files, documents among zip files, by what stands in the first bytes. Comparisons only."""

from __future__ import annotations

from clew.media import kinds
from clew.media.kinds import MediaType
from clew.media.zip_directory import listed_members

# Tags of TIFF 6.0, TIFF/EP and DNG 1.6.
_NEW_SUBFILE_TYPE, _COMPRESSION, _PHOTOMETRIC, _MAKE, _SUB_DIRECTORIES, _DNG_VERSION = 254, 259, 262, 271, 330, 50706
# Colour filter array, and linear raw.
_SENSOR_LOOKS = {32803, 34892}
_ENTRIES_MAX = 512
_BY_MAKE = ((b"NIKON", kinds.NEF), (b"SONY", kinds.ARW), (b"PENTAX", kinds.PEF), (b"RICOH", kinds.PEF))
_NAMED = {
    b"word/document.xml": kinds.DOCX,
    b"xl/workbook.xml": kinds.XLSX,
    b"ppt/presentation.xml": kinds.PPTX,
    b"[Content_Types].xml": kinds.OPEN_XML,
    b"_rels/.rels": kinds.OPEN_XML,
    b"docProps/core.xml": kinds.OPEN_XML,
    b"docProps/app.xml": kinds.OPEN_XML,
}
_STATED = {
    media_type.mime.encode(): media_type for media_type in (kinds.ODT, kinds.ODS, kinds.ODP, kinds.ODG, kinds.EPUB)
}
# A local header of a zip file (APPNOTE 4.3.7): names begin here.
_ZIP_NAME = 30


def raw_or_tiff(head: bytes) -> MediaType:
    """A camera's raw format, told by its own marks in the first directory; a plain TIFF stays one."""
    if head[8:10] == b"CR" and head[:2] == b"II":
        return kinds.CR2
    tags = _first_directory(head)
    if _DNG_VERSION in tags:
        return kinds.DNG
    is_reduced = tags.get(_NEW_SUBFILE_TYPE, (0,))[0] == 1 and _SUB_DIRECTORIES in tags
    is_raw = is_reduced or tags.get(_PHOTOMETRIC, (0,))[0] in _SENSOR_LOOKS or tags.get(_COMPRESSION, (0,))[0] == 65535
    make = tags.get(_MAKE, (0, b""))[1].upper()
    return next((media_type for name, media_type in _BY_MAKE if is_raw and make.startswith(name)), kinds.TIFF)


def _first_directory(head: bytes) -> dict[int, tuple[int, bytes]]:
    """Tag -> its value as a number, and the bytes at the place it names, as far as the head reaches (TIFF 6.0, section 2)."""
    order: str = "little" if head[:2] == b"II" else "big"

    def number(at: int, size_bytes: int) -> int:
        return int.from_bytes(head[at : at + size_bytes], "little" if order == "little" else "big")

    start = number(4, 4)
    tags: dict[int, tuple[int, bytes]] = {}
    for place in range(min(number(start, 2), _ENTRIES_MAX)):
        at = start + 2 + 12 * place
        if at + 12 > len(head):
            break
        kind, count = number(at + 2, 2), number(at + 4, 4)
        value = number(at + 8, 2 if kind == 3 else 4)
        text_at = at + 8 if count <= 4 else number(at + 8, 4)
        tags[number(at, 2)] = value, head[text_at : text_at + min(count, 64)] if kind == 2 else b""
    return tags


def document_listed(content: memoryview) -> MediaType | None:
    """The document that a whole zip file is by the members its directory lists, in whatever order they were written; None for an archive."""
    members = dict(listed_members(content))
    if b"[Content_Types].xml" in members:
        return next((found for name, found in _NAMED.items() if name in members), kinds.OPEN_XML)
    if b"mimetype" in members:
        at = max(0, members[b"mimetype"])
        found = zip_or_document(bytes(content[at : at + 256]))
        return None if found is kinds.ZIP else found
    return None


def zip_or_document(head: bytes) -> MediaType:
    """A document, told by the name of the first member as the packaging rules of its kind have it; any other zip file is an archive."""
    name = head[_ZIP_NAME : _ZIP_NAME + int.from_bytes(head[26:28], "little")]
    if name == b"mimetype":
        start = _ZIP_NAME + len(name) + int.from_bytes(head[28:30], "little")
        stated = head[start : start + 80]
        return next((found for mime, found in _STATED.items() if stated.startswith(mime)), kinds.ZIP)
    found = _NAMED.get(name, kinds.ZIP)
    if found is kinds.OPEN_XML:
        return next((main for main_name, main in _NAMED.items() if main_name in head), found)
    return found
