"""The cell that also signs: in the jail, beside opening a file, the frames of a film are hashed, so that only hashes and one still come out.

An hour of film is gigabytes of pixels; its hashes are kilobytes. What a cell tells is judged outside (`frames_of`), as a captured decoder
may have written it.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from PIL import Image

from clew.kernel.limits import FILM_FRAMES_HASHED_MAX, PDQ_QUALITY_MIN
from clew.media.jail_cell import Errand, examine_inside
from clew.media.kinds import MediaKind
from clew.media.shrinking import shrunk
from clew.signatures.animations import animation_moments, is_animated
from clew.signatures.films import Frame, Moment, frame_of, moments
from clew.signatures.pdq import warm_up

#: For `Jail(cell=…)`.
CELL = "clew.signatures.film_cell:examine_and_sign_inside"
#: Of a file's processor time, so much may go into frames; then what there is is told.
_CPU_SHARE = 0.6
_RECORD = np.dtype(
    [("bits", "u1", (32,)), ("mirrored", "u1", (32,)), ("quality", "<u4"), ("time_ms", "<u4"), ("number", "<u8")]
)
#: The name of the blob that tells of the frames.
MOMENTS = "moments"


def examine_and_sign_inside(errand: Errand) -> dict[str, Any]:
    """What the media room's own cell answers, and of a film the hashes of its frames and a still, if they can be had."""
    header = examine_inside(errand)
    facts = header.get("metadata", {})
    if errand.media_type.kind is MediaKind.VIDEO and facts.get("has_video"):
        header |= _signed(errand, facts, moments(_rewound(errand), errand.media_type.parser))
    elif is_animated(errand.media_type, facts):
        header |= _signed(errand, facts, animation_moments(_rewound(errand), errand.media_type.parser))
    return header


def _signed(errand: Errand, facts: dict[str, Any], chosen: Iterator[Moment]) -> dict[str, Any]:
    """Write the moments, and of a film the still, into the shared memory; what the header tells of them."""
    records = np.zeros(FILM_FRAMES_HASHED_MAX, _RECORD)
    until = errand.limits.cpu_seconds_max * _CPU_SHARE
    count, still, told = 0, None, ""
    try:
        for moment in _until(chosen, until):
            made = frame_of(moment)
            bits, mirrored = np.frombuffer(made.bits, np.uint8), np.frombuffer(made.mirrored, np.uint8)
            records[count] = (bits, mirrored, made.quality, made.time_ms, made.number)
            count += 1
            if still is None or (still[1] < PDQ_QUALITY_MIN and made.quality > still[1]):
                still = (moment, made.quality)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise anything at all on hostile bytes
        told = "broke off"
    errand.parts.add_blob(MOMENTS, records[:count].tobytes())
    if still and errand.media_type.kind is MediaKind.VIDEO:
        errand.parts.add_still(still[0].pixels, still[0].time_ms)
    hashed = {
        "frames_hashed": count,
        "hashed_until_seconds": round(int(records[count - 1]["time_ms"]) / 1000, 3) if count else 0,
    }
    return {"metadata": {**facts, **hashed, **({"frames_told": told} if told else {})}}


def _until(chosen: Iterator[Moment], cpu_seconds: float) -> Iterator[Moment]:
    for moment in chosen:
        yield moment
        if time.process_time() > cpu_seconds:
            return


def _rewound(errand: Errand) -> Any:
    errand.source.seek(0)
    return errand.source


def frames_of(told: bytes) -> list[Frame]:
    """The frames that a cell tells of, without those that cannot be and without repetitions of the one before."""
    kept: list[Frame] = []
    for record in np.frombuffer(told, _RECORD, min(len(told) // _RECORD.itemsize, FILM_FRAMES_HASHED_MAX)):
        bits, quality, time_ms = record["bits"].tobytes(), int(record["quality"]), int(record["time_ms"])
        if quality > 100 or time_ms >= 2**31 or (kept and (time_ms <= kept[-1].time_ms or bits == kept[-1].bits)):
            continue
        kept.append(Frame(bits, quality, time_ms, min(int(record["number"]), 2**31 - 1), record["mirrored"].tobytes()))
    return kept


def rehearse_cell() -> None:
    """Before the walls are up: load the kernels, and decode a tiny film, so that nothing is left to load in a cell."""
    warm_up()
    shrunk(np.zeros((8, 8, 3), dtype=np.uint8), 4)
    for _moment in moments(io.BytesIO(_tiny_film()), "mov"):
        pass
    for _moment in moments(io.BytesIO(_tiny_film()), "mov", only_key_frames=True):
        pass
    for _moment in animation_moments(io.BytesIO(_tiny_animation()), "GIF"):
        pass


def _tiny_animation() -> bytes:
    out = io.BytesIO()
    shades = [Image.new("RGB", (16, 16), (shade, 0, 0)) for shade in (0, 128, 255)]
    shades[0].save(out, "GIF", save_all=True, append_images=shades[1:])
    return out.getvalue()


def _tiny_film() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for shade in range(10):
            picture = np.full((64, 64, 3), 20 * shade, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()
