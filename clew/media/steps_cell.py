"""What runs in a cell that makes steps: renditions of our own, whose pixels a stranger chose, become the pixels of the step that was asked for.

One cell takes a whole page of them, since raising walls costs more than shrinking a thumbnail.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import simplejpeg

from clew.kernel.limits import OUTLINE_SIDE_PIXELS_MAX, REDUCED_SIDE_PIXELS_MAX
from clew.media.jail_cell import Errand
from clew.media.steps import Step, outline, reduced

#: Before each rendition: its step, and how many bytes it has. The number of them stands before the first.
HEAD = struct.Struct("<BI")
COUNT = struct.Struct("<I")
#: A rendition is decoded no larger than this where a step is small anyway (libjpeg shrinks while it decodes), by its side in pixels.
_SIDES = {Step.OUTLINE: OUTLINE_SIDE_PIXELS_MAX, Step.REDUCED: 4 * REDUCED_SIDE_PIXELS_MAX}


def make_inside(errand: Errand) -> dict[str, Any]:
    """Write the pixels of each step one behind the other; the header names their sizes (height, width, colours)."""
    sizes: list[list[int]] = []
    at = 0
    for step, content in asked(errand.content):
        pixels = _made(step, content)
        flat = np.ascontiguousarray(pixels).reshape(-1)
        errand.canvas_memory[at : at + flat.size] = flat.data
        at += flat.size
        sizes.append([pixels.shape[0], pixels.shape[1], 1 if pixels.ndim == 2 else 3])
    return {"pictures": sizes}


def packed(pictures: list[tuple[Step, bytes]]) -> bytes:
    """Renditions and their steps as one content for a cell."""
    pieces = [COUNT.pack(len(pictures))]
    for step, content in pictures:
        pieces += [HEAD.pack(step, len(content)), content]
    return b"".join(pieces)


def asked(content: memoryview) -> list[tuple[Step, memoryview]]:
    """The same, unpacked."""
    (count,) = COUNT.unpack_from(content)
    at, found = COUNT.size, []
    for _ in range(count):
        step, size_bytes = HEAD.unpack_from(content, at)
        at += HEAD.size
        found.append((Step(step), content[at : at + size_bytes]))
        at += size_bytes
    return found


def rehearse_cell() -> None:
    """Make one of each before the walls are up: what is imported or prepared late is then there."""
    grey = np.linspace(0, 255, 64, dtype=np.uint8).reshape(8, 8)
    tiny = simplejpeg.encode_jpeg(np.dstack([grey, grey, grey]), colorsubsampling="420")
    for step in Step:
        _made(step, memoryview(tiny))


def _made(step: Step, content: memoryview) -> npt.NDArray[np.uint8]:
    if step is Step.COLOUR:
        pixels: npt.NDArray[np.uint8] = simplejpeg.decode_jpeg(content, colorspace="RGB")
        return pixels
    side = _SIDES.get(step, 0)
    grey = simplejpeg.decode_jpeg(content, colorspace="GRAY", min_height=side, min_width=side)[:, :, 0]
    if step is Step.OUTLINE:
        return outline(grey)
    return reduced(grey) if step is Step.REDUCED else grey
