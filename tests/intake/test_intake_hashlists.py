"""Hash lists: every line gets its hash or its reason, in every shape lists come in."""

import hashlib

import pytest

from clew.intake.hashlists import HashLine, LineRefused, looks_like_hash_list, read_hash_list

MD5, SHA1, SHA256 = (hashlib.new(name, b"x").hexdigest() for name in ("md5", "sha1", "sha256"))
PDQ = "f" * 32 + "0" * 32


def listed(lines, **options):
    return list(read_hash_list(lines, **options))


def _kinds(text, **options):
    return [
        line.kind.value if isinstance(line, HashLine) else "refused"
        for line in read_hash_list(text.splitlines(), **options)
    ]


def test_plain_lines_are_told_apart_by_their_length():
    assert _kinds(f"{MD5}\n{SHA1}\n{SHA256}\n\n# a remark\n{MD5.upper()}\n") == ["md5", "sha1", "sha256", "md5"]


def test_output_of_md5sum_carries_its_names():
    lines = listed([f"{MD5}  holiday picture.jpg\n", f"{SHA1} *binary.jpg\n", f"\\{MD5}  odd\\nname\n"])
    assert [(line.label, line.kind.value) for line in lines] == [
        ("holiday picture.jpg", "md5"), ("binary.jpg", "sha1"), ("odd\\nname", "md5"),
    ]  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_with_a_header_names_its_columns(separator):
    text = f"path,md5,sha1\na.jpg,{MD5},{SHA1}\nb.jpg,,\nc.jpg,xx,\n".replace(",", separator)
    lines = listed(text.splitlines())
    assert [(line.label, getattr(line, "kind", "refused")) for line in lines] == [
        ("a.jpg", "md5"), ("a.jpg", "sha1"), ("b.jpg", "refused"), ("c.jpg", "refused"),
    ]  # fmt: skip


def test_csv_with_a_kind_column():
    assert _kinds(f"hash,kind\n{PDQ},pdq\n{SHA256},SHA-256\n{MD5},md5\n") == ["pdq", "sha256", "md5"]


def test_a_prefix_says_what_64_digits_are():
    lines = listed([f"pdq:{SHA256}", f"sha256:{PDQ}"])
    assert [(line.kind.value, line.is_certain) for line in lines] == [("pdq", True), ("sha256", True)]


def test_without_a_prefix_the_whole_list_tells_and_it_is_not_certain():
    lines = listed([PDQ, PDQ[::-1]])
    assert {(line.kind.value, line.is_certain) for line in lines} == {("pdq", False)}
    assert {(line.kind.value, line.is_certain) for line in listed([SHA256])} == {("sha256", False)}


def test_the_asker_may_say_it():
    from clew.intake.models import Basis

    assert _kinds(f"{SHA256}\n", kind_of_64_digits=Basis.PDQ) == ["pdq"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("no hash", "not a hash: something other than hexadecimal digits"),
        ("abc123", "not a hash: 6 digits"),
        (f"md5:{SHA1}", "not a md5 hash: 40 digits instead of 32"),
        ("é" * 32, "hexadecimal"),
        ("٣" * 32, "hexadecimal"),
    ],
)
def test_a_line_that_is_no_hash_has_its_number_and_reason_and_the_rest_goes_on(line, reason):
    refused, kept = listed([line, MD5])
    assert isinstance(refused, LineRefused)
    assert (refused.number, refused.label) == (1, "line 1")
    assert reason in refused.reason
    assert kept.number == 2


def test_a_list_is_known_by_its_header_or_its_first_lines():
    assert looks_like_hash_list(["name,md5\n"])
    assert looks_like_hash_list(["# made today\n", f"{MD5}\n"])
    assert not looks_like_hash_list(["Dear all,\n", "see you\n"])
    assert not looks_like_hash_list([])


def test_an_empty_list_has_no_lines():
    assert listed(["\ufeff\n", "\n", "# nothing\n"]) == []
