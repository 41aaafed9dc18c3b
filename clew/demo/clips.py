"""Clips: short videos of the demo world, a slow pan across a rendered room, with a tune."""

from __future__ import annotations

import io

import av
import numpy as np
import numpy.typing as npt

from clew.demo.tunes import sound_packets, sound_stream, tune_of

WIDTH, HEIGHT = 320, 240
FRAMES_PER_SECOND, FRAMES = 10, 120
#: Long enough for its sound to be found again.
SECONDS = FRAMES / FRAMES_PER_SECOND


def clip_of(pixels: npt.NDArray[np.uint8], tune: int) -> bytes:
    """An MP4 of twelve seconds: a window of 320 x 240 pixels moving across the picture, which must be larger than that, to this tune."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("mpeg4", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        # One thread and no stamp of the encoder: the same bytes each time.
        stream.codec_context.options = {"threads": "1", "flags": "+bitexact"}
        sound = sound_stream(container, "aac")
        for window in _windows(pixels):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(window, format="rgb24")))
        container.mux(stream.encode(None))
        for packet in sound_packets(sound, tune_of(tune, SECONDS)):
            container.mux(packet)
    return out.getvalue()


def _windows(pixels: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    height, width = pixels.shape[:2]
    steps = np.linspace(0, 1, FRAMES)
    corners = [(round(step * (height - HEIGHT)), round(step * (width - WIDTH))) for step in steps]
    return [np.ascontiguousarray(pixels[top : top + HEIGHT, left : left + WIDTH]) for top, left in corners]
