"""Pages of a TIFF beyond the first: each becomes a file of its own, losslessly."""

from __future__ import annotations

import io

from PIL import Image

from clew.kernel.limits import DOCUMENT_PAGES_MAX
from clew.media.shelf import Shelf, ShelfFull

# Modes that PNG holds without loss; the others go into a TIFF of one page.
_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})


def take_pages(im: Image.Image, shelf: Shelf, *, frame_pixels_max: int) -> None:
    """Put the second and later pages of an opened picture on the shelf. A damaged or too large page is counted and passed over."""
    try:
        for number in range(1, DOCUMENT_PAGES_MAX + 1):
            shelf.check_time()
            try:
                im.seek(number)
            except EOFError:
                return
            except Exception:  # noqa: BLE001 - pages are linked: behind a damaged link there is nothing to find
                shelf.refuse("damaged")
                return
            _take(im, number + 1, shelf, frame_pixels_max)
        shelf.stop(f"it has more than {DOCUMENT_PAGES_MAX:,} pages: the others were not looked at")
    except ShelfFull:
        return


def _take(im: Image.Image, number: int, shelf: Shelf, frame_pixels_max: int) -> None:
    if im.width * im.height > frame_pixels_max:
        shelf.refuse("more pixels than Clew opens")
        return
    if shelf.is_full:
        shelf.leave()
        return
    out = io.BytesIO()
    try:
        # A copy, because Pillow asks where a file lies before it saves one, and in a cell nothing may be asked.
        page = im.copy()
        kept = {"icc_profile": im.info["icc_profile"]} if "icc_profile" in im.info else {}
        if page.mode in _PNG_MODES:
            page.save(out, "PNG", compress_level=1, **kept)
        else:
            page.save(out, "TIFF", compression="tiff_adobe_deflate", **kept)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise anything at all on hostile bytes
        shelf.refuse("damaged")
        return
    shelf.put(f"page {number}", out.getvalue())
