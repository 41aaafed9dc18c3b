"""Documents: nothing of them is drawn; what lies in them is listed, each file with the place where it lay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO

from clew.media.decoded import Decoded, MediaUnreadable
from clew.media.examination import UnreadableReason
from clew.media.kinds import OLE_PARSER, PDF_PARSER, ZIP_PARSER, MediaType
from clew.media.metadata import bounded
from clew.media.ole_documents import read_ole_document
from clew.media.pdf_documents import read_pdf
from clew.media.shelf import Shelf, ShelfFull
from clew.media.zip_documents import read_zip_document

#: Each puts what lies in a document on the shelf, and what the document says of itself into the facts, which stand however it ends.
_READERS: dict[str, Callable[[BinaryIO, Shelf, dict[str, Any]], None]] = {
    PDF_PARSER: read_pdf,
    ZIP_PARSER: read_zip_document,
    OLE_PARSER: read_ole_document,
}


def decode_document(media_type: MediaType, source: BinaryIO, shelf: Shelf) -> Decoded:
    """Put what lies in the document on the shelf; raises MediaUnreadable with the reason, or MemoryError."""
    facts: dict[str, Any] = {"format": media_type.parser}
    try:
        _READERS[media_type.parser](source, shelf, facts)
    except ShelfFull:
        # What was taken until then stands, and the shelf says why it is not all.
        pass
    except MemoryError:
        raise
    except Exception as error:  # readers raise anything at all on hostile bytes
        raise MediaUnreadable(UnreadableReason.DECODER_FAILED) from error
    return Decoded(None, None, None, 1, bounded({**facts, **shelf.facts()}))
