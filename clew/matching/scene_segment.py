"""A scene segment: the postings of many pictures in the order of their words, immutable, in memory or mapped from a file.

Fourteen bytes a keypoint: the picture's place (4), 64 bits of its code (8), its size and its angle. `SceneSegment.build`, `.joined`,
`.search`; files are `write_scene_segment` and `open_scene_segment` of `clew.matching.scene_files`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.matching.bits import Words
from clew.matching.errors import RowsRefused
from clew.matching.hits import Numbers
from clew.matching.scene_search import (
    BINS,
    VOTE_BITS_MAX,
    VOTES,
    SearchScratch,
    Slots,
    choose,
    gather,
    once_each,
    tally,
)
from clew.signatures.scene_signature import SceneSignature, Shorts

WORDS = 1 << 16
#: Keypoints of a signature that are indexed.
INDEXED_KEYPOINTS_MAX = 200
POSTING_BYTES = 14


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The arrays of a segment. `offsets` say where each word begins; `ids` are ascending, and a posting's picture is a place in them."""

    ids: Numbers
    offsets: Numbers
    pictures: Slots
    codes: Words
    sizes: NDArray[np.uint8]
    angles: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question as the kernels take it: (n * p) words, (n) codes of 64 bits, sizes, angles."""

    probes: Shorts
    codes: Words
    sizes: NDArray[np.uint8]
    angles: NDArray[np.uint8]

    @classmethod
    def of(cls, signature: SceneSignature, probes: Shorts) -> Asked:
        """Of a signature and the (n, p) words to look under: each detail once."""
        codes = short_codes(signature.codes)
        sizes, angles = np.ascontiguousarray(signature.size), np.ascontiguousarray(signature.angle)
        marks = np.zeros(len(codes), dtype=np.uint8)
        once_each(codes, sizes, angles, marks)
        kept = marks.astype(bool)
        return cls(np.ascontiguousarray(probes[kept]).reshape(-1), codes[kept], sizes[kept], angles[kept])


def short_codes(codes: NDArray[np.uint8]) -> Words:
    """The first half of each (n, 16) code, as a word of 64 bits."""
    return np.ascontiguousarray(codes[:, :8]).view(np.uint64).reshape(-1)


class SceneSegment:
    """Postings with a mark for each picture whether it is still held."""

    def __init__(self, postings: Postings, is_held: NDArray[np.uint8] | None = None) -> None:
        self.postings = postings
        self._is_held = np.ones(len(postings.ids), dtype=np.uint8) if is_held is None else is_held
        self._own = threading.local()

    def __len__(self) -> int:
        """Pictures still held."""
        return int(self._is_held.sum())

    @classmethod
    def build(cls, ids: Any, signatures: Sequence[SceneSignature]) -> SceneSegment:
        """Of (n,) ids and a signature for each; an id may have several. Raises RowsRefused."""
        numbers = np.atleast_1d(np.asarray(ids, dtype=np.int64))
        if numbers.shape != (len(signatures),):
            raise RowsRefused(reason="each signature has one id")
        order = np.argsort(numbers, kind="stable")
        kept = [signatures[at].first(INDEXED_KEYPOINTS_MAX) for at in order]
        if not kept:
            return cls(_sorted(numbers, *_none()))
        return cls(
            _sorted(
                numbers[order],
                np.concatenate([signature.words for signature in kept]),
                np.repeat(np.arange(len(kept), dtype=np.uint32), [len(signature) for signature in kept]),
                np.concatenate([short_codes(signature.codes) for signature in kept]),
                np.concatenate([signature.size for signature in kept]),
                np.concatenate([signature.angle for signature in kept]),
            )
        )

    @classmethod
    def joined(cls, segments: Sequence[SceneSegment]) -> SceneSegment:
        """One segment of what several still hold."""
        parts = [segment.kept() for segment in segments]
        ids = np.concatenate([np.empty(0, dtype=np.int64), *(part[0] for part in parts)])
        order = np.argsort(ids, kind="stable")
        rank = np.empty(len(ids), dtype=np.uint32)
        rank[order] = np.arange(len(ids), dtype=np.uint32)
        begins = np.cumsum([0, *(len(part[0]) for part in parts)])
        columns = [
            np.concatenate([empty, *(part[1][column] for part in parts)]) for column, empty in enumerate(_none())
        ]
        columns[1] = np.concatenate(
            [
                np.empty(0, dtype=np.uint32),
                *(rank[begin + part[1][1]] for begin, part in zip(begins[:-1], parts, strict=True)),
            ]
        )
        # Pictures in the order of their ids under each word, whichever segment they come from.
        by_picture = np.argsort(columns[1], kind="stable")
        return cls(_sorted(ids[order], *(column[by_picture] for column in columns)))

    def kept(self) -> tuple[Numbers, tuple[Any, ...]]:
        """The ids still held, and words, pictures (renumbered), codes, sizes and angles of their postings."""
        held, postings = self._is_held.astype(bool), self.postings
        words = np.repeat(np.arange(WORDS, dtype=np.uint16), np.diff(postings.offsets))
        kept = held[postings.pictures]
        places = (np.cumsum(held) - 1).astype(np.uint32)
        columns = (postings.codes[kept], postings.sizes[kept], postings.angles[kept])
        return postings.ids[held], (words[kept], places[postings.pictures[kept]], *columns)

    def remove(self, ids: Numbers) -> None:
        """Forget these ids; unknown ones are no error."""
        begins = np.searchsorted(self.postings.ids, ids, side="left")
        ends = np.searchsorted(self.postings.ids, ids, side="right")
        for begin, end in zip(begins, ends, strict=True):
            self._is_held[begin:end] = 0

    def search(self, asked: Asked, *, bits_max: int = VOTE_BITS_MAX) -> tuple[Numbers, Numbers]:
        """Ids and scores of the pictures with the most votes, in no order; an id may come several times."""
        postings, scratch = self.postings, self._scratch()
        if not len(postings.ids) or not len(asked.codes):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        count = self._gathered(asked, bits_max, scratch)
        if count > scratch.slot.size:
            scratch.grow(count + count // 4)
            count = self._gathered(asked, bits_max, scratch)
        slot, kind, vote, keypoint = scratch.hits()
        chosen = choose(slot, vote, keypoint, count, scratch.sums, scratch.last, scratch.histogram, scratch.chosen)
        tally(
            *(slot, kind, vote, keypoint, count, scratch.sums, scratch.chosen, chosen),
            *(scratch.table, scratch.table_last, scratch.scores),
        )
        return postings.ids[scratch.chosen[:chosen]], scratch.scores[:chosen].copy()

    def _gathered(self, asked: Asked, bits_max: int, scratch: SearchScratch) -> int:
        postings = self.postings
        count: int = gather(
            *(postings.offsets, postings.pictures, postings.codes, postings.sizes, postings.angles, self._is_held),
            *(asked.probes, asked.codes, asked.sizes, asked.angles, bits_max, VOTES),
            *scratch.hits(),
        )
        return count

    def _scratch(self) -> SearchScratch:
        if not hasattr(self._own, "scratch"):
            self._own.scratch = SearchScratch(len(self.postings.ids))
        scratch: SearchScratch = self._own.scratch
        return scratch


def _none() -> tuple[Any, ...]:
    """Words, pictures, codes, sizes and angles of no postings."""
    return tuple(np.empty(0, dtype=kind) for kind in (np.uint16, np.uint32, np.uint64, np.uint8, np.uint8))


def _sorted(ids: Numbers, words: Shorts, pictures: Slots, codes: Words, sizes: Any, angles: Any) -> Postings:
    """The postings in the order of their words."""
    order = np.argsort(words, kind="stable")
    offsets = np.zeros(WORDS + 1, dtype=np.int64)
    np.cumsum(np.bincount(words, minlength=WORDS), out=offsets[1:])
    return Postings(ids, offsets, pictures[order], codes[order], sizes[order], angles[order])


assert np.iinfo(np.uint16).max >= BINS
