"""PDF: the pictures that its pages show and the files attached to it, by pypdf. JPEG and JPEG 2000 come out bit for bit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from pypdf import PdfReader

from clew.kernel.limits import DOCUMENT_PAGES_MAX, PDF_FORMS_DEPTH_MAX
from clew.media.pdf_pictures import NotAPicture, picture_of
from clew.media.shelf import Shelf

_FACTS = {
    "/Title": "document_title",
    "/Author": "document_creator",
    "/Creator": "document_software",
    "/Producer": "document_producer",
    "/CreationDate": "document_created_at",
    "/ModDate": "document_changed_at",
}


# A picture written into a page's drawing (ISO 32000-1, 8.9.7): its sides are named between its first and its second word.
_INLINE = re.compile(rb"(?<![^\s])BI\s[^\0]{0,1000}?/(?:W|Width)\s[^\0]{0,1000}?\sID\s")
_INLINE_TOLD = "a picture inside a page's own drawing, which Clew does not open"


def read_pdf(source: BinaryIO, shelf: Shelf, facts: dict[str, Any]) -> None:
    """Put what lies in the document on the shelf, and what it says of itself into the facts. Raises what pypdf raises on a damaged one."""
    document = PdfReader(source, strict=False)
    if document.is_encrypted and not document.decrypt(""):
        facts["document_encrypted"] = "opens with a password alone: nothing in it was looked at"
        return
    # Of a huge tree pypdf numbers all pages at once; that too is bounded by the cell's time.
    count = len(document.pages)
    facts |= {"document_pages": count, **_said(document)}
    seen = set[int]()
    for number in range(min(count, DOCUMENT_PAGES_MAX)):
        shelf.check_time()
        for place, stream in enumerate(_streams(document, number, seen), 1):
            _take(f"page {number + 1}, picture {place}", stream, shelf)
        for _ in range(_inline_pictures(document, number)):
            shelf.refuse(_INLINE_TOLD)
    _take_attached(document, shelf)
    if count > DOCUMENT_PAGES_MAX:
        shelf.stop(f"it has more than {DOCUMENT_PAGES_MAX:,} pages: the others were not looked at")


def _said(document: PdfReader) -> dict[str, Any]:
    try:
        told: Any = document.metadata or {}
        return {fact: str(told[name].get_object()) for name, fact in _FACTS.items() if name in told}
    except Exception:  # noqa: BLE001 - as hostile as the rest, and the pictures are good without it
        return {}


def _streams(document: PdfReader, number: int, seen: set[int]) -> Iterator[Any]:
    """The picture streams of a page, and of the forms and notes on it, each once in a document."""
    try:
        page = document.pages[number]
        yield from _below(_known(page, "/Resources"), seen, PDF_FORMS_DEPTH_MAX)
        for note in _known(page, "/Annots") or []:
            look = _known(_known(note.get_object(), "/AP") or {}, "/N")
            if look is not None:
                yield from _below(_known(look, "/Resources"), seen, PDF_FORMS_DEPTH_MAX)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - pypdf raises anything on hostile bytes; the other pages are good without this one
        return


def _inline_pictures(document: PdfReader, number: int) -> int:
    """How many small pictures a page's drawing holds in itself. They are counted only; those in forms on the page are not seen."""
    try:
        drawing = _known(document.pages[number], "/Contents")
        parts = [part.get_object() for part in drawing] if isinstance(drawing, list) else [drawing] if drawing else []
        return len(_INLINE.findall(b"\n".join(part.get_data() for part in parts)))
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - as in _streams
        return 0


def _known(holder: Any, name: str) -> Any:
    found = holder.get(name)
    return None if found is None else found.get_object()


def _below(resources: Any, seen: set[int], depth: int) -> Iterator[Any]:
    for group in ("/XObject", "/Pattern"):
        for reference in ((resources and _known(resources, group)) or {}).values():
            number = getattr(reference, "idnum", 0)
            if number in seen:
                continue
            if number:
                seen.add(number)
            found = reference.get_object()
            if found.get("/Subtype") == "/Image":
                yield found
            elif depth and "/Resources" in found:
                yield from _below(_known(found, "/Resources"), seen, depth - 1)


def _take(name: str, stream: Any, shelf: Shelf) -> None:
    if shelf.is_full:
        shelf.leave()
        return
    try:
        picture = picture_of(stream)
    except NotAPicture as told:
        shelf.refuse(str(told))
        return
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as above
        shelf.refuse("damaged")
        return
    shelf.put(name, picture)


def _take_attached(document: PdfReader, shelf: Shelf) -> None:
    try:
        # A file is listed under each of its names.
        attached = {part: str(name) for name, parts in document.attachments.items() for part in parts}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as above
        shelf.refuse("damaged")
        return
    for content, name in attached.items():
        shelf.put(f"attached: {name}", content)
