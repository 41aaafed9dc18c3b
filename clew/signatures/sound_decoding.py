"""The sound of a file, heard through to its end without ever being held: decoded, mixed to one channel, resampled, and printed as it comes.

What this meets is hostile: it runs in a cell of the jail, on one thread, and a packet that cannot be decoded is passed over and counted.
"""

from __future__ import annotations

import io
import time
import wave
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import av
import av.filter
import numpy as np

from clew.kernel.limits import SOUND_SECONDS_MAX
from clew.signatures.sound import TUNINGS, Samples, SoundStream
from clew.signatures.sound_classes import SAMPLE_RATE, SAMPLES_FIRST
from clew.signatures.sound_print import SoundPrint

#: The resampler as chromaprint's own program sets it: another one moves bits.
_RESAMPLING = f"{SAMPLE_RATE}:filter_size=16:phase_shift=8:linear_interp=1:cutoff=0.8:internal_sample_fmt=s16p"
_FORMAT = f"sample_fmts=s16:channel_layouts=mono:sample_rates={SAMPLE_RATE}"
#: Samples a second that sound can have: below, a few bytes would become hours of sound.
_RATE_MIN, _RATE_MAX = 1_000, 768_000
#: The longest frame, in seconds; codecs' own are shorter than two.
_FRAME_SECONDS_MAX = 30


def sound_of(
    source: BinaryIO,
    parser: str,
    *,
    seconds_max: float = SOUND_SECONDS_MAX,
    cpu_until: float | None = None,
    tunings: Sequence[int] = (0,),
) -> SoundPrint:
    """The print of the first sound in a file, up to `seconds_max` of it, or to where the process has used `cpu_until` seconds of the processor.

    `tunings` as in `sound_variants_of`; 0 must be among them. Raises what the decoder raises where the container cannot be opened, or LookupError
    where it holds no sound; what breaks off later is told by `is_whole`.
    """
    hearing = _Hearing(SoundStream(tunings), round(seconds_max * SAMPLE_RATE))
    with av.open(source, mode="r", format=parser, metadata_errors="replace") as container:
        if not container.streams.audio:
            raise LookupError("the file holds no sound")
        stream = container.streams.audio[0]
        # One thread: a cell of the jail has no other.
        stream.thread_type = "NONE"
        for packet in hearing.packets(container, stream):
            hearing.take(packet)
            if hearing.is_full or (cpu_until is not None and time.process_time() > cpu_until):
                hearing.is_whole = False
                break
    hearing.end()
    return hearing.told()


class _Hearing:
    """One file being listened to: the filter that its frames go through, and what came of it."""

    def __init__(self, stream: SoundStream, samples_max: int) -> None:
        self._stream = stream
        self._samples_max = samples_max
        self._graph: _Resampler | None = None
        self._skipped = 0
        self.is_whole = True

    @property
    def is_full(self) -> bool:
        """Whether there is more sound than is taken."""
        return self._stream.samples >= self._samples_max

    def packets(self, container: Any, stream: Any) -> Iterator[Any]:
        """The packets up to the end, or to where the container cannot be read on."""
        listed = container.demux(stream)
        while True:
            try:
                packet = next(listed, None)
            except (av.FFmpegError, ValueError):
                self.is_whole = False
                return
            if packet is None:
                return
            yield packet

    def take(self, packet: Any) -> None:
        """Hear a packet; count one that is none."""
        try:
            for frame in packet.decode():
                self._hear(frame)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - decoders raise anything at all on hostile bytes
            self._skipped += 1

    def _hear(self, frame: Any) -> None:
        if not (
            _RATE_MIN <= frame.sample_rate <= _RATE_MAX and frame.samples <= _FRAME_SECONDS_MAX * frame.sample_rate
        ):
            raise ValueError("no sound has such frames")
        if self._graph is None or not self._graph.fits(frame):
            self._drain()
            self._graph = _Resampler(frame)
        self._feed(self._graph.pushed(frame))

    def _feed(self, samples: Samples) -> None:
        self._stream.feed(samples[: max(0, self._samples_max - self._stream.samples)])

    def _drain(self) -> None:
        graph, self._graph = self._graph, None
        if graph is not None:
            self._feed(graph.drained())

    def end(self) -> None:
        """Hear what the filter still holds."""
        try:
            self._drain()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - see `take`
            self._skipped += 1

    def told(self) -> SoundPrint:
        """What was heard."""
        items = self._stream.tunings()
        duration_ms = round(1000 * self._stream.samples / SAMPLE_RATE)
        return SoundPrint(items.pop(0), duration_ms, items, self._skipped, self.is_whole)


class _Resampler:
    """Frames of one kind in, samples at 11,025 a second out."""

    def __init__(self, frame: Any) -> None:
        self._kind = _kind_of(frame)
        self._graph = av.filter.Graph()
        self._graph.threads = 1
        source = self._graph.add_abuffer(
            sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name, time_base=frame.time_base
        )
        chain = [source, self._graph.add("aresample", _RESAMPLING), self._graph.add("aformat", _FORMAT)]
        self._graph.link_nodes(*chain, self._graph.add("abuffersink")).configure()

    def fits(self, frame: Any) -> bool:
        """Whether the frame is of this kind."""
        return self._kind == _kind_of(frame)

    def pushed(self, frame: Any) -> Samples:
        """What comes out when the frame goes in."""
        # Times that jump, or are absent, must not have silence put in or sound taken out.
        frame.pts = None
        self._graph.push(frame)
        return self._pulled()

    def drained(self) -> Samples:
        """What is still inside."""
        self._graph.push(None)
        return self._pulled()

    def _pulled(self) -> Samples:
        pulled = [np.empty(0, dtype=np.int16)]
        while True:
            try:
                pulled.append(self._graph.pull().to_ndarray()[0])
            except (av.FFmpegError, EOFError):
                return np.concatenate(pulled)


def _kind_of(frame: Any) -> tuple[int, str, str]:
    return frame.sample_rate, frame.format.name, frame.layout.name


def rehearse() -> None:
    """Before the walls are up: hear a tiny sound in every tuning, so that nothing is left to load in a cell."""
    sound_of(io.BytesIO(_tiny_sound()), "wav", tunings=TUNINGS)


def _tiny_sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(2 * SAMPLE_RATE)
        samples = np.random.default_rng(0).integers(-9999, 9999, (3 * SAMPLES_FIRST, 2), dtype=np.int16)
        file.writeframes(samples.tobytes())
    return out.getvalue()
