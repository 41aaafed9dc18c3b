"""Films for the benchmarks: rendered rooms with a camera that pans and zooms, the grain a camera leaves, encoded as H.264."""

from __future__ import annotations

import io
import itertools

import av
import numpy as np
from PIL import Image

from clew.demo.render.views import picture_of

#: Seconds that each room is shown.
SCENE_SECONDS = 4
GRAINS = 4


def frames_of_rooms(size, *, seconds, rate, place=0):
    """The frames (H, W, 3) of a film: from one room to the next, panning across each and going nearer."""
    width, height = size
    rng = np.random.default_rng(place)
    grains = [rng.normal(0, 3, (height, width, 1)).astype(np.int16) for _ in range(GRAINS)]
    canvas = None
    for at in range(seconds * rate):
        scene, step = divmod(at, SCENE_SECONDS * rate)
        if step == 0:
            canvas = Image.fromarray(picture_of(place + scene, scene % 8))
        share = step / (SCENE_SECONDS * rate)
        wide = 0.85 - 0.15 * share
        across, down = wide * canvas.width, wide * canvas.width * height / width
        left, top = share * (canvas.width - across), (1 - share) * (canvas.height - down)
        box = (left, max(0, top), left + across, min(canvas.height, max(0, top) + down))
        pixels = np.asarray(canvas.resize(size, Image.Resampling.BILINEAR, box=box)).astype(np.int16)
        yield (pixels + grains[at % GRAINS]).clip(0, 255).astype(np.uint8)


def encoded(frames, *, rate, crf=23, preset="veryfast", group=None, between=3, bit_rate=None):
    """The frames as an MP4; `group` frames from key frame to key frame, at most `between` that others do not wait for.

    At a rate of so many bits a second where one is asked for.
    """
    out, frames = io.BytesIO(), iter(frames)
    first = next(frames)
    with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = first.shape[1] // 2 * 2, first.shape[0] // 2 * 2, "yuv420p"
        stream.options = {"preset": preset, "bf": str(between), "threads": "1"}
        if bit_rate:
            stream.bit_rate = bit_rate
        else:
            stream.options = {**stream.options, "crf": str(crf)}
        if group:
            stream.options = {**stream.options, "g": str(group)}
        for pixels in itertools.chain([first], frames):
            even = np.ascontiguousarray(pixels[: stream.height, : stream.width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def repeated(content, times):
    """The film shown so many times, without encoding it again."""
    out = io.BytesIO()
    with av.open(io.BytesIO(content)) as held, av.open(out, "w", format="mp4") as container:
        source = held.streams.video[0]
        stream = container.add_stream_from_template(source)
        packets = [packet for packet in held.demux(source) if packet.size]
        length = sum(packet.duration for packet in packets)
        for _ in range(times):
            for packet in packets:
                packet.stream = stream
                container.mux(packet)
                packet.pts += length
                packet.dts += length
    return out.getvalue()
