"""Shrinking: a smaller picture by the mean of the area under each pixel, in one pass over the large one and without a copy of it."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt


@numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"})
def _mean_areas(
    rows: npt.NDArray[np.uint8],
    small: npt.NDArray[np.uint8],
    down: npt.NDArray[np.float32],
    tops: npt.NDArray[np.int64],
    across: npt.NDArray[np.float32],
    lefts: npt.NDArray[np.int64],
) -> None:
    """Fill `small` (h, w, 3) from `rows` (H, 3 * W): rows are summed first, which the compiler turns into wide instructions."""
    line = np.empty(rows.shape[1], dtype=np.float32)
    for i in range(small.shape[0]):
        line[:] = 0.5
        for step in range(down.shape[1]):
            share = down[i, step]
            row = rows[min(tops[i] + step, rows.shape[0] - 1)]
            for x in range(rows.shape[1]):
                line[x] += share * np.float32(row[x])
        for j in range(small.shape[1]):
            red = green = blue = np.float32(0.0)
            for step in range(across.shape[1]):
                share = across[j, step]
                x = 3 * (lefts[j] + step) if share else 0
                red += share * line[x]
                green += share * line[x + 1]
                blue += share * line[x + 2]
            small[i, j, 0] = np.uint8(red)
            small[i, j, 1] = np.uint8(green)
            small[i, j, 2] = np.uint8(blue)


def _shares(length: int, small_length: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """For each place of the smaller line: the first place under it, and what part of the whole each of those under it makes."""
    edges = np.arange(small_length + 1) * (length / small_length)
    starts = np.minimum(edges[:-1].astype(np.int64), length - 1)
    places = starts[:, None] + np.arange(int(np.ceil(length / small_length)) + 1)
    under = np.minimum(places + 1, edges[1:, None]) - np.maximum(places, edges[:-1, None])
    under = np.where(places < length, under.clip(0.0), 0.0)
    return (under / under.sum(axis=1, keepdims=True)).astype(np.float32), starts


def shrunk(pixels: npt.NDArray[np.uint8], side_pixels_max: int) -> npt.NDArray[np.uint8]:
    """The (H, W, 3) picture shrunk, in its proportions, until no side is longer than `side_pixels_max`; never enlarged.

    Each pixel is the mean of the area it stands for, to the nearest value (area averaging).
    """
    height, width = pixels.shape[:2]
    scale = side_pixels_max / max(height, width)
    if scale >= 1:
        return pixels
    small = np.empty((max(1, round(height * scale)), max(1, round(width * scale)), 3), dtype=np.uint8)
    rows = np.ascontiguousarray(pixels).reshape(height, 3 * width)
    _mean_areas(rows, small, *_shares(height, small.shape[0]), *_shares(width, small.shape[1]))
    return small
