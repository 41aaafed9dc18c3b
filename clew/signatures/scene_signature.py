"""The scene signature as a value: what is kept of a picture so that parts of it can be found again, and the form a question takes.

Held form, all little-endian: 32 bytes of header (magic, version, number of keypoints, source size, trim box), 276 bytes of relief, then for
each keypoint, array by array: x and y (2 bytes each, in 65535ths of the trimmed picture's longer side), size (sixteenths of an octave),
angle (256ths of a turn), word (2 bytes), code (16 bytes): 24 bytes each. It is as sensitive as the picture: its outlines can be guessed
from it. `SceneSignature`, `SceneQuery`, `SceneUnreadable`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.kernel.errors import InputRefused
from clew.kernel.limits import SCENE_KEYPOINTS_MAX
from clew.signatures.scene_codes import CODE_BYTES, FORMAT_VERSION
from clew.signatures.scene_relief import RELIEF_BYTES, RELIEF_SLOPES, packed, unpacked
from clew.signatures.trimmed import TrimBox

_MAGIC = b"CSC"
_HEADER = struct.Struct("<3sBHHIIIIII")
#: Stored lengths are shares of the longer side; two bytes hold finer steps than any keypoint's place is known to.
SIDE_UNITS = 65535
#: Fewer keypoints than this find little: plain walls, blur, bedding. PDQ is what covers such pictures.
WEAK_KEYPOINTS_MAX = 100

Bytes = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.uint16]


class SceneUnreadable(InputRefused):
    """This is not a scene signature of this version. Nothing was compared. Have the signature made again from the original."""


@dataclass(frozen=True, slots=True, eq=False)
class SceneSignature:
    """The located keypoints of one picture, in the order in which they matter, and its relief.

    `width`, `height` are the source picture's, in pixels; `box` is the part of it inside any border; x and y count within the box.
    """

    width: int
    height: int
    box: TrimBox
    x: Shorts
    y: Shorts
    size: Bytes
    angle: Bytes
    words: Shorts
    codes: Bytes
    relief: Bytes

    def __len__(self) -> int:
        return len(self.x)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SceneSignature) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    @property
    def is_weak(self) -> bool:
        """Whether so little was found that a miss says nothing."""
        return len(self) <= WEAK_KEYPOINTS_MAX

    def first(self, count: int) -> SceneSignature:
        """The same with at most so many keypoints, those that matter most."""
        return self.chosen(np.arange(min(count, len(self))))

    def chosen(self, places: npt.NDArray[np.int64]) -> SceneSignature:
        """The same with the keypoints at these places only, in their order."""
        return replace(
            self,
            x=self.x[places],
            y=self.y[places],
            size=self.size[places],
            angle=self.angle[places],
            words=self.words[places],
            codes=self.codes[places],
        )

    def to_bytes(self) -> bytes:
        """The form that is kept."""
        header = _HEADER.pack(_MAGIC, FORMAT_VERSION, len(self), 0, self.width, self.height, *self._corners())
        arrays = (self.x, self.y, self.size, self.angle, self.words, self.codes)
        return header + packed(self.relief) + b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)

    def _corners(self) -> tuple[int, int, int, int]:
        right, below = self.box.left + self.box.width, self.box.top + self.box.height
        return (self.box.left, self.box.top, right, below)

    @classmethod
    def from_bytes(cls, content: bytes | memoryview) -> SceneSignature:
        """Read the kept form; raises SceneUnreadable for anything else."""
        content = bytes(content)
        if len(content) < _HEADER.size + RELIEF_BYTES:
            raise SceneUnreadable
        magic, version, count, flags, width, height, left, top, right, below = _HEADER.unpack_from(content)
        fits = (
            (magic, version, flags) == (_MAGIC, FORMAT_VERSION, 0)
            and count <= SCENE_KEYPOINTS_MAX
            and len(content) == _HEADER.size + RELIEF_BYTES + count * KEYPOINT_BYTES
            and 0 <= left < right <= width
            and 0 <= top < below <= height
        )
        if not fits:
            raise SceneUnreadable
        at = _HEADER.size
        relief = unpacked(np.frombuffer(content, dtype=np.uint8, count=RELIEF_BYTES, offset=at))
        at += RELIEF_BYTES
        columns: dict[str, npt.NDArray[Any]] = {}
        for name, kind, length in _COLUMNS:
            columns[name] = np.frombuffer(content, dtype=kind, count=count * length, offset=at).copy()
            at += columns[name].nbytes
        columns["codes"] = columns["codes"].reshape(count, CODE_BYTES)
        return cls(width, height, TrimBox(left, top, right - left, below - top), **columns, relief=relief)


#: The arrays in their order: name, type, values for each keypoint.
_COLUMNS = (
    ("x", "<u2", 1),
    ("y", "<u2", 1),
    ("size", "u1", 1),
    ("angle", "u1", 1),
    ("words", "<u2", 1),
    ("codes", "u1", CODE_BYTES),
)
KEYPOINT_BYTES = 2 + 2 + 1 + 1 + 2 + CODE_BYTES


@dataclass(frozen=True, slots=True, eq=False)
class SceneQuery:
    """A picture as a question: more keypoints than are held, several words for each, and the same for its mirror image.

    `probes` are the (n, p) nearest words; `grey` is a small copy of the trimmed picture, which is compared with held reliefs and never kept.
    """

    direct: SceneSignature
    mirrored: SceneSignature
    probes: Shorts
    mirrored_probes: Shorts
    grey: Bytes
    #: Asked because nothing was found: more candidates are worth comparing.
    is_deep: bool = False

    @property
    def is_weak(self) -> bool:
        """Whether so little was found that a miss says nothing."""
        return self.direct.is_weak

    def first(self, count: int) -> SceneQuery:
        """The same question with at most so many keypoints, those that matter most."""
        probes, mirrored_probes = self.probes[:count], self.mirrored_probes[:count]
        direct, mirrored = self.direct.first(count), self.mirrored.first(count)
        return replace(self, direct=direct, mirrored=mirrored, probes=probes, mirrored_probes=mirrored_probes)


assert RELIEF_SLOPES == 4 * RELIEF_BYTES
