"""Further pictures of a JPEG in which several lie one behind the other (CIPA DC-007): each becomes a file of its own, bit for bit."""

from __future__ import annotations

from PIL import MpoImagePlugin

from clew.media.shelf import Shelf, ShelfFull

# The entries of the index, one for each picture.
_ENTRIES = 0xB002


def take_further_pictures(im: MpoImagePlugin.MpoImageFile, content: memoryview, shelf: Shelf) -> None:
    """Put the second and later pictures of an opened file on the shelf. What is no picture where the index says so is counted."""
    entries = (im.mpinfo or {}).get(_ENTRIES, [])
    try:
        for number in range(1, im.n_frames):
            if shelf.is_full:
                # As many as the file says.
                shelf.leave(im.n_frames - number)
                return
            try:
                im.seek(number)
                size_bytes = int(entries[number]["Size"])
            except Exception:  # noqa: BLE001 - decoders raise anything at all on hostile bytes
                shelf.refuse("damaged")
                continue
            shelf.put(f"picture {number + 1}", bytes(content[im.offset : im.offset + size_bytes]))
    except ShelfFull:
        return
