"""The weights that turn one side of a picture into 64 samples: PDQ's two box filters and its decimation as one banded matrix.

The reference blurs twice with a running mean and then keeps every n-th value. All of it is linear, so it equals
A · luma · Bt, where row i of A (and B) holds the weights of the few pixels that sample i sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SAMPLES = 64
# A folder of seized pictures holds few distinct sizes; one entry takes 20 kB at 4000 pixels. Those of longer sides are made anew each time, in
# some milliseconds: 256 pictures of a few lines, each of another length, would fill the memory.
BANDS_KEPT_MAX, BANDS_KEPT_SIDE_PIXELS_MAX = 256, 16_384


@dataclass(frozen=True, slots=True)
class Bands:
    """The rows of one banded matrix: sample i is the sum of weights[i, k] * line[starts[i] + k] for k < taps[i]."""

    starts: npt.NDArray[np.int64]
    taps: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]


def window_of(side_pixels: int) -> int:
    """The width in pixels of one box filter: half a sample's share of the side, rounded up."""
    return (side_pixels + 2 * SAMPLES - 1) // (2 * SAMPLES)


def samples_of(side_pixels: int) -> npt.NDArray[np.int64]:
    """The 64 positions kept: the centre of each sample's share of the side."""
    return ((np.arange(SAMPLES) + 0.5) * side_pixels / SAMPLES).astype(np.int64)


def bands_of(side_pixels: int) -> Bands:
    """The banded matrix for a side of this many pixels (at least 5); kept, because pictures share sizes."""
    return _bands_kept(side_pixels) if side_pixels <= BANDS_KEPT_SIDE_PIXELS_MAX else _bands(side_pixels)


def reversed_bands_of(side_pixels: int) -> Bands:
    """The bands that give, from a line as it lies, the samples of the same line turned end to end.

    Even windows look further ahead than back, so these are not simply the 64 samples in reverse order.
    """
    return _reversed_kept(side_pixels) if side_pixels <= BANDS_KEPT_SIDE_PIXELS_MAX else _reversed(side_pixels)


@lru_cache(maxsize=BANDS_KEPT_MAX)
def _bands_kept(side_pixels: int) -> Bands:
    return _bands(side_pixels)


@lru_cache(maxsize=BANDS_KEPT_MAX)
def _reversed_kept(side_pixels: int) -> Bands:
    return _reversed(side_pixels)


def _bands(side_pixels: int) -> Bands:
    window = window_of(side_pixels)
    # The box around position p covers p - behind .. p + ahead, cut off at the picture's edges.
    ahead = (window + 2) // 2 - 1
    behind = window - 1 - ahead
    centres = samples_of(side_pixels)
    starts = np.maximum(centres - 2 * behind, 0)
    ends = np.minimum(centres + 2 * ahead, side_pixels - 1) + 1
    weights = np.zeros((SAMPLES, int((ends - starts).max())), dtype=np.float32)
    for i, centre in enumerate(centres.tolist()):
        middles = np.arange(max(centre - behind, 0), min(centre + ahead, side_pixels - 1) + 1)
        lefts, rights = np.maximum(middles - behind, 0), np.minimum(middles + ahead, side_pixels - 1) + 1
        shares = 1.0 / (rights - lefts) / len(middles)
        # Where each box begins and ends: their sums along the line are linear in its length, adding box by box is not.
        steps = np.bincount(lefts - starts[i], shares, weights.shape[1] + 1)
        steps -= np.bincount(rights - starts[i], shares, weights.shape[1] + 1)
        taps = int(ends[i] - starts[i])
        weights[i, :taps] = np.cumsum(steps)[:taps]
    return _sealed(Bands(starts, ends - starts, weights))


def _reversed(side_pixels: int) -> Bands:
    bands = bands_of(side_pixels)
    weights = np.zeros_like(bands.weights)
    for i, taps in enumerate(bands.taps):
        weights[i, :taps] = bands.weights[i, :taps][::-1]
    return _sealed(Bands(side_pixels - bands.starts - bands.taps, bands.taps, weights))


def _sealed(bands: Bands) -> Bands:
    """The same bands, read-only: they are shared by every thread."""
    for array in (bands.starts, bands.taps, bands.weights):
        array.setflags(write=False)
    return bands


@lru_cache(maxsize=1)
def dct_matrix() -> npt.NDArray[np.float32]:
    """The (16, 64) matrix of cosines for frequencies 1..16, rounded to float32 where the reference rounds."""
    frequencies = np.arange(1, 17, dtype=np.float64)[:, None]
    positions = 2 * np.arange(SAMPLES, dtype=np.float64)[None, :] + 1
    scale = np.float64(np.float32(np.sqrt(2.0 / SAMPLES)))
    matrix = (scale * np.cos(np.pi / 2.0 / SAMPLES * frequencies * positions)).astype(np.float32)
    matrix.setflags(write=False)
    return matrix
