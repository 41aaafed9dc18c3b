"""The scene index's compiled loops: postings under a word are compared by code, vote for their picture, and agree on size and angle.

A detail that the question shows many times asks once. Votes are whole numbers, so that no order of adding them changes a sum. Kernels
allocate nothing; what they mark in the scratch they take away again, so that a question costs what it meets and not what is held.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import Words, popcount
from clew.matching.hits import Numbers

#: A posting whose 64 bits differ in more than this many does not vote.
VOTE_BITS_MAX = 10
#: The vote of a code at each distance: exp(-(h / 14)^2), in 256ths.
VOTES = np.rint(256 * np.exp(-((np.arange(VOTE_BITS_MAX + 1) / 14.0) ** 2))).astype(np.int64)
#: Votes are gathered by half octaves of size, from -8 to 8 octaves, and sixteenths of a turn.
SIZE_BINS, ANGLE_BINS = 32, 16
BINS = SIZE_BINS * ANGLE_BINS

#: Keypoints of one question this near in code, half an octave of size and a sixteenth of a turn are one detail over and over.
SAME_BITS_MAX, SAME_SIZE_MAX, SAME_ANGLE_MAX = 10, 8, 16

BYTES, SHORTS = types.uint8[::1], types.uint16[::1]
NUMBERS, SLOTS, WORDS = types.int64[::1], types.uint32[::1], types.uint64[::1]
Slots = NDArray[np.uint32]


@njit(
    types.int64(
        *(NUMBERS, SLOTS, WORDS, BYTES, BYTES, BYTES),
        *(SHORTS, WORDS, BYTES, BYTES, types.int64, NUMBERS),
        *(SLOTS, SHORTS, SHORTS, SHORTS),
    ),
    nogil=True,
    cache=True,
)
def gather(
    offsets: Numbers,
    pictures: Slots,
    codes: Words,
    sizes: NDArray[np.uint8],
    angles: NDArray[np.uint8],
    is_held: NDArray[np.uint8],
    probes: NDArray[np.uint16],
    query_codes: Words,
    query_sizes: NDArray[np.uint8],
    query_angles: NDArray[np.uint8],
    bits_max: int,
    votes_of: Numbers,
    out_slot: Slots,
    out_bin: NDArray[np.uint16],
    out_vote: NDArray[np.uint16],
    out_keypoint: NDArray[np.uint16],
) -> int:
    """Write each posting near a keypoint of the question: its picture, its bin, its vote; how many there are, even if they do not fit."""
    found = 0
    probes_each = probes.size // max(1, query_codes.size)
    for keypoint in range(query_codes.size):
        code = query_codes[keypoint]
        for probe in range(probes_each):
            word = np.int64(probes[keypoint * probes_each + probe])
            for at in range(offsets[word], offsets[word + 1]):
                distance = popcount(codes[at] ^ code)
                if distance > bits_max or not is_held[pictures[at]]:
                    continue
                if found < out_slot.size:
                    apart = np.int64(sizes[at]) - np.int64(query_sizes[keypoint]) + 128
                    turned = (np.int64(angles[at]) - np.int64(query_angles[keypoint])) & 255
                    size_bin = np.int64(min(max(apart, np.int64(0)), np.int64(255))) >> np.int64(3)
                    out_slot[found] = pictures[at]
                    out_bin[found] = np.uint16(size_bin * ANGLE_BINS + (turned >> 4))
                    out_vote[found] = np.uint16(votes_of[distance])
                    out_keypoint[found] = np.uint16(keypoint)
                found += 1
    return found


@njit(types.int64(WORDS, BYTES, BYTES, types.uint8[::1]), nogil=True, cache=True)
def once_each(codes: Words, sizes: NDArray[np.uint8], angles: NDArray[np.uint8], out_is_kept: NDArray[np.uint8]) -> int:
    """Mark the keypoints of a question that are like none before them; how many there are.

    A picture turned on its page has a few hundred alike along its edges. Each would vote for every held picture with one such edge, and all
    of them agree on size and angle: bursts (Jégou, Douze and Schmid 2009), which here are counted once.
    """
    kept = 0
    for at in range(codes.size):
        is_new = True
        for before in range(at):
            if not out_is_kept[before] or popcount(codes[before] ^ codes[at]) > SAME_BITS_MAX:
                continue
            apart = abs(np.int64(sizes[before]) - np.int64(sizes[at]))
            turned = (np.int64(angles[before]) - np.int64(angles[at])) & 255
            if apart <= SAME_SIZE_MAX and min(turned, 256 - turned) <= SAME_ANGLE_MAX:
                is_new = False
                break
        out_is_kept[at] = is_new
        kept += is_new
    return kept


@njit(types.int64(types.uint32, types.int64), nogil=True, cache=True)
def _level(votes: int, top: int) -> int:
    """The place of a sum of votes in the histogram: quarters of a vote."""
    level = np.int64(votes) >> np.int64(6)
    return int(min(level, np.int64(top)))


@njit(types.int64(SLOTS, types.int64, types.int64), nogil=True, cache=True)
def _agreeing(table: Slots, begin: int, bin_at: int) -> int:
    """The votes of a bin, of the next size, the next angle, and both."""
    size, angle = bin_at // ANGLE_BINS, bin_at % ANGLE_BINS
    here, beside = begin + size * ANGLE_BINS, (angle + 1) % ANGLE_BINS
    above = here + ANGLE_BINS
    return int(table[here + angle]) + int(table[here + beside]) + int(table[above + angle]) + int(table[above + beside])


@njit(types.void(SLOTS, SHORTS, SHORTS, types.int64, SLOTS, SHORTS), nogil=True, cache=True)
def _sum_up(
    slots: Slots,
    votes: NDArray[np.uint16],
    keypoints: NDArray[np.uint16],
    count: int,
    sums: Slots,
    last: NDArray[np.uint16],
) -> None:
    """The votes for each picture, one for each keypoint of the question."""
    for at in range(count):
        slot = slots[at]
        if last[slot] != keypoints[at] + 1:
            last[slot] = np.uint16(keypoints[at] + 1)
            sums[slot] += np.uint32(votes[at])


@njit(
    types.int64(SLOTS, SHORTS, SHORTS, types.int64, SLOTS, SHORTS, NUMBERS, SLOTS),
    nogil=True,
    cache=True,
)
def choose(
    slots: Slots,
    votes: NDArray[np.uint16],
    keypoints: NDArray[np.uint16],
    count: int,
    sums: Slots,
    last: NDArray[np.uint16],
    histogram: Numbers,
    out_chosen: Slots,
) -> int:
    """The pictures with the most votes, one for each keypoint of the question, at most as many as `out_chosen` holds; how many.

    Leaves in `sums` one more than the place in `out_chosen` of each chosen picture, and nothing else: `tally` goes by that.
    """
    histogram[:] = 0
    _sum_up(slots, votes, keypoints, count, sums, last)
    top = histogram.size - 1
    for at in range(count):
        slot = slots[at]
        if last[slot]:
            last[slot] = 0
            histogram[_level(sums[slot], top)] += 1
    floor, above = top + 1, 0
    while floor > 1 and above + histogram[floor - 1] <= out_chosen.size:
        floor -= 1
        above += histogram[floor]
    # Of those just below the floor, which may be a thousand copies of one picture, as many as there is room for.
    chosen, room = 0, out_chosen.size - above
    for at in range(count):
        slot = slots[at]
        if sums[slot] and not last[slot]:
            last[slot] = 1
            level = _level(sums[slot], top)
            if level == floor - 1:
                room -= 1
            if level >= floor or (level == floor - 1 and room >= 0):
                out_chosen[chosen] = slot
                chosen += 1
                sums[slot] = np.uint32(chosen)
            else:
                sums[slot] = 0
    for at in range(count):
        last[slots[at]] = 0
    return chosen


@njit(
    types.void(SLOTS, SHORTS, SHORTS, SHORTS, types.int64, SLOTS, SLOTS, types.int64, SLOTS, SHORTS, NUMBERS),
    nogil=True,
    cache=True,
)
def tally(
    slots: Slots,
    bins: NDArray[np.uint16],
    votes: NDArray[np.uint16],
    keypoints: NDArray[np.uint16],
    count: int,
    places: Slots,
    chosen: Slots,
    chosen_count: int,
    table: Slots,
    last: NDArray[np.uint16],
    out_score: Numbers,
) -> None:
    """The score of each chosen picture: the most votes that agree on size and angle, within a bin and its next. Clears `places`."""
    table[: chosen_count * BINS] = 0
    last[: chosen_count * BINS] = 0
    for at in range(count):
        place_after = np.int64(places[slots[at]])
        if place_after:
            cell = (place_after - 1) * BINS + np.int64(bins[at])
            if last[cell] != keypoints[at] + 1:
                last[cell] = np.uint16(keypoints[at] + 1)
                table[cell] += np.uint32(votes[at])
    for place in range(chosen_count):
        places[chosen[place]] = 0
        out_score[place] = 0
        for at in range(BINS - ANGLE_BINS):
            out_score[place] = max(out_score[place], np.int64(_agreeing(table, place * BINS, at)))


class SearchScratch:
    """What one thread writes while it searches segments of up to so many pictures."""

    #: Pictures whose votes are looked at by size and angle.
    CHOSEN_MAX = 1024
    _HISTOGRAM = 4096

    def __init__(self, pictures: int) -> None:
        self.sums = np.zeros(pictures, dtype=np.uint32)
        self.last = np.zeros(pictures, dtype=np.uint16)
        self.histogram = np.zeros(self._HISTOGRAM, dtype=np.int64)
        self.chosen = np.zeros(self.CHOSEN_MAX, dtype=np.uint32)
        self.table = np.zeros(self.CHOSEN_MAX * BINS, dtype=np.uint32)
        self.table_last = np.zeros(self.CHOSEN_MAX * BINS, dtype=np.uint16)
        self.scores = np.zeros(self.CHOSEN_MAX, dtype=np.int64)
        self.grow(1 << 17)

    def grow(self, hits: int) -> None:
        """Make room for so many postings."""
        self.slot = np.empty(hits, dtype=np.uint32)
        self.bin, self.vote, self.keypoint = (np.empty(hits, dtype=np.uint16) for _ in range(3))

    def hits(self) -> tuple[Any, Any, Any, Any]:
        """The four arrays of postings."""
        return self.slot, self.bin, self.vote, self.keypoint
