"""Turns: which of the imprints that an index proposes are compared in full, so that the work is bounded and no owner's hide another's.

Who may know is decided much later; nothing here asks who asks. What comes to nothing uses up the question's patience, what is found does not.
Once a question has found as many contents as one answer shows, further imprints are compared for those audiences alone that have fewer.
So whatever an answer has room for is found through an audience that includes its asker, whoever else holds the same silently.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import connections

from clew.catalogue.queries import holdings
from clew.kernel.limits import IMPRINT_AUDIENCE_CONTENTS_MAX, IMPRINT_MISSES_MAX

#: Everybody who may know of a row, as far as its owner said: the same words have the same answer for every asker.
Audience = tuple[object, ...]
#: By the number of an imprint its content and the audiences of that.
Audiences = Mapping[int, tuple[uuid.UUID, frozenset[Audience]]]


class Turns:
    """The imprints proposed to one question, the likeliest first, and how many are still worth comparing."""

    def __init__(self, proposed: Sequence[int], misses_max: int = IMPRINT_MISSES_MAX) -> None:
        self._left = list(proposed)
        self._patience = misses_max
        self._met: set[uuid.UUID] = set()
        self._counts: Counter[Audience] | None = None
        self._audiences: Audiences = {}

    def take(self) -> list[int]:
        """The numbers to compare next; none when it is enough."""
        taken: list[int] = []
        rest = iter(self._left)
        while len(taken) < self._patience and (number := next(rest, None)) is not None:
            if self._is_wanted(number):
                taken.append(number)
        self._left = list(rest)
        return taken

    def _is_wanted(self, number: int) -> bool:
        if self._counts is None:
            return True
        # Who holds nothing of it is told nothing of it.
        _content, audiences = self._audiences.get(number, (None, frozenset()))
        return any(self._counts[audience] < IMPRINT_AUDIENCE_CONTENTS_MAX for audience in audiences)

    def tell(self, number: int, media_id: uuid.UUID | None) -> None:
        """What the comparison with an imprint that was taken found: its content, or nothing."""
        if media_id is None:
            self._patience -= 1
        elif media_id not in self._met:
            self._met.add(media_id)
            self._count(number)

    def _count(self, number: int) -> None:
        if self._counts is not None:
            self._counts.update(self._audiences.get(number, (None, frozenset()))[1])

    @property
    def unknown(self) -> Sequence[int]:
        """The numbers whose audiences must be known before more is taken; none as long as there is room for everybody."""
        is_enough = len(self._met) >= IMPRINT_AUDIENCE_CONTENTS_MAX
        return self._left if is_enough and self._counts is None and self._patience > 0 else ()

    @property
    def met(self) -> set[uuid.UUID]:
        """The contents that were found."""
        return self._met

    def know(self, audiences: Audiences, of_met: Mapping[uuid.UUID, frozenset[Audience]]) -> None:
        """From here on go by these audiences, of what is left and of what was found."""
        self._audiences = audiences
        self._counts = Counter(audience for media_id in self._met for audience in of_met.get(media_id, ()))


def make_fair(turns: Sequence[Turns], *, other_than: uuid.UUID | None) -> None:
    """Find the audiences for those of the questions that have found enough to need them. What the submission `other_than` itself brought
    has none by that.
    """
    crowded = [(one, list(one.unknown)) for one in turns if one.unknown]
    if not crowded:
        return
    contents = _contents_of({number for _one, numbers in crowded for number in numbers})
    met = {media_id for one, _numbers in crowded for media_id in one.met}
    audiences = _audiences_of({*contents.values(), *met}, other_than)
    for one, numbers in crowded:
        left = {
            number: (contents[number], audiences[contents[number]])
            for number in numbers
            if contents.get(number) in audiences
        }
        one.know(left, audiences)


def _contents_of(numbers: Iterable[int]) -> dict[int, uuid.UUID]:
    with connections["service"].cursor() as cursor:
        cursor.execute("SELECT id, media_id FROM catalogue_imprint WHERE id = ANY(%s)", [list(numbers)])
        return dict(cursor.fetchall())


def _audiences_of(media_ids: Iterable[uuid.UUID], other_than: uuid.UUID | None) -> dict[uuid.UUID, frozenset[Audience]]:
    found: dict[uuid.UUID, set[Audience]] = defaultdict(set)
    for media_id, held in holdings(media_ids, other_than=other_than).by_media.items():
        for row in (holding.row for holding in held):
            named = frozenset(row.audience_organisations), frozenset(row.audience_groups)
            limits = row.confidentiality, row.release_only, row.under_examination, frozenset(row.denied_organisations)
            found[media_id].add((row.owner_unit_id, row.sharing, row.outside, *named, *limits))
    return {media_id: frozenset(audiences) for media_id, audiences in found.items()}
