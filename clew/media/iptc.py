"""IPTC-IIM: what press agencies write into pictures: by-line, caption, place, date (IPTC-NAA IIM 4.2, chapter 6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PIL import Image

#: Where Photoshop's block and TIFF keep it.
_PHOTOSHOP, _TIFF = 0x0404, 33723
_FACTS = {
    5: "iptc_title",
    25: "iptc_keywords",
    55: "iptc_date",
    60: "iptc_time",
    65: "iptc_software",
    80: "iptc_by_line",
    90: "iptc_city",
    95: "iptc_state",
    101: "iptc_country",
    105: "iptc_headline",
    110: "iptc_credit",
    115: "iptc_source",
    116: "iptc_copyright",
    120: "iptc_caption",
    122: "iptc_caption_writer",
}
_DATASETS_MAX = 500


def iptc_facts(im: Image.Image) -> dict[str, Any]:
    """The facts of the application record of an opened picture; what is repeated (keywords) is joined."""
    blocks = im.info.get("photoshop")
    block = blocks.get(_PHOTOSHOP) if isinstance(blocks, dict) else None
    block = block or getattr(im, "tag_v2", {}).get(_TIFF)
    if not isinstance(block, bytes):
        return {}
    facts: dict[str, str] = {}
    for number, value in _datasets(block):
        fact = _FACTS.get(number)
        if fact:
            text = value.decode("utf-8", "replace")
            facts[fact] = f"{facts[fact]}, {text}" if fact in facts else text
    return dict(facts)


def _datasets(block: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(_DATASETS_MAX):
        if at + 5 > len(block) or block[at] != 0x1C:
            return
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        if length & 0x8000 or at + 5 + length > len(block):
            return
        if block[at + 1] == 2:
            yield block[at + 2], block[at + 5 : at + 5 + length]
        at += 5 + length
