"""The verifier's compiled loops: nearest codes, similarity hypotheses, affine rounds. No random choice: the same two signatures give the same answer.

Places are shares of the longer side of each trimmed picture, sizes sixteenths of an octave, angles 256ths of a turn. Kernels allocate nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import Words, popcount
from clew.matching.hits import Numbers

FLOATS, NUMBERS, WORDS = types.float64[::1], types.int64[::1], types.uint64[::1]
Floats = NDArray[np.float64]

#: A nearest code within this many of 128 bits counts; up to the second bound it must also be clearly nearer than any code elsewhere.
NEAR_BITS_MAX, FAIR_BITS_MAX = 26, 36
#: "Clearly": fewer than four fifths of the bits of the next one.
_FIFTHS = 4
#: Held keypoints nearer together than this are one place with several angles.
_ONE_PLACE = 0.015
#: How far a match may lie from where the transform puts it, in held units: at first, then after each round.
_LOOSE, TOLERANCE = 0.026, 60 / 4096
#: How far sizes (16ths of an octave) and angles (256ths of a turn) may stray from the transform's.
_SIZE_SLACK, _ANGLE_SLACK = 12.0, 20.0
_ROUNDS = 3
#: One inlier for each such field of either picture: a letter or a leaf found twenty times is one place.
CELLS = 64
_QUERY_CELLS = 96
_STRETCH_MAX = 2.5
_SCALE_MIN, _SCALE_MAX = 1 / 16, 16.0


@njit(types.int64(WORDS, WORDS, FLOATS, FLOATS, NUMBERS, NUMBERS), nogil=True, cache=True)
def match_codes(
    query: Words, held: Words, held_x: Floats, held_y: Floats, out_query: Numbers, out_held: Numbers
) -> int:
    """Pairs of a query keypoint and the held one with the nearest code, where it is near enough; how many there are."""
    found = 0
    for at in range(query.size // 2):
        first, second = query[2 * at], query[2 * at + 1]
        best, best_at = FAIR_BITS_MAX + 1, -1
        for other in range(held.size // 2):
            distance = popcount(held[2 * other] ^ first) + popcount(held[2 * other + 1] ^ second)
            if distance < best:
                best, best_at = distance, other
        if best_at < 0:
            continue
        if best > NEAR_BITS_MAX:
            next_best = 128
            for other in range(held.size // 2):
                if (
                    abs(held_x[other] - held_x[best_at]) < _ONE_PLACE
                    and abs(held_y[other] - held_y[best_at]) < _ONE_PLACE
                ):
                    continue
                distance = popcount(held[2 * other] ^ first) + popcount(held[2 * other + 1] ^ second)
                next_best = min(next_best, distance)
            if 5 * best >= _FIFTHS * next_best:
                continue
        out_query[found], out_held[found] = at, best_at
        found += 1
    return found


@njit(types.float64(types.float64, types.float64), nogil=True, cache=True)
def _turn_apart(first: float, second: float) -> float:
    apart = abs(first - second) % 256.0
    return min(apart, 256.0 - apart)


@njit(types.void(FLOATS, types.int64, types.float64[::1]), nogil=True, cache=True)
def _similarity(pairs: Floats, at: int, out: Floats) -> None:
    """The transform that one match alone suggests, as a 2 x 3 matrix in `out`."""
    row = 6 * at
    scale = 2.0 ** (pairs[row + 4] / 16.0)
    turn = pairs[row + 5] * (2.0 * math.pi / 256.0)
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    out[0], out[1], out[3], out[4] = cosine, -sine, sine, cosine
    out[2] = pairs[row + 2] - cosine * pairs[row] + sine * pairs[row + 1]
    out[5] = pairs[row + 3] - sine * pairs[row] - cosine * pairs[row + 1]


@njit(types.int64(FLOATS, types.int64, FLOATS, types.float64, types.uint8[::1]), nogil=True, cache=True)
def _mark(pairs: Floats, count: int, transform: Floats, tolerance: float, marks: NDArray[np.uint8]) -> int:
    """Mark the matches that fit a transform in place, size and angle; how many do."""
    determinant = transform[0] * transform[4] - transform[1] * transform[3]
    if determinant <= 0.0:
        marks[:count] = 0
        return 0
    size = 8.0 * math.log2(determinant)
    turn = math.atan2(transform[3] - transform[1], transform[0] + transform[4]) * (256.0 / (2.0 * math.pi))
    # Where the picture shrinks, so does what is told apart in it.
    bound = tolerance * min(1.0, max(0.35, math.sqrt(determinant)))
    bound *= bound
    found = 0
    for at in range(count):
        row = 6 * at
        off_x = transform[0] * pairs[row] + transform[1] * pairs[row + 1] + transform[2] - pairs[row + 2]
        off_y = transform[3] * pairs[row] + transform[4] * pairs[row + 1] + transform[5] - pairs[row + 3]
        fits = (
            off_x * off_x + off_y * off_y <= bound
            and abs(pairs[row + 4] - size) <= _SIZE_SLACK
            and _turn_apart(pairs[row + 5], turn) <= _ANGLE_SLACK
        )
        marks[at] = fits
        found += fits
    return found


@njit(types.boolean(FLOATS), nogil=True, cache=True)
def _is_plausible(transform: Floats) -> bool:
    """No mirror image, no stretching beyond what a slanted photograph has, no absurd size."""
    determinant = transform[0] * transform[4] - transform[1] * transform[3]
    if not _SCALE_MIN * _SCALE_MIN < determinant < _SCALE_MAX * _SCALE_MAX:
        return False
    squares = transform[0] ** 2 + transform[1] ** 2 + transform[3] ** 2 + transform[4] ** 2
    spread = math.sqrt(max(0.0, squares * squares / 4.0 - determinant * determinant))
    longest = math.sqrt(squares / 2.0 + spread)
    return bool(longest * longest <= _STRETCH_MAX * determinant)


@njit(types.boolean(FLOATS, types.int64, types.uint8[::1], FLOATS), nogil=True, cache=True)
def _fit(pairs: Floats, count: int, marks: NDArray[np.uint8], out: Floats) -> bool:
    """The affine transform of the marked matches by least squares; False where they do not decide one that a picture may undergo."""
    total, mean_x, mean_y, mean_u, mean_v = 0, 0.0, 0.0, 0.0, 0.0
    for at in range(count):
        if marks[at]:
            row = 6 * at
            total += 1
            mean_x, mean_y = mean_x + pairs[row], mean_y + pairs[row + 1]
            mean_u, mean_v = mean_u + pairs[row + 2], mean_v + pairs[row + 3]
    if total < 4:
        return False
    mean_x, mean_y, mean_u, mean_v = mean_x / total, mean_y / total, mean_u / total, mean_v / total
    xx = xy = yy = xu = yu = xv = yv = 0.0
    for at in range(count):
        if marks[at]:
            row = 6 * at
            x, y = pairs[row] - mean_x, pairs[row + 1] - mean_y
            u, v = pairs[row + 2] - mean_u, pairs[row + 3] - mean_v
            xx, xy, yy = xx + x * x, xy + x * y, yy + y * y
            xu, yu, xv, yv = xu + x * u, yu + y * u, xv + x * v, yv + y * v
    determinant = xx * yy - xy * xy
    # Matches on one line leave the other direction open.
    if determinant <= 1e-3 * (xx + yy) * (xx + yy) / 4.0 or determinant <= 1e-12:
        return False
    out[0], out[1] = (xu * yy - yu * xy) / determinant, (yu * xx - xu * xy) / determinant
    out[3], out[4] = (xv * yy - yv * xy) / determinant, (yv * xx - xv * xy) / determinant
    out[2] = mean_u - out[0] * mean_x - out[1] * mean_y
    out[5] = mean_v - out[3] * mean_x - out[4] * mean_y
    return bool(_is_plausible(out))


@njit(types.int64(FLOATS, types.int64, types.uint8[::1], types.uint8[::1]), nogil=True, cache=True)
def _distinct(pairs: Floats, count: int, marks: NDArray[np.uint8], taken: NDArray[np.uint8]) -> int:
    """Unmark all but one match of each field of either picture; how many are left."""
    taken[:] = 0
    found, offset = 0, (CELLS + 1) * (CELLS + 1)
    for at in range(count):
        if not marks[at]:
            continue
        row = 6 * at
        theirs = int(pairs[row + 3] * CELLS) * (CELLS + 1) + int(pairs[row + 2] * CELLS)
        ours = offset + int(pairs[row + 1] * _QUERY_CELLS) * (_QUERY_CELLS + 1) + int(pairs[row] * _QUERY_CELLS)
        if taken[theirs] or taken[ours]:
            marks[at] = 0
            continue
        taken[theirs] = taken[ours] = 1
        found += 1
    return found


@njit(types.boolean(FLOATS, types.int64, types.uint8[::1], FLOATS), nogil=True, cache=True)
def _refined(pairs: Floats, count: int, marks: NDArray[np.uint8], transform: Floats) -> bool:
    """Fit and mark by turns; whether a transform is left that at least four matches fit."""
    for _round in range(_ROUNDS):
        if not _fit(pairs, count, marks, transform):
            return False
        if _mark(pairs, count, transform, TOLERANCE, marks) < 4:
            return False
    return True


#: Bytes that `align` marks fields in.
TAKEN_BYTES = (CELLS + 1) ** 2 + (_QUERY_CELLS + 1) ** 2


@njit(
    types.int64(
        FLOATS, types.int64, types.int64, NUMBERS, types.uint8[::1], types.uint8[::1], types.uint8[::1], FLOATS, FLOATS
    ),
    nogil=True,
    cache=True,
)
def align(
    pairs: Floats,
    count: int,
    tries: int,
    votes: Numbers,
    marks: NDArray[np.uint8],
    best_marks: NDArray[np.uint8],
    taken: NDArray[np.uint8],
    transform: Floats,
    best: Floats,
) -> int:
    """The affine transform that most matches fit, in `best`, with those matches in `best_marks`; how many there are, each of its own place.

    `pairs` holds six numbers a match: x and y asked, x and y held, steps of size and of angle. Every match is a hypothesis; the `tries`
    with the most followers are refined, none that an earlier one already explains.
    """
    most = 0
    for at in range(count):
        _similarity(pairs, at, transform)
        votes[at] = _mark(pairs, count, transform, _LOOSE, marks)
    for _attempt in range(tries):
        seed = np.argmax(votes[:count])
        if votes[seed] < 4:
            break
        votes[seed] = 0
        _similarity(pairs, seed, transform)
        _mark(pairs, count, transform, _LOOSE, marks)
        if not _refined(pairs, count, marks, transform):
            continue
        for at in range(count):
            if marks[at]:
                votes[at] = 0
        found = _distinct(pairs, count, marks, taken)
        if found > most:
            most = found
            best[:] = transform
            best_marks[:count] = marks[:count]
    return most


def scratch_of(count: int) -> dict[str, Any]:
    """What `align` writes for so many matches."""
    return {
        "votes": np.zeros(count, dtype=np.int64),
        "marks": np.zeros(count, dtype=np.uint8),
        "best_marks": np.zeros(count, dtype=np.uint8),
        "taken": np.zeros(TAKEN_BYTES, dtype=np.uint8),
        "transform": np.zeros(6),
        "best": np.zeros(6),
    }
