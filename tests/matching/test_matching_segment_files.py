"""Segment files: what is opened is what was written; whatever else is refused and never answered from."""

import os
import subprocess
import sys

import numpy as np
import pytest

from clew.matching.errors import SegmentDamaged
from clew.matching.segment import Segment
from clew.matching.segment_files import (
    MAGIC,
    PAGE_BYTES,
    VERIFIED_SUFFIX,
    open_segment,
    verify_segment_file,
    write_segment,
)


@pytest.fixture
def written(tmp_path):
    rng = np.random.default_rng(1)
    bits = rng.integers(0, 256, (3000, 32), dtype=np.uint8)[rng.integers(0, 2900, 3000)]
    segment = Segment.build(np.arange(3000) * 3, bits, seed=9)
    path = tmp_path / "a.segment"
    write_segment(segment, path)
    return path, segment, bits


def _answers(segment, bits):
    hits = segment.search(bits[:50])
    return hits.query_index.tolist(), hits.id.tolist(), hits.distance.tolist()


def test_a_file_answers_as_the_segment_it_was_written_from(written):
    path, segment, bits = written
    opened = open_segment(path)
    assert len(opened) == 3000
    assert _answers(opened, bits) == _answers(segment, bits)
    assert sorted(found.name for found in path.parent.iterdir()) == ["a.segment", "a.segment" + VERIFIED_SUFFIX]


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_and_a_one_entry_segment_come_back(tmp_path, rows):
    bits = np.zeros((rows, 32), dtype=np.uint8)
    write_segment(Segment.build(np.arange(rows), bits), tmp_path / "a")
    assert open_segment(tmp_path / "a").search(np.zeros(32, np.uint8)).id.tolist() == list(range(rows))


def test_another_process_maps_the_same_file(written):
    path, _segment, bits = written
    program = "import sys,numpy as np; from pathlib import Path; from clew.matching.segment_files import open_segment; print(open_segment(Path(sys.argv[1])).search(np.frombuffer(bytes.fromhex(sys.argv[2]), np.uint8), 0).id.tolist())"
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), bits[5].tobytes().hex()], capture_output=True, text=True, check=True
    )
    assert "15" in ran.stdout


def test_a_file_cut_anywhere_is_refused(written):
    path, _segment, _bits = written
    content = path.read_bytes()
    for length in {
        0,
        1,
        len(MAGIC),
        100,
        PAGE_BYTES - 1,
        PAGE_BYTES,
        PAGE_BYTES + 1,
        len(content) // 2,
        len(content) - 1,
    }:
        path.write_bytes(content[:length])
        with pytest.raises(SegmentDamaged):
            open_segment(path)


@pytest.mark.parametrize("seed", range(60))
def test_a_file_with_a_changed_byte_is_refused_or_answers_the_same(written, seed):
    path, segment, bits = written
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    # Every other change hits the header, where a change would do most.
    at = int(rng.integers(0, 1500 if seed % 2 else len(content)))
    content[at] ^= int(rng.integers(1, 256))
    path.write_bytes(content)
    try:
        opened = open_segment(path)
    except SegmentDamaged:
        return
    # What lies between the arrays is nobody's.
    assert _answers(opened, bits) == _answers(segment, bits)


def test_a_change_that_keeps_size_and_time_is_found_by_reading_through(written):
    path, _segment, _bits = written
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(PAGE_BYTES + 40)
        byte = file.read(1)[0]
        file.seek(PAGE_BYTES + 40)
        file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(SegmentDamaged, match="words is not what was written"):
        verify_segment_file(path)
    # The time of the change of the inode cannot be set back, so opening notices as well.
    with pytest.raises(SegmentDamaged):
        open_segment(path)


def test_a_mark_of_another_state_is_not_believed(written):
    path, _segment, _bits = written
    mark = path.with_name(path.name + VERIFIED_SUFFIX)
    mark.write_text("1 2 3 4")
    open_segment(path)
    assert mark.read_text() != "1 2 3 4"


def test_a_file_of_something_else_and_an_absent_one_are_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 10_000)
    for name in ("a", "absent"):
        with pytest.raises(SegmentDamaged):
            open_segment(tmp_path / name)


def test_a_write_that_fails_leaves_nothing_behind(written, tmp_path, monkeypatch):
    _path, segment, _bits = written

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_segment(segment, tmp_path / "b.segment")
    assert not list(tmp_path.glob("*b.segment*"))
