"""Side by side: two to four media, fact by fact. What differs is marked, for that is what somebody looks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.intake.comparison import Described, facts_of


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of every media; empty where one says nothing of it."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether not all say the same; one that says nothing differs from one that does."""
        return len(set(self.values)) > 1


def abreast(media: Sequence[Described]) -> list[Line]:
    """The facts of media, in the order of the first that names them."""
    told = [facts_of(one) for one in media]
    names = dict.fromkeys(name for facts in told for name in facts)
    return [Line(name, tuple(facts.get(name, "") for facts in told)) for name in names]
