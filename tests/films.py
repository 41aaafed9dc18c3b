"""Films for tests: rendered rooms shown one after the other, as bytes of a container."""

import io

import av
import numpy as np
from PIL import Image


def film(pictures, *, seconds=2, rate=10, codec="mpeg4", form="mp4", size=(320, 240), options=None, shift=0):
    """Each picture for so many seconds, moving slowly, so that no two frames are the same."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.options = options or {}
        stream.codec_context.gop_size = rate
        stream.bit_rate = 2_000_000
        for picture in pictures:
            canvas = np.asarray(Image.fromarray(picture).resize((size[0] + 60, size[1])))
            for at in range(seconds * rate):
                left = (at + shift) * 60 // (seconds * rate + shift)
                window = np.ascontiguousarray(canvas[:, left : left + size[0]])
                container.mux(stream.encode(av.VideoFrame.from_ndarray(window, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def saved_again(content, *, size, speed=1, bars=0):
    """The same film in another container, smaller and at a lower rate of bits; faster, and with black bars of so many rows."""
    out = io.BytesIO()
    with av.open(io.BytesIO(content)) as held, av.open(out, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=round(held.streams.video[0].average_rate * speed))
        stream.width, stream.height, stream.pix_fmt = size[0], size[1] + 2 * bars, "yuv420p"
        stream.bit_rate = 300_000
        for frame in held.decode(video=0):
            smaller = frame.reformat(width=size[0], height=size[1], format="rgb24").to_ndarray()
            framed = np.pad(smaller, ((bars, bars), (0, 0), (0, 0)))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(framed, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()
