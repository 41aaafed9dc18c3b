"""Bits: how 256-bit hashes are held, and the population count that every Hamming distance is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from clew.matching.errors import RowsRefused

HASH_BYTES = 32
HASH_BITS = 8 * HASH_BYTES
#: A cache line: a row that straddles two costs two loads.
_LINE_BYTES = 64

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]


def aligned_empty(size: int, dtype: Any) -> NDArray[Any]:
    """An uninitialised array of `size` elements which begins on a cache line; numpy's own begin 16 bytes past one."""
    wanted_bytes = size * np.dtype(dtype).itemsize
    raw = np.empty(wanted_bytes + _LINE_BYTES, dtype=np.uint8)
    start = -raw.ctypes.data % _LINE_BYTES
    return raw[start : start + wanted_bytes].view(dtype)


def as_bits(bits: Any) -> Bytes:
    """Hashes as an (n, 32) array of bytes; one hash of 32 bytes becomes one row. Raises RowsRefused."""
    rows = np.asarray(bits)
    if rows.dtype != np.uint8:
        raise RowsRefused(reason="hashes are arrays of bytes")
    if rows.shape == (HASH_BYTES,):
        rows = rows.reshape(1, HASH_BYTES)
    if rows.ndim != 2 or rows.shape[1] != HASH_BYTES:
        raise RowsRefused(reason="a hash has 32 bytes")
    return rows


def pack(bits: Any) -> Words:
    """Hashes (n, 32) of bytes as (n, 4) words of 64 bits: a fresh, writable array on a cache line, so that the compiled
    kernels meet one type only.
    """
    rows = as_bits(bits)
    words = aligned_empty(4 * len(rows), np.uint64).reshape(len(rows), 4)
    words.view(np.uint8)[...] = rows
    return words


def unpack(words: Words) -> Bytes:
    """Words (n, 4) as the hashes (n, 32) of bytes they were packed from."""
    return np.ascontiguousarray(words).view(np.uint8).reshape(-1, HASH_BYTES)


@intrinsic
def popcount(_typing: Any, _word: Any) -> Any:
    """The number of ones in a word, as a signed number: one instruction where the usual shifts and masks take twelve.

    Takes uint64 and gives int64, since numba makes floats of sums that mix the two.
    """

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@njit(types.int64[::1](types.uint64[::1]), nogil=True, cache=True)
def popcounts(words: Words) -> NDArray[np.int64]:
    """The number of ones in each word."""
    counts = np.empty(words.size, dtype=np.int64)
    for at in range(words.size):
        counts[at] = popcount(words[at])
    return counts
