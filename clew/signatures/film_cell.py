"""The cell that also signs: in the jail, beside opening a file, the frames of a film are hashed and its sound is printed, so that only
signatures and a few stills come out.

An hour of film is gigabytes of pixels; its hashes are kilobytes. What a cell tells is judged outside (`frames_of`), as a captured decoder
may have written it.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import av
import numpy as np
from PIL import Image

from clew.kernel.limits import (
    FILM_FRAMES_ASKED_MAX,
    FILM_FRAMES_HASHED_MAX,
    FILM_FRAMES_SHARE,
    FILM_WHOLE_SHARE,
)
from clew.media.jail_cell import Errand, examine_inside
from clew.media.kinds import MediaKind
from clew.media.shrinking import shrunk
from clew.signatures.animations import animation_moments, is_animated
from clew.signatures.films import Frame, Moment, frame_of, moments
from clew.signatures.letterbox import Trimming
from clew.signatures.pdq import warm_up
from clew.signatures.scenes import STILL_SIDE_PIXELS_MAX, Scenes
from clew.signatures.sound_cell import sign_sound
from clew.signatures.sound_decoding import rehearse as rehearse_sound

#: For `Jail(film_cell=…)`.
CELL = "clew.signatures.film_cell:examine_and_sign_inside"
_RECORD = np.dtype(
    [
        *(("bits", "u1", (32,)), ("mirrored", "u1", (32,))),
        *(("quality", "u1"), ("is_between", "u1"), ("time_ms", "<u4"), ("number", "<u8")),
    ]
)
#: The names of the blobs that tell of the frames, as they are and without the film's letterbox.
MOMENTS, MOMENTS_TRIMMED = "moments", "moments-trimmed"
Facts = dict[str, Any]


def examine_and_sign_inside(errand: Errand) -> dict[str, Any]:
    """What the media room's own cell answers, and of a film or a sound whatever its signers can make of it."""
    header = examine_inside(errand)
    facts = header.get("metadata", {})
    if errand.media_type.kind in {MediaKind.VIDEO, MediaKind.AUDIO}:
        for fact, sign in SIGNERS.items():
            if facts.get(fact):
                header["metadata"] = {**header["metadata"], **sign(errand, facts)}
    elif is_animated(errand.media_type, facts):
        errand.source.seek(0)
        moving = animation_moments(errand.source, errand.media_type.parser)
        header["metadata"] = {**facts, **_signed(errand, _in_time(errand, moving))}
    return header


def sign_frames(errand: Errand, _facts: Facts) -> Facts:
    """Write the hashes of a film's frames and its stills into the shared memory; what is to be said of them."""
    return _signed(errand, _looked_at(errand), Scenes())


def _signed(errand: Errand, chosen: Iterator[Moment], scenes: Scenes | None = None) -> Facts:
    """Write the hashes of the chosen moments; a picture that moves has no scenes and no letterbox."""
    frames: list[Frame] = []
    trimming, told = Trimming(), ""
    try:
        for moment in chosen:
            made = frame_of(moment)
            frames.append(made)
            if scenes is not None:
                trimming.see(moment)
                if not moment.is_between:
                    scenes.see(moment, made)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise anything at all on hostile bytes
        told = "broke off"
    trimmed = trimming.frames() if scenes is not None else []
    errand.parts.add_blob(MOMENTS, _told(frames))
    if trimmed:
        errand.parts.add_blob(MOMENTS_TRIMMED, _told(trimmed))
    if scenes is not None:
        _add_stills(errand, scenes)
    hashed: Facts = {
        "frames_hashed": sum(not frame.is_between for frame in frames),
        "hashed_until_seconds": round(max((frame.time_ms for frame in frames), default=0) / 1000, 3),
    }
    if trimmed and trimming.borders:
        bars = trimming.borders
        hashed["letterbox"] = f"{bars.top} above, {bars.bottom} below, {bars.left} left, {bars.right} right, in pixels"
    return {**hashed, **({"frames_told": told} if told else {})}


#: What is made of a film or a sound that has what the fact names; each writes its parts and says what is to be said of them.
SIGNERS: dict[str, Callable[[Errand, Facts], Facts]] = {"has_video": sign_frames, "has_audio": sign_sound}


def _looked_at(errand: Errand) -> Iterator[Moment]:
    """Every second of the film while there is time; of what is left then the key frames."""
    seconds, parser, reached = errand.limits.cpu_seconds_max, errand.media_type.parser, 0.0
    for moment in moments(errand.source, parser, with_between=True):
        reached = max(reached, moment.time_ms / 1000)
        yield moment
        if time.process_time() > seconds * FILM_WHOLE_SHARE:
            break
    else:
        return
    for moment in moments(errand.source, parser, only_key_frames=True, from_seconds=reached + 0.001):
        yield moment
        if time.process_time() > seconds * FILM_FRAMES_SHARE:
            return


def _in_time(errand: Errand, chosen: Iterator[Moment]) -> Iterator[Moment]:
    for moment in chosen:
        yield moment
        if time.process_time() > errand.limits.cpu_seconds_max * FILM_FRAMES_SHARE:
            return


def _add_stills(errand: Errand, scenes: Scenes) -> None:
    """First the one that stands for the film, then its scenes."""
    first = scenes.representative
    if first is None:
        return
    errand.parts.add_still(first.pixels, first.time_ms)
    for scene in scenes.stills():
        errand.parts.add_still(scene.pixels, scene.time_ms, side_pixels_max=STILL_SIDE_PIXELS_MAX)


def _told(frames: Sequence[Frame]) -> bytes:
    records = np.zeros(len(frames), _RECORD)
    for at, frame in enumerate(sorted(frames, key=lambda frame: frame.time_ms)):
        bits, mirrored = np.frombuffer(frame.bits, np.uint8), np.frombuffer(frame.mirrored, np.uint8)
        records[at] = (bits, mirrored, frame.quality, frame.is_between, frame.time_ms, frame.number)
    return records[:FILM_FRAMES_ASKED_MAX].tobytes()


def frames_of(told: bytes) -> list[Frame]:
    """The frames that a cell tells of, without those that cannot be and without repetitions of the one before."""
    kept: list[Frame] = []
    #: The last of those that are kept, and of those between.
    before: dict[bool, bytes] = {}
    count = 0
    for record in np.frombuffer(told, _RECORD, min(len(told) // _RECORD.itemsize, FILM_FRAMES_ASKED_MAX)):
        bits, quality, time_ms = record["bits"].tobytes(), int(record["quality"]), int(record["time_ms"])
        is_between = bool(record["is_between"])
        if quality > 100 or time_ms >= 2**31 or (kept and time_ms <= kept[-1].time_ms):
            continue
        if bits == before.get(is_between) or (is_between and bits == before.get(False)):
            continue
        count += not is_between
        if count > FILM_FRAMES_HASHED_MAX:
            break
        before[is_between] = bits
        number = min(int(record["number"]), 2**31 - 1)
        kept.append(Frame(bits, quality, time_ms, number, record["mirrored"].tobytes(), is_between))
    return kept


def rehearse_cell() -> None:
    """Before the walls are up: load the kernels, and decode a tiny film, so that nothing is left to load in a cell."""
    warm_up()
    rehearse_sound()
    shrunk(np.zeros((8, 8, 3), dtype=np.uint8), 4)
    trimming = Trimming()
    for only_key_frames in (False, True):
        for moment in moments(io.BytesIO(_tiny_film()), "mov", only_key_frames=only_key_frames, with_between=True):
            trimming.see(moment)
    trimming.frames()
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
