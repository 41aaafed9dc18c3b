"""Three digests in one read equal the three computed one by one, however the content is cut."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from clew.signatures.digests import DigestReader, Digests, digest_bytes, digest_stream


def one_by_one(content):
    return Digests(
        hashlib.md5(content).digest(), hashlib.sha1(content).digest(), hashlib.sha256(content).digest(), len(content)
    )


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_digests_of_chunks_equal_each_algorithm_alone(chunks):
    content = b"".join(chunks)
    assert digest_stream(iter(chunks)) == digest_bytes(content) == one_by_one(content)


def test_digests_of_nothing_are_the_published_empty_digests():
    empty = digest_bytes(b"")
    assert empty.md5.hex() == "d41d8cd98f00b204e9800998ecf8427e"
    assert empty.sha1.hex() == "da39a3ee5e6b4b0d3255bfef95601890afd80709"
    assert empty.sha256.hex().startswith("e3b0c44298fc1c149afbf4c8996fb924")
    assert empty.size_bytes == 0


def test_one_changed_bit_changes_all_three():
    first, second = digest_bytes(b"bridge"), digest_bytes(b"bridgd")
    assert first.md5 != second.md5
    assert first.sha1 != second.sha1
    assert first.sha256 != second.sha256
    assert first.size_bytes == second.size_bytes


def test_a_reader_can_be_asked_in_between_and_go_on():
    reader = DigestReader()
    reader.update(b"office ")
    assert reader.digests() == one_by_one(b"office ")
    reader.update(memoryview(b"chair"))
    assert reader.digests() == one_by_one(b"office chair")


def test_a_view_of_wide_elements_counts_bytes_not_elements():
    view = memoryview(bytes(8)).cast("I")
    assert digest_bytes(view).size_bytes == 8
