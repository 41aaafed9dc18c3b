"""Client keys: what a sender calls a file, the same at every attempt, so that a resumed submission sends nothing twice.

Made of where the file lies and when it changed, never of what it holds: a key is no hash of the content.
"""

from __future__ import annotations

import hashlib


def client_key(*parts: str | int) -> str:
    """The key of a file named by its path, size and time of change (and, inside a list or archive, its place there)."""
    text = "\0".join(str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
