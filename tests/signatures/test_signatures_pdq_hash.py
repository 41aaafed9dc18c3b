"""The hash as a value: its text form, its distance, and what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.signatures.pdq import PdqHash, PdqHashUnreadable

BITS = st.binary(min_size=32, max_size=32)


@given(BITS, st.integers(0, 100))
def test_the_text_form_reads_back(bits, quality):
    made = PdqHash(bits, quality)
    assert len(made.hex) == 64
    assert PdqHash.from_hex(made.hex, quality) == made
    assert PdqHash.from_hex(made.hex.upper(), quality) == made


@given(BITS, BITS)
def test_distance_counts_differing_bits(first, second):
    expected = sum((first[i // 8] ^ second[i // 8]) >> (i % 8) & 1 for i in range(256))
    assert PdqHash(first, 100).distance(PdqHash(second, 0)) == expected
    assert PdqHash(second, 100).distance(PdqHash(first, 100)) == expected


def test_distance_spans_zero_to_all_bits():
    zeros, ones = PdqHash(bytes(32), 100), PdqHash(b"\xff" * 32, 100)
    assert zeros.distance(zeros) == 0
    assert zeros.distance(ones) == 256


@pytest.mark.parametrize(
    "text", ["", "ab", "g" * 64, "00" * 31, "00" * 33, " " + "00" * 32, "0 " * 32 + "0" * 32, "é" * 64]
)
def test_other_text_is_refused_without_repeating_it(text):
    with pytest.raises(PdqHashUnreadable) as refusal:
        PdqHash.from_hex(text)
    assert not text.strip() or text not in str(refusal.value)
    assert "64 hexadecimal digits" in str(refusal.value)


def test_bits_of_the_wrong_length_and_impossible_quality_are_refused():
    with pytest.raises(PdqHashUnreadable):
        PdqHash(bytes(31), 100)
    with pytest.raises(ValueError, match="between 0 and 100"):
        PdqHash(bytes(32), 101)
