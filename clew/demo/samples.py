"""Samples: a folder to try Clew on, with copies of what the demo world holds, strangers, and bad files; the right answers lie beside it."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from clew.demo.changes import CHANGES, apply_change
from clew.demo.developing import original_of
from clew.demo.plan import STRANGERS_FROM, Shot
from clew.demo.render.views import picture_of

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
    for path, content, verdict, why in _samples():
        (draft / path).parent.mkdir(exist_ok=True)
        (draft / path).write_bytes(content)
        lines.append((path, verdict, why))
    lines += _write_archive(draft)
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
        verdict = "resembles" if change.is_near else "new"
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
