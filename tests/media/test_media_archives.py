"""Archives: every member or the reason why not, bombs noticed on their way, names never used as paths."""

import io
import struct
import tarfile
import zipfile

import pytest

from clew.media import archives
from clew.media.archives import ArchiveLimits, ArchiveUnreadable, Member, MemberRefused, is_archive, members

FILES = {"a.jpg": b"first", "folder/b.jpg": b"second" * 1000, "../climbs.jpg": b"third", "empty": b""}
TARS = {"gz": "w:gz", "bz2": "w:bz2", "xz": "w:xz", "plain": "w:"}
SMALL = ArchiveLimits(ratio_floor_bytes=10_000)


def zip_at(path, files=FILES, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def tar_at(path, files=FILES, mode="w:gz"):
    with tarfile.open(path, mode) as made:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
    return path


def expected():
    return [Member(name, content) for name, content in FILES.items()]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_zip_gives_its_members_in_order(tmp_path, method):
    assert list(members(zip_at(tmp_path / "a.zip", method=method))) == expected()


@pytest.mark.parametrize("mode", TARS.values(), ids=TARS)
def test_a_tar_gives_its_members_in_order(tmp_path, mode):
    assert list(members(tar_at(tmp_path / "a.tar", mode=mode))) == expected()
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar"]


def test_an_encrypted_member_is_told_and_the_others_are_read(tmp_path):
    path = zip_at(tmp_path / "a.zip", {"locked": b"x" * 50, "open": b"y"})
    content = bytearray(path.read_bytes())
    # The lowest flag bit, in the member's own header and in the directory (APPNOTE 4.4.4).
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert list(members(path)) == [MemberRefused("locked", archives.REASON_ENCRYPTED), Member("open", b"y")]


def test_a_damaged_member_costs_only_itself(tmp_path):
    path = zip_at(tmp_path / "a.zip", {"bad": b"x" * 50, "good": b"y"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"x" * 50, b"x" * 49 + b"z"))
    assert list(members(path)) == [MemberRefused("bad", archives.REASON_BROKEN), Member("good", b"y")]


def test_an_unknown_method_is_told(tmp_path):
    path = zip_at(tmp_path / "a.zip", {"odd": b"x" * 50}, zipfile.ZIP_LZMA)
    assert list(members(path)) == [MemberRefused("odd", archives.REASON_METHOD)]


def test_a_bomb_in_a_zip_is_refused_and_a_small_flat_picture_is_not(tmp_path):
    path = zip_at(tmp_path / "a.zip", {"bomb": bytes(5_000_000), "flat": bytes(9_000), "good": b"y"})
    found = list(members(path, limits=SMALL))
    assert found == [MemberRefused("bomb", SMALL.reason_bomb), Member("flat", bytes(9_000)), Member("good", b"y")]


def test_a_zip_that_lies_about_its_packed_size_is_refused_all_the_same(tmp_path):
    path = zip_at(tmp_path / "a.zip", {"bomb": bytes(5_000_000)})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 20 : directory + 24] = struct.pack("<I", 2**31)
    path.write_bytes(content)
    (found,) = members(path, limits=SMALL)
    # Some versions of Python's zipfile notice the lie before the bomb can be counted.
    assert found in {MemberRefused("bomb", SMALL.reason_bomb), MemberRefused("bomb", archives.REASON_BROKEN)}


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_bomb_in_a_compressed_tar_ends_the_walk(tmp_path, mode):
    path = tar_at(tmp_path / "a.tar", {"good": b"y", "bomb": bytes(50_000_000), "never": b"z"}, mode)
    found = list(members(path, limits=SMALL))
    assert found[-1].reason == SMALL.reason_bomb
    assert Member("never", b"z") not in found


@pytest.mark.parametrize("make", [zip_at, tar_at])
def test_limits_are_told_in_words(tmp_path, make):
    path = make(tmp_path / "a", {"one": b"1" * 600, "two": b"2" * 300, "three": b"3"})
    limits = ArchiveLimits(members_max=1)
    assert list(members(path, limits=limits)) == [
        Member("one", b"1" * 600),
        MemberRefused("two", limits.reason_too_many),
    ]
    assert "(the limit is 1)" in limits.reason_too_many
    limits = ArchiveLimits(member_size_bytes_max=500)
    refused = MemberRefused("one", limits.reason_too_large)
    assert list(members(path, limits=limits)) == [refused, Member("two", b"2" * 300), Member("three", b"3")]
    assert "(the limit is 500 bytes)" in limits.reason_too_large
    limits = ArchiveLimits(unpacked_bytes_max=700)
    much = list(members(path, limits=limits))
    assert much[:2] == [Member("one", b"1" * 600), MemberRefused("two", limits.reason_too_much)]
    assert much[2:] in ([], [MemberRefused("three", limits.reason_too_much)])
    assert "(the limit is 700 bytes)" in limits.reason_too_much


