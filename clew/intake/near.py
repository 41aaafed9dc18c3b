"""Near: of everything that lies near, what the numbers of the index stand for, so much at once, and no content in another's way.

A film that many hold lies near in hundreds of thousands of rows. A limit on their number would be spent on the nearest copies, whoever holds
them, before anybody asked who may know; so it is each content that is bounded.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

import numpy as np

from clew.intake.questions import Questions
from clew.intake.signature_rows import HeldSignature, contents_of, resolve
from clew.matching.hits import Hits, Numbers

#: Rows read from the database at once: some megabytes. Of one content no more count, the nearest: a film of four hours has as many.
ROWS_AT_ONCE = 20_000


def near_held(asked: Questions, hits: Hits) -> Iterator[tuple[Hits, Mapping[int, HeldSignature]]]:
    """The hits and what they stand for, each content of a place whole in one of the pieces; in each piece by place, then distance, then the
    order of the looks.
    """
    kept = hits.id >= 0
    hits = Hits(hits.query_index[kept], hits.id[kept], hits.distance[kept])
    # Asked for also where nothing lies near, and then for none: how much is asked tells nobody whether something is hidden.
    if len(hits) <= ROWS_AT_ONCE:
        yield _nearest_first(asked, hits), resolve(np.unique(hits.id).tolist())
        return
    places, contents = asked.places_of(hits), _contents(hits.id)
    # By place and content, the nearest of each first; then of each so many.
    order = np.lexsort((hits.query_index, hits.distance, contents, places))
    order = order[contents[order] >= 0]
    begins = _begins(places[order], contents[order])
    order = order[np.arange(len(order)) - begins < ROWS_AT_ONCE]
    begins = np.unique(_begins(places[order], contents[order]))
    for piece in _pieces(begins, len(order)):
        taken = order[piece]
        some = Hits(hits.query_index[taken], hits.id[taken], hits.distance[taken])
        yield _nearest_first(asked, some), resolve(np.unique(some.id).tolist())


def _nearest_first(asked: Questions, hits: Hits) -> Hits:
    order = np.lexsort((hits.query_index, hits.distance, asked.places_of(hits)))
    return Hits(hits.query_index[order], hits.id[order], hits.distance[order])


def _contents(ids: Numbers) -> Numbers:
    """For each row a number that stands for its content, counted and set aside apart; -1 where it is no longer held."""
    numbers, back = np.unique(ids, return_inverse=True)
    named: dict[tuple[uuid.UUID, bool], int] = {}
    found = np.full(len(numbers), -1, dtype=np.int64)
    for start in range(0, len(numbers), ROWS_AT_ONCE):
        told = contents_of(numbers[start : start + ROWS_AT_ONCE].tolist())
        at = np.searchsorted(numbers, np.array([number for number, _content, _parked in told], dtype=np.int64))
        found[at] = [named.setdefault((content, parked), len(named)) for _number, content, parked in told]
    return found[back.reshape(-1)]


def _begins(places: Numbers, contents: Numbers) -> Numbers:
    """For each of the sorted hits where those of its place and content begin."""
    is_first = np.ones(len(places), dtype=bool)
    is_first[1:] = (places[1:] != places[:-1]) | (contents[1:] != contents[:-1])
    return np.maximum.accumulate(np.where(is_first, np.arange(len(places)), 0))


def _pieces(begins: Numbers, count: int) -> Iterator[slice]:
    """The hits in pieces of about so many, none of which parts a content."""
    start = 0
    while start < count:
        later = begins[begins >= start + ROWS_AT_ONCE]
        stop = int(later[0]) if len(later) else count
        yield slice(start, stop)
        start = stop
