"""Room for what lies inside: how much of it is taken, the same for files that are received and for those only asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.kernel.limits import EMBEDDED_DEPTH_MAX, EMBEDDED_TOGETHER_BYTES_MAX, EMBEDDED_TOGETHER_MAX
from clew.media.examination import Embedded
from clew.media.refusals import size_words


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What came out of the documents in one document until now."""

    count: int = 0
    size_bytes: int = 0


NOTHING_TAKEN_OUT = TakenOut()


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of the files inside one, what was taken out then, and, in words, what is left where it is and by which limit."""

    parts: Sequence[Embedded]
    beside: TakenOut
    left: str = ""


def take(embedded: Sequence[Embedded], *, depth: int, beside: TakenOut = NOTHING_TAKEN_OUT) -> Taken:
    """What is taken of the files inside one that lies itself at this depth, 0 where it was sent by itself: nothing that lies too deep, and no
    more than there is room for, together with what came out of the documents `beside` it.
    """
    if depth >= EMBEDDED_DEPTH_MAX:
        return Taken((), beside, _left(len(embedded), f"more than {EMBEDDED_DEPTH_MAX} deep"))
    # What lies in a file that was sent by itself is bounded by the jail.
    if depth == 0 or not embedded:
        return Taken(embedded, beside)
    taken: list[Embedded] = []
    count, size_bytes, limit = beside.count, beside.size_bytes, ""
    for part in embedded:
        if count >= EMBEDDED_TOGETHER_MAX:
            limit = f"{EMBEDDED_TOGETHER_MAX:,}"
            break
        if size_bytes + len(part.content) > EMBEDDED_TOGETHER_BYTES_MAX:
            limit = size_words(EMBEDDED_TOGETHER_BYTES_MAX)
            break
        taken.append(part)
        count, size_bytes = count + 1, size_bytes + len(part.content)
    left = _left(len(embedded) - len(taken), f"more than {limit} in the documents of one document")
    return Taken(taken, TakenOut(count, size_bytes), left)


def _left(count: int, why: str) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'} in it not looked at: {why}" if count else ""
