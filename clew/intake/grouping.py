"""Grouping: the verdicts of one page put together by verdict and, within it, by the series they were found in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clew.catalogue.models import Series
from clew.intake.models import Verdict, VerdictKind
from clew.intake.queries import Shown


@dataclass(frozen=True, slots=True)
class Tile:
    """A file as the grid shows it, with the matches that may be told."""

    verdict: Verdict
    matches: Sequence[Shown]

    @property
    def contact(self) -> Shown | None:
        """A match of which only the holder may be told, where there is no other."""
        return self.matches[0] if self.matches and not any(shown.is_open for shown in self.matches) else None

    @property
    def met_later(self) -> bool:
        """Whether something that it meets came after its verdict."""
        return any(shown.match.met_later_at for shown in self.matches)


@dataclass(slots=True)
class Group:
    """Files of one verdict that were found in one series, or in none."""

    kind: str
    words: str
    series: Series | None
    tiles: list[Tile] = field(default_factory=list)


def grouped(verdicts: Iterable[Verdict], matches: Mapping[uuid.UUID, Sequence[Shown]]) -> list[Group]:
    """The groups in the order of the verdicts; in each verdict those with a series first, by its name."""
    groups: dict[tuple[str, uuid.UUID | None], Group] = {}
    for verdict in verdicts:
        shown = matches[verdict.file_id]
        series = next((match.series for match in shown if match.is_open and match.series), None)
        key = (verdict.kind, series.id if series else None)
        group = groups.setdefault(key, Group(verdict.kind, str(verdict.get_kind_display()), series))
        group.tiles.append(Tile(verdict, shown))
    return sorted(groups.values(), key=_order)


def _order(group: Group) -> tuple[int, bool, str]:
    return (VerdictKind.values.index(group.kind), group.series is None, group.series.name if group.series else "")
