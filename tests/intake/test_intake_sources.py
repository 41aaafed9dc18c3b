"""Sources: whatever a disk holds gets its line; what is odd costs itself and never the rest."""

import os
import socket
import tarfile
import zipfile
from pathlib import Path

import pytest

from clew.intake.sources import (
    FoundFile,
    FoundHash,
    FoundMember,
    FoundRefusal,
    PathNotFound,
    count_found,
    find_all,
    refuse_absent,
)


def _found(path):
    return {one.path.removeprefix(f"{path}/"): one for one in find_all([Path(path)])}


def test_a_folder_gives_its_files_in_the_order_of_their_names(tmp_path):
    for name in ("b.jpg", "a/z.jpg", "a/b/c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert list(_found(tmp_path)) == ["a/b/c.jpg", "a/z.jpg", "b.jpg"]
    assert count_found([tmp_path]) == (3, 3)


def test_names_that_are_no_text_and_names_that_break_lines_are_kept(tmp_path):
    for name in (b"bad\xff.jpg", b"two\nlines.jpg", "אב.jpg".encode()):
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    found = _found(tmp_path)
    assert set(found) == {"bad\\xff.jpg", "two\nlines.jpg", "אב.jpg"}
    assert all(one.where.read_bytes() == b"x" for one in found.values())
    assert len({one.key for one in found.values()}) == 3


def test_links_in_circles_and_to_nowhere_pipes_and_sockets_have_their_reasons(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "a.jpg")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "socket"))
        found = _found(tmp_path)
    reasons = {name: one.reason for name, one in found.items() if isinstance(one, FoundRefusal)}
    assert set(reasons) == {"self", "up", "gone", "pipe", "socket"}
    assert "circle" in reasons["self"]
    assert "link to a folder" in reasons["up"]
    assert "nowhere" in reasons["gone"]
    assert reasons["pipe"] == reasons["socket"]
    assert isinstance(found["link.jpg"], FoundFile)


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_has_its_reason(tmp_path):
    (tmp_path / "locked.jpg").write_bytes(b"x")
    (tmp_path / "locked.jpg").chmod(0)
    (tmp_path / "shut").mkdir(mode=0)
    found = _found(tmp_path)
    assert [one.reason for one in found.values()] == ["no permission to read it"] * 2


def test_an_archive_gives_its_members_and_a_broken_one_a_reason(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("in/b.jpg", b"inside")
        archive.writestr("../escape.jpg", b"outside")
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "a.zip", "nested.zip")
    (tmp_path / "broken.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:40])
    found = _found(tmp_path)
    assert found["a.zip/in/b.jpg"].content == b"inside"
    assert any(name.startswith("c.tar.gz/") for name in found)
    assert all(not isinstance(one, FoundFile) for one in found.values())
    assert any(name.startswith("broken.zip") and isinstance(one, FoundRefusal) for name, one in found.items())
    assert not (tmp_path.parent / "escape.jpg").exists()


def test_a_hash_list_is_one_only_when_it_is_named_itself(tmp_path):
    (tmp_path / "list.txt").write_text("d41d8cd98f00b204e9800998ecf8427e\nnothing\n")
    (inside,) = find_all([tmp_path])
    assert isinstance(inside, FoundFile)
    first, second = find_all([tmp_path / "list.txt"])
    assert isinstance(first, FoundHash)
    assert isinstance(second, FoundRefusal)
    assert first.path.endswith("list.txt: line 1")


def test_a_list_with_names_that_are_no_text_is_still_a_list(tmp_path):
    (tmp_path / "list.txt").write_bytes(b"d41d8cd98f00b204e9800998ecf8427e  bad\xff.jpg\n")
    (only,) = find_all([tmp_path / "list.txt"])
    assert isinstance(only, FoundHash)


def test_a_text_and_a_binary_that_are_no_list_are_files(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all,\n")
    (tmp_path / "zeros").write_bytes(bytes(5000))
    assert [type(one) for one in find_all([tmp_path / "letter.txt", tmp_path / "zeros"])] == [FoundFile, FoundFile]


def test_the_key_of_a_file_stays_the_same_until_the_file_changes(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    (before,), (again,) = find_all([path]), find_all([path])
    path.write_bytes(b"xy")
    (after,) = find_all([path])
    assert before.key == again.key != after.key


def test_a_named_path_that_is_not_there_is_refused_before_anything_is_begun(tmp_path):
    (tmp_path / "dead").symlink_to("nowhere")
    refuse_absent([tmp_path, tmp_path / "dead"])
    with pytest.raises(PathNotFound, match="nowhere"):
        refuse_absent([tmp_path, tmp_path / "nowhere"])


def test_a_member_and_a_file_of_the_same_name_have_different_keys(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.jpg", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("b.jpg", b"2")
    members = [one for one in find_all([tmp_path]) if isinstance(one, FoundMember)]
    assert len({one.key for one in members}) == len(members) == 2
