"""Samples: a folder to try Clew on, with copies of what the demo world holds, strangers, and bad files; the right answers lie beside it."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from clew.demo.changes import CHANGES, apply_change
from clew.demo.clips import SECONDS, clip_of
from clew.demo.developing import original_of
from clew.demo.plan import STRANGERS_FROM, Shot
from clew.demo.render.views import picture_of
from clew.demo.surroundings import dng_of, gif_of, on_a_phone, pasted, pdf_of
from clew.demo.tunes import sound_file, tune_of
from clew.intake.fingerprints import embedded_path

#: Series 0 and 1 are shared with all members, so that every specialist is told of them.
_SHARED_PLACES = (0, 1, 5, 6)
_STRANGERS = 8
TRUTH = "samples-truth.csv"


def write_samples(folder: Path) -> None:
    """Write the folder and, beside it, `samples-truth.csv` with path, expected verdict and why; nothing if it is there.

    The verdicts are those of a specialist of another country than the owner.
    """
    if folder.exists():
        return
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    lines = []
    for path, content, verdict, why in chain(_samples(), _surrounded()):
        (draft / path).parent.mkdir(exist_ok=True)
        (draft / path).write_bytes(content)
        lines.append((path, verdict, why))
    lines += _write_archive(draft) + _write_document(draft)
    with folder.with_name(TRUTH).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "verdict", "why"), *lines])
    _write_list(folder.with_name("samples-hashes.txt"))
    draft.rename(folder)


def _samples() -> Iterator[tuple[str, bytes, str, str]]:
    """Path, bytes, the right verdict, and why."""
    for place in _SHARED_PLACES:
        yield f"copies/IMG_{place:04}.jpg", original_of(Shot(place, 0)), "known", "the very bytes"
    yield "copies/VID_0000.mp4", original_of(Shot(0, 0, is_clip=True)), "known", "the very bytes"
    for number, change in enumerate(CHANGES.values()):
        place = _SHARED_PLACES[number % len(_SHARED_PLACES)]
        # Made from the pixels and not from the file: no casework has these bytes.
        content = apply_change(picture_of(place, 1), change.key)
        verdict = "resembles" if change.is_found else "new"
        yield f"changed/{change.key}{change.suffix}", content, verdict, change.words
    for number in range(_STRANGERS):
        yield (
            f"strangers/IMG_{number:04}.jpg",
            original_of(Shot(STRANGERS_FROM + number, 0)),
            "new",
            "a room nobody holds",
        )
    whole = original_of(Shot(STRANGERS_FROM, 1))
    yield "bad/empty.jpg", b"", "unreadable", "no bytes"
    yield "bad/truncated.jpg", whole[: len(whole) // 2], "unreadable", "half of a picture"
    yield "bad/text.jpg", b"This is a text and no picture.\n" * 20, "unreadable", "a text named .jpg"


def _surrounded() -> Iterator[tuple[str, bytes, str, str]]:
    """The same for what is only a part, a moment, a preview or a sound of what is held."""
    first, second, *_ = _SHARED_PLACES
    room, other, stranger = picture_of(first, 1), picture_of(second, 1), picture_of(STRANGERS_FROM, 2)
    yield "parts/pasted.jpg", pasted(room, stranger), "resembles", "pasted into a larger picture that nobody holds"
    yield "parts/phone.jpg", on_a_phone(other), "resembles", "on the screen of a telephone"
    yield "moving/zoom.gif", gif_of(room), "resembles", "an animation that begins with a known room"
    # What nobody holds is seen in it; what is heard is the tune of a known video.
    yield "moving/dubbed.mp4", clip_of(stranger, tune=first), "resembles", "the same sound under another picture"
    yield "moving/strange.mp4", clip_of(stranger, tune=STRANGERS_FROM), "new", "a video nobody holds"
    yield "sounds/tune.mp3", sound_file(tune_of(first, SECONDS), "mp3", "mp3"), "resembles", "the same sound as MP3"
    yield "raw/IMG_0000.dng", dng_of(original_of(Shot(second, 0))), "resembles", "a raw file with a known preview"


def _write_document(draft: Path) -> list[tuple[str, str, str]]:
    """A PDF of two pages, with a known and a strange picture."""
    path = "documents/report.pdf"
    known, stranger = original_of(Shot(_SHARED_PLACES[0], 0)), original_of(Shot(STRANGERS_FROM + _STRANGERS + 1, 0))
    (draft / path).parent.mkdir()
    (draft / path).write_bytes(pdf_of([known, stranger]))
    return [
        (path, "new", "a document nobody holds; the pictures in it have their own verdicts"),
        (embedded_path(path, "page 1, picture 1"), "known", "the very bytes, in a document"),
        (embedded_path(path, "page 2, picture 1"), "new", "a room nobody holds, in a document"),
    ]


def _write_archive(draft: Path) -> list[tuple[str, str, str]]:
    """A zip with a known and a strange picture."""
    known, stranger = original_of(Shot(_SHARED_PLACES[0], 0)), original_of(Shot(STRANGERS_FROM + _STRANGERS, 0))
    with zipfile.ZipFile(draft / "archive.zip", "w") as archive:
        for name, content in (("inside/IMG_0000.jpg", known), ("inside/IMG_0001.jpg", stranger)):
            archive.writestr(zipfile.ZipInfo(name), content)
    return [
        ("archive.zip/inside/IMG_0000.jpg", "known", "the very bytes, in an archive"),
        ("archive.zip/inside/IMG_0001.jpg", "new", "a room nobody holds, in an archive"),
    ]


def _write_list(path: Path) -> None:
    """A hash list of three known files, one strange hash, and a line that is none."""
    contents = [original_of(Shot(place, 0)) for place in _SHARED_PLACES[:3]]
    lines = [
        hashlib.md5(contents[0], usedforsecurity=False).hexdigest(),
        hashlib.sha1(contents[1], usedforsecurity=False).hexdigest(),
        hashlib.sha256(contents[2]).hexdigest(),
        hashlib.md5(b"nobody holds this", usedforsecurity=False).hexdigest(),
        "this is no hash",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
