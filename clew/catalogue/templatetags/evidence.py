"""Words of evidence on a page: file names and metadata come from strangers, and are shown so that they cannot deceive."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import template

register = template.Library()

#: Control, format (the bidirectional overrides among them), surrogate and private characters, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@register.filter
def visible(text: Any) -> str:
    """The text with every character that would not be seen, or would turn what is seen around, written as its code point."""
    return "".join(
        f"\\u{{{ord(character):x}}}" if unicodedata.category(character) in _UNSEEN else character
        for character in str(text)
    )


@register.filter
def share_of(part: int, whole: int) -> int:
    """A part in hundredths of a whole, 0 to 100; of nothing, nothing."""
    return round(100 * part / whole) if whole else 0
