"""The scene index: which held pictures may share a part with this one? It proposes; `scene_verify.verify` decides.

A large segment, usually mapped from a file, answers together with small ones in memory that take what came since. `SceneIndex(segments)`,
`.add(ids, signatures)`, `.remove(ids)`, `.search(query, count_max)`, `.joined()` for the next file. Signatures themselves are not kept here:
the caller fetches those of the candidates.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clew.matching.scene_search import VOTE_BITS_MAX
from clew.matching.scene_segment import Asked, SceneSegment
from clew.signatures.scene_signature import SceneQuery, SceneSignature

#: Candidates that are worth a look.
CANDIDATES_MAX = 50


@dataclass(frozen=True, slots=True)
class SceneCandidate:
    """A held picture that may share a part with the question, and in which of its two mirror images."""

    id: int
    #: 256 for each keypoint whose code is the very same, less for others; only those that agree on size and angle count.
    score: int
    is_mirrored: bool


class SceneIndex:
    """Signatures under ids, searched, added to and removed from by many threads at once. The same question gives the same answer."""

    def __init__(self, segments: Sequence[SceneSegment] = ()) -> None:
        #: Segments are never changed, only replaced: a search keeps those it began with.
        self._kept = tuple(segments)
        #: In memory, largest first; each at least twice the next, so that there are few and each picture is moved seldom.
        self._recent: tuple[SceneSegment, ...] = ()
        self._changing = threading.Lock()

    def __len__(self) -> int:
        """Pictures held."""
        return sum(len(segment) for segment in self._kept + self._recent)

    @property
    def recent_count(self) -> int:
        """Pictures held in memory only: what the next file takes over."""
        return sum(len(segment) for segment in self._recent)

    def add(self, ids: Any, signatures: Sequence[SceneSignature]) -> None:
        """Hold (n,) ids with a signature each; the next search finds them. An id may have several. Raises RowsRefused."""
        fresh = SceneSegment.build(ids, signatures)
        if not len(fresh):
            return
        with self._changing:
            recent = list(self._recent)
            while recent and len(recent[-1].postings.ids) < 2 * len(fresh.postings.ids):
                fresh = SceneSegment.joined([recent.pop(), fresh])
            self._recent = (*recent, fresh)

    def remove(self, ids: Any) -> None:
        """Forget these ids; the next search finds none of them. Unknown ones are no error."""
        numbers = np.unique(np.atleast_1d(np.asarray(ids, dtype=np.int64)))
        with self._changing:
            for segment in self._kept + self._recent:
                segment.remove(numbers)

    def search(
        self, query: SceneQuery, count_max: int = CANDIDATES_MAX, *, bits_max: int = VOTE_BITS_MAX
    ) -> list[SceneCandidate]:
        """The held pictures with the most votes, the best first, each id once; those with as many in the order of their ids."""
        segments = self._kept + self._recent
        best: dict[int, tuple[int, bool]] = {}
        for is_mirrored, signature, probes in (
            (False, query.direct, query.probes),
            (True, query.mirrored, query.mirrored_probes),
        ):
            asked = Asked.of(signature, probes)
            for segment in segments:
                for number, score in zip(*segment.search(asked, bits_max=bits_max), strict=True):
                    if score > best.get(int(number), (0, False))[0]:
                        best[int(number)] = (int(score), is_mirrored)
        order = sorted(best.items(), key=lambda found: (-found[1][0], found[0]))[:count_max]
        return [SceneCandidate(number, score, is_mirrored) for number, (score, is_mirrored) in order]

    def joined(self) -> SceneSegment:
        """One segment of everything held now, for `write_scene_segment`."""
        with self._changing:
            return SceneSegment.joined(self._kept + self._recent)
