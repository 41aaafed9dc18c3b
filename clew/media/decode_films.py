"""Films and sounds: what they are, by PyAV, without decoding their frames beyond what libavformat needs to name the codec."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any, BinaryIO

import av
import av.logging

from clew.media.decoded import Decoded, MediaUnreadable
from clew.media.endings import ends_early
from clew.media.examination import MetadataValue, UnreadableReason
from clew.media.kinds import MediaType
from clew.media.metadata import bounded
from clew.media.movie_times import movie_header_facts, place_facts

#: A film has a picture and a few languages; one with more streams is told by its first.
STREAMS_TOLD_MAX = 16
# Its own log writer takes Python's lock from foreign threads; nobody reads it here.
av.logging.set_level(None)


def describe_film(media_type: MediaType, source: BinaryIO, *, content: memoryview) -> Decoded:
    """The film or sound as its container tells of it; raises MediaUnreadable with the reason, or MemoryError."""
    try:
        with av.open(source, mode="r", format=media_type.parser, metadata_errors="replace") as container:
            facts = _facts(container)
        if media_type.parser == "mov":
            facts |= movie_header_facts(content)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise anything at all on hostile bytes
        is_short = isinstance(error, EOFError) or ends_early(media_type, content)
        raise MediaUnreadable(UnreadableReason.TRUNCATED if is_short else UnreadableReason.DECODER_FAILED) from error
    if not facts["streams"]:
        raise MediaUnreadable(UnreadableReason.DECODER_FAILED)
    return Decoded(None, _side(facts.get("width")), _side(facts.get("height")), 1, bounded(facts))


def _side(value: MetadataValue | None) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _facts(container: Any) -> dict[str, MetadataValue | None]:
    """Flat facts of a container: duration in seconds, codecs, frame rate, sides in pixels, and who or what made it."""
    facts: dict[str, MetadataValue | None] = {"format": container.format.name, "streams": len(container.streams)}
    if container.duration is not None:
        facts["duration_seconds"] = container.duration / av.time_base
    if container.bit_rate:
        facts["bit_rate"] = container.bit_rate
    facts["has_video"] = int(bool(container.streams.video))
    facts["has_audio"] = int(bool(container.streams.audio))
    for stream in container.streams.video[:1]:
        facts |= {"codec": stream.codec_context.codec.canonical_name, "width": stream.width, "height": stream.height}
        facts |= {"frames": stream.frames or None, "rotation_degrees": _rotation(stream)}
        facts |= {"video_handler": stream.metadata.get("handler_name"), "video_encoder": stream.metadata.get("encoder")}
        facts["frame_rate"] = float(stream.average_rate) if stream.average_rate else None
    for stream in container.streams.audio[:1]:
        facts |= {
            "audio_codec": stream.codec_context.codec.canonical_name,
            "sample_rate": stream.codec_context.sample_rate,
        }
        facts["audio_handler"] = stream.metadata.get("handler_name")
        facts["channels"] = stream.codec_context.channels
        facts["audio_language"] = _language(stream)
    for number, stream in enumerate(itertools.islice(container.streams, STREAMS_TOLD_MAX)):
        # A stream that nobody can name does not make the others unreadable.
        with contextlib.suppress(Exception):
            facts[f"stream_{number}"] = _stream_words(stream)
    return facts | _tags(container)


def _stream_words(stream: Any) -> str:
    """One stream in a line: what it is, how it is coded, its size or rates, how long it is, its language; what is not known is left out."""
    codec = stream.codec_context
    words = [stream.type]
    if codec is not None:
        words += [codec.codec.canonical_name, codec.profile]
    if stream.type == "video" and codec is not None:
        words += [codec.pix_fmt, f"{stream.width} x {stream.height} pixels"]
        words += [f"{float(stream.average_rate):g} frames/s" if stream.average_rate else None]
    if stream.type == "audio" and codec is not None:
        words += [f"{codec.sample_rate} Hz", codec.layout.name]
    if codec is not None and codec.bit_rate:
        words += [f"{codec.bit_rate // 1000} kbit/s"]
    if stream.duration is not None and stream.time_base is not None:
        words += [f"{float(stream.duration * stream.time_base):.3f} s"]
    words += [stream.metadata.get("language")]
    return ", ".join(str(word) for word in words if word)


def _language(stream: Any) -> str | None:
    """The language that a stream says it has (ISO 639-2); "und" says that nobody told."""
    told = str(stream.metadata.get("language") or "")
    return told if told and told != "und" else None


def _rotation(stream: Any) -> int | None:
    text = stream.metadata.get("rotate", "")
    return int(text) if text.lstrip("-").isdigit() and len(text) <= 4 else None


_TAGS = {
    "taken_at": ("com.apple.quicktime.creationdate", "creation_time", "date"),
    "camera_make": ("com.apple.quicktime.make", "make"),
    "camera_model": ("com.apple.quicktime.model", "model", "com.android.model"),
    "software": ("com.apple.quicktime.software", "encoder", "software"),
    "location": ("com.apple.quicktime.location.ISO6709", "location", "location-eng"),
    "title": ("title",),
    "artist": ("artist",),
    "comment": ("comment",),
}


def _tags(container: Any) -> dict[str, MetadataValue | None]:
    found = {}
    for fact, names in _TAGS.items():
        found[fact] = next((container.metadata[name] for name in names if name in container.metadata), None)
    brands = {name: container.metadata.get(name) for name in ("major_brand", "compatible_brands")}
    return {**found, **brands, **place_facts(str(found["location"] or ""))}
