"""Developing: the files of the plan as bytes. Originals are rendered once and kept; copies are made from them, as in the world."""

from __future__ import annotations

import io
import zlib
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from clew.demo.changes import JPEG_QUALITY, apply_change
from clew.demo.clips import clip_of
from clew.demo.plan import PlannedFile, Shot
from clew.demo.render.views import picture_of, warm_up
from clew.demo.sensors import SensorCamera


class Darkroom:
    """Makes files from shots, on as many threads as there are cores. Use as a context manager."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads)
        self._originals: dict[Shot, bytes] = {}
        self._lock = Lock()

    def __enter__(self) -> Self:
        """Load the renderer."""
        warm_up()
        return self

    def __exit__(self, *_failure: object) -> None:
        """Let the threads go."""
        self._pool.shutdown(cancel_futures=True)

    def files(self, planned: list[PlannedFile]) -> list[bytes]:
        """The bytes of each file, in order."""
        return list(self._pool.map(self.file, planned))

    def file(self, planned: PlannedFile) -> bytes:
        """The bytes of one file."""
        original = self._original(planned.shot)
        return original if planned.change is None else apply_change(decoded(original), planned.change)

    def _original(self, shot: Shot) -> bytes:
        with self._lock:
            kept = self._originals.get(shot)
        if kept is None:
            kept = original_of(shot)
            with self._lock:
                self._originals[shot] = kept
        return kept


def original_of(shot: Shot, camera: SensorCamera | None = None) -> bytes:
    """The file as it came from the camera: from one without a sensor of its own, or from that camera, with its noise, tables and EXIF."""
    pixels = picture_of(shot.place, shot.view, thing=shot.thing)
    if camera is not None and not shot.is_clip:
        return camera.file_of(pixels, shot=zlib.crc32(shot.key.encode()))
    if shot.is_clip:
        return clip_of(pixels, tune=shot.place)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def decoded(original: bytes) -> npt.NDArray[np.uint8]:
    """The pixels of an original, from which copies are made."""
    return np.asarray(Image.open(io.BytesIO(original)))
