"""A seizure of the demo world: thousands of files drawn from its series as casework draws them, with what Clew would keep of each content.

Every picture is rendered, changed and encoded as the demo does it, decoded again and hashed by the product's own functions. What is left
out is the jail and the vault: they change nothing of what is recognised, and take most of the time.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from clew.demo.changes import CHANGES, apply_change
from clew.demo.developing import decoded, original_of
from clew.demo.plan import FULL, Shot, plan
from clew.demo.render.views import warm_up
from clew.signatures.enlarged import pdq_enlarged
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import pdq_dihedral
from clew.signatures.trimmed import pdq_trimmed, trim_box
from clew.signatures.turned import pack_turned

#: As in the demo's casework: so many of the copies are the very bytes.
BYTE_COPY_SHARE = 0.25
#: Rooms that are in no series begin here in the demo's numbering; each seed has its own.
UNPLACED_FROM = 100_000


@dataclass(frozen=True)
class File:
    """One file of the seizure: what it shows, how it was changed, the series it is from, and where it lay."""

    path: str
    shot: Shot
    change: str | None
    series: int | None

    @property
    def content(self):
        """By which its content is known here: the same shot, changed in the same way, is the same bytes."""
        return f"{self.shot.key}/{self.change or ''}"


def draw(seed, files, new_share, *, series=None):
    """The files of one seizure: copies of what is in the demo's series (or the first so many of them), and rooms that nobody has seen, one file each."""
    chance = random.Random(f"seizure {seed}")
    series = plan(FULL).series[:series]
    shots = {found.number: [shot for shot in found.shots if not shot.is_clip] for found in series}
    drawn = []
    for number in range(files):
        folder = f"DCIM/{100 + number // 500}CLEW"
        if chance.random() < new_share:
            shot = Shot(place=UNPLACED_FROM + 50_000 * seed + number, view=0)
            drawn.append(File(f"{folder}/IMG_{number:05}.jpg", shot, None, None))
            continue
        found = chance.choice(series)
        change = None if chance.random() < BYTE_COPY_SHARE else chance.choice(list(CHANGES))
        suffix = ".jpg" if change is None else CHANGES[change].suffix
        drawn.append(
            File(f"{folder}/IMG_{number:05}{suffix}", chance.choice(shots[found.number]), change, found.number)
        )
    return drawn


def hashed(files, kept=None):
    """What is kept of each content of these files, by `File.content`; `kept` is a file in which it is found again the next time."""
    found = _read(kept)
    wanted = {}
    for file in files:
        if file.content not in found:
            wanted.setdefault(file.shot, set()).add(file.change)
    warm_up()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for rows in pool.map(lambda shot: list(_contents(shot, wanted[shot])), wanted):
            found.update(rows)
            if kept:
                with Path(kept).open("a") as out:
                    out.writelines(json.dumps([name, row]) + "\n" for name, row in rows)
    return {name: _plain(row) for name, row in found.items()}


def _contents(shot, changes):
    original = original_of(shot)
    for change in changes:
        encoded = original if change is None else apply_change(decoded(original), change)
        picture = Image.open(io.BytesIO(encoded))
        pixels = np.asarray(picture.convert("RGB"))
        plain, enlarged = pdq_dihedral(pixels), pdq_enlarged(pixels)
        trimmed = pdq_trimmed(pixels, trim_box(pixels))
        first = plain[Orientation.ORIGINAL]
        is_reliable = first.quality >= 50
        further = [
            [kind, 0, _text(made[Orientation.ORIGINAL].bits), made[Orientation.ORIGINAL].quality]
            for kind, made in (("pdq-enlarged", enlarged), ("pdq-trimmed", trimmed))
            if made
        ]
        turned = pack_turned({"": plain, "enlarged": enlarged, "trimmed": trimmed}) if is_reliable else b""
        row = {
            "sha256": _text(hashlib.sha256(encoded).digest()),
            "size_bytes": len(encoded),
            "width": picture.width,
            "height": picture.height,
            "bits": _text(first.bits),
            "quality": first.quality,
            "further": further,
            "turned": _text(turned),
        }
        yield f"{shot.key}/{change or ''}", row


def _plain(row):
    further = [(kind, time_ms, base64.b64decode(bits), quality) for kind, time_ms, bits, quality in row["further"]]
    return {**row, **{name: base64.b64decode(row[name]) for name in ("sha256", "bits", "turned")}, "further": further}


def _text(content):
    return base64.b64encode(content).decode()


def _read(kept):
    if not kept or not Path(kept).exists():
        return {}
    with Path(kept).open() as rows:
        return dict(json.loads(row) for row in rows)