def test_the_houses_own_limits_are_told_as_people_say_them():
    limits = ArchiveLimits()
    told = (limits.reason_too_many, limits.reason_too_large, limits.reason_too_much, limits.reason_bomb)
    named = ("the limit is 1,000,000", "the limit is 256 MiB", "the limit is 64 GiB", "the limit is 200 times its size")
    assert all(limit in words for limit, words in zip(named, told, strict=True))


def test_links_and_devices_are_passed_over(tmp_path):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as made:
        for name, kind in (("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("device", tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            made.addfile(entry)
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        made.addfile(folder)
    assert list(members(path)) == [MemberRefused(name, archives.REASON_LINK) for name in ("soft", "hard", "device")]
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
        made.mkdir("folder")
    assert list(members(tmp_path / "a.zip")) == [MemberRefused("link", archives.REASON_LINK)]


def test_an_archive_within_is_a_member_like_any_other(tmp_path):
    inner = zip_at(tmp_path / "inner.zip").read_bytes()
    assert list(members(zip_at(tmp_path / "a.zip", {"inner.zip": inner}))) == [Member("inner.zip", inner)]


def test_a_broken_archive_is_told_by_name(tmp_path):
    path = tmp_path / "a.zip"
    for content in (
        b"",
        b"no archive",
        b"PK\x03\x04 and no more",
        b"\x1f\x8b\x08 and no more",
        b"BZh9 nothing",
        b"\xfd7zXZ\0 no",
    ):
        path.write_bytes(content)
        with pytest.raises(ArchiveUnreadable, match=r"a\.zip"):
            list(members(path))


@pytest.mark.parametrize("mode", TARS.values(), ids=TARS)
def test_a_tar_cut_short_gives_what_it_has_and_says_so(tmp_path, mode):
    noise = bytes(n * n * 31 % 251 for n in range(300_000))
    path = tar_at(tmp_path / "a.tar", {"one": b"1", "two": noise}, mode)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    try:
        found = list(members(path))
    except ArchiveUnreadable:
        assert mode in {"w:bz2", "w:xz"}
        return
    assert found[0] == Member("one", b"1")
    assert found[-1] == MemberRefused("two", archives.REASON_REST_BROKEN)


def test_a_name_of_many_megabytes_does_not_fill_the_memory(tmp_path):
    entry = tarfile.TarInfo("././@LongLink")
    entry.type, entry.size = tarfile.GNUTYPE_LONGNAME, 2_000_000
    path = tmp_path / "a.tar"
    path.write_bytes(
        tar_at(tmp_path / "b.tar", {"one": b"1"}, "w:").read_bytes()[:1024] + entry.tobuf() + b"n" * 2_000_384
    )
    assert list(members(path))[-1].reason == archives.REASON_REST_BROKEN


def test_flipped_bytes_never_raise_anything_else(tmp_path):
    for make, mode in ((zip_at, None), (tar_at, "w:gz"), (tar_at, "w:"), (tar_at, "w:xz")):
        path = make(tmp_path / "a", FILES) if mode is None else make(tmp_path / "a", FILES, mode)
        content = path.read_bytes()
        for place in range(0, len(content), max(1, len(content) // 60)):
            damaged = bytearray(content)
            damaged[place] ^= 0xFF
            path.write_bytes(damaged)
            try:
                found = list(members(path))
            except ArchiveUnreadable:
                continue
            assert all(isinstance(one, (Member, MemberRefused)) for one in found)


def test_archives_are_known_by_their_head_and_compressed_tars_by_their_name(tmp_path):
    assert is_archive(zip_at(tmp_path / "a").read_bytes(), "any.name")
    assert is_archive(tar_at(tmp_path / "b", mode="w:").read_bytes(), "any.name")
    packed = tar_at(tmp_path / "c").read_bytes()
    assert is_archive(packed, "case.TAR.GZ")
    assert is_archive(packed, "case.tgz")
    assert not is_archive(packed, "log.gz")
    assert not is_archive(b"\xff\xd8\xff\xe0", "a.zip")
