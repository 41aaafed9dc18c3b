"""Searching for parts: of each fingerprint, the held contents of which it shows a part, or that show a part of it, or sound like it.

Searched before the batch's turn comes, since it takes longest; what others catalogued meanwhile is then compared one by one.
"""

from __future__ import annotations

#: Candidates of one question that are compared in full.
CANDIDATES_MAX = 50
