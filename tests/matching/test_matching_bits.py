from __future__ import annotations

import platform

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from clew.matching import flatscan
from clew.matching.bits import aligned_empty, as_bits, pack, popcounts, unpack
from clew.matching.errors import RowsRefused


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_ones_are_counted_as_python_counts_them(words):
    assert popcounts(np.array(words, dtype=np.uint64)).tolist() == [word.bit_count() for word in words]


def test_every_power_and_every_run_of_ones_is_counted():
    words = [1 << n for n in range(64)] + [(1 << n) - 1 for n in range(65)]
    assert popcounts(np.array(words, dtype=np.uint64)).tolist() == [1] * 64 + list(range(65))


def test_distances_of_packed_hashes_are_those_of_their_bits():
    rng = np.random.default_rng(1)
    left, right = rng.integers(0, 256, (2, 100, 32), dtype=np.uint8)
    counted = popcounts((pack(left) ^ pack(right)).reshape(-1)).reshape(-1, 4).sum(axis=1)
    assert counted.tolist() == np.unpackbits(left ^ right, axis=1).sum(axis=1).tolist()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the name of the instruction is that of x86")
def test_the_scan_counts_with_the_processors_own_instruction():
    # Compiled afresh: a function from the cache shows no assembly.
    fresh = njit(flatscan._SIGNATURE, nogil=True)(flatscan.scan.py_func)
    [assembly] = fresh.inspect_asm().values()
    assert assembly.count("popcnt") >= 4


@pytest.mark.parametrize("count", [0, 1, 3])
def test_packing_is_undone_by_unpacking_and_begins_on_a_cache_line(count):
    bits = np.random.default_rng(2).integers(0, 256, (count, 32), dtype=np.uint8)
    words = pack(bits)
    assert words.shape == (count, 4)
    assert count == 0 or words.ctypes.data % 64 == 0
    assert np.array_equal(unpack(words), bits)


def test_packing_takes_what_cannot_be_written_and_what_lies_scattered():
    bits = np.arange(128, dtype=np.uint8).reshape(4, 32)
    frozen = np.frombuffer(bits.tobytes(), dtype=np.uint8).reshape(4, 32)
    assert np.array_equal(unpack(pack(frozen)), bits)
    assert pack(frozen).flags.writeable
    assert np.array_equal(unpack(pack(bits[::2])), bits[::2])
    assert np.array_equal(unpack(pack(np.asfortranarray(bits))), bits)


def test_one_hash_is_one_row():
    assert as_bits(np.zeros(32, dtype=np.uint8)).shape == (1, 32)


@pytest.mark.parametrize(
    "bits", [np.zeros(31, np.uint8), np.zeros((2, 31), np.uint8), np.zeros((1, 32)), np.zeros((1, 1, 32), np.uint8), []]
)
def test_what_is_no_hash_is_refused(bits):
    with pytest.raises(RowsRefused):
        as_bits(bits)


def test_aligned_arrays_have_the_size_asked_for():
    for size in (0, 1, 7, 1000):
        array = aligned_empty(size, np.uint64)
        assert (array.size, array.dtype) == (size, np.uint64)
        assert size == 0 or array.ctypes.data % 64 == 0
