"""Frames: what a browser sends is taken apart exactly, and what is no sequence of files is refused."""

import datetime as dt
import io
import json

import pytest

from clew.intake.frames import UploadCutShort, UploadNotUnderstood, read_frames
from clew.kernel.limits import UPLOAD_BATCH_FILES_MAX, UPLOAD_WHOLE_BYTES_MAX


def _frame(content=b"", **heading):
    heading = {"key": "k", "path": "p", **heading}
    if "refusal" not in heading:
        heading.setdefault("size_bytes", len(content))
    text = json.dumps(heading).encode()
    return len(text).to_bytes(4, "big") + text + content


def _read(body):
    return [
        (f.client_key, f.path, f.content if isinstance(f.content, bytes) else b"".join(f.content), f.refusal)
        for f in read_frames(io.BytesIO(body))
    ]


def test_files_and_refusals_come_out_as_they_went_in():
    body = _frame(b"abc", key="1", path="a\n\u202eb.jpg") + _frame(key="2", refusal="locked") + _frame(b"", key="3")
    assert _read(body) == [("1", "a\n\u202eb.jpg", b"abc", ""), ("2", "p", b"", "locked"), ("3", "p", b"", "")]
    assert _read(b"") == []


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ({"modified_ms": 1_000_000_000_500}, dt.datetime(2001, 9, 9, 1, 46, 40, 500_000, tzinfo=dt.UTC)),
        ({"modified_ms": 0}, dt.datetime(1970, 1, 1, tzinfo=dt.UTC)),
        ({}, None),
        ({"modified_ms": None}, None),
        ({"modified_ms": "yesterday"}, None),
        ({"modified_ms": 10**30}, None),
        ({"modified_ms": 10**400}, None),
    ],
)
@pytest.mark.parametrize("size_bytes", [3, UPLOAD_WHOLE_BYTES_MAX + 1])
def test_the_time_of_change_is_kept_and_what_is_none_is_nobody_s_loss(stated, moment, size_bytes):
    frame = next(read_frames(io.BytesIO(_frame(bytes(size_bytes), **stated))))
    assert frame.modified_at == moment


def test_a_large_file_is_handed_on_in_pieces():
    content = bytes(UPLOAD_WHOLE_BYTES_MAX + 1)
    frames = read_frames(io.BytesIO(_frame(content)))
    pieces = list(next(frames).content)
    assert next(frames, None) is None
    assert len(pieces) > 1
    assert b"".join(pieces) == content


@pytest.mark.parametrize("cut", [1, 3, 5, 20, -1])
def test_a_body_that_ends_too_early_is_refused(cut):
    with pytest.raises(UploadCutShort):
        _read(_frame(b"abcdef")[:cut])


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02{]",
        b"\x00\x00\x00\x02[]",
        _frame(key=""),
        _frame(key=7),
        _frame(size_bytes=-1),
        _frame(size_bytes=True),
        _frame(size_bytes=1 << 50),
        _frame(refusal="x", size_bytes=1),
        _frame(refusal=None),
        _frame() * (UPLOAD_BATCH_FILES_MAX + 1),
        _frame(bytes(UPLOAD_WHOLE_BYTES_MAX)) * 5,
    ],
    ids=range(12),
)
def test_what_is_no_sequence_of_files_is_refused(body):
    with pytest.raises(UploadNotUnderstood):
        _read(body)


@pytest.mark.parametrize(
    ("stated", "told"),
    [(981_173_100_000, 2001), ("x", None), (10**400, None), (-(10**18), None), (float("nan"), None)],
    ids=["a date", "no number", "a long one", "long ago", "nan"],
)
def test_a_time_of_change_that_is_no_date_is_left_out(stated, told):
    (found,) = read_frames(io.BytesIO(_frame(b"x", modified_ms=stated)))
    assert (found.modified_at and found.modified_at.year) == told
