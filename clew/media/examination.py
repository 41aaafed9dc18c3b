"""Examinations: what comes out of the jail for one file, either a description with pixels or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from clew.kernel.limits import PREVIEW_SIDE_PIXELS_MAX, STRIP_SIDE_PIXELS_MAX, THUMBNAIL_SIDE_PIXELS_MAX
from clew.media.kinds import MediaType
from clew.media.renditions import contact_sheet, rendition
from clew.media.shrinking import shrunk

#: A value of the flat description of a file.
MetadataValue = str | int | float
Pixels = npt.NDArray[np.uint8]


class UnreadableReason(StrEnum):
    """Why a file gave no picture, as a stable word for programs; `SENTENCES` holds the words for people."""

    EMPTY = "empty"
    UNKNOWN_FORMAT = "unknown_format"
    TEXT = "text"
    ARCHIVE = "archive"
    TRUNCATED = "truncated"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"
    DECODER_FAILED = "decoder_failed"
    FORBIDDEN_ACT = "forbidden_act"
    TIME_EXCEEDED = "time_exceeded"
    MEMORY_EXCEEDED = "memory_exceeded"
    NO_PREVIEW = "no_preview"
    JAIL_BROKEN = "jail_broken"


SENTENCES: dict[UnreadableReason, str] = {
    UnreadableReason.EMPTY: "empty file: it has no bytes",
    UnreadableReason.UNKNOWN_FORMAT: "not a picture, video or sound that Clew knows",
    UnreadableReason.TEXT: "not a picture, video or sound that Clew knows (looks like text)",
    UnreadableReason.ARCHIVE: "an archive, not a picture, video or sound: unpack it first",
    UnreadableReason.TRUNCATED: "truncated: the file ends before its picture does; only its exact hashes are used",
    UnreadableReason.TOO_MANY_PIXELS: "more pixels than Clew opens",
    UnreadableReason.TOO_LARGE: "larger than Clew opens; only its exact hashes are used",
    UnreadableReason.DECODER_FAILED: "damaged, or not what it claims to be: its decoder gave up",
    UnreadableReason.FORBIDDEN_ACT: "hostile: opening it made the decoder try something forbidden; keep it away from other programs",
    UnreadableReason.TIME_EXCEEDED: "opening it took longer than allowed",
    UnreadableReason.MEMORY_EXCEEDED: "opening it needs more memory than allowed",
    UnreadableReason.NO_PREVIEW: "a camera's raw picture without a preview, and raw pictures are not developed; only its exact hashes are used",
    UnreadableReason.JAIL_BROKEN: "the jail broke down while this file was open; submit it again",
}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be opened: the reason, and a sentence for the officer. Its bytes are kept and its digests compared."""

    reason: UnreadableReason
    detail: str = ""
    #: The limit that was in force, where the reason is one; two refusals for one reason are the same under any limit.
    limit: str = field(default="", compare=False)

    @property
    def sentence(self) -> str:
        """What the officer reads, such as "more pixels than Clew opens (60,000 x 60,000; the limit is 100 megapixels)"."""
        told = "; ".join(part for part in (self.detail, f"the limit is {self.limit}" if self.limit else "") if part)
        return f"{SENTENCES[self.reason]} ({told})" if told else SENTENCES[self.reason]


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One frame of a film, (height, width, 3) uint8 RGB, shrunk to a preview, and its milliseconds from the beginning."""

    time_ms: int
    pixels: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A file that lay inside another one, such as a picture in a document: where it lay, in words, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, eq=False)
class Examination:
    """A file that was opened.

    `pixels` is the picture as (height, width, 3) uint8 RGB at full size and in the orientation in which it is stored (other
    tools hash it so), or None for video and sound. `exif_orientation` is 1 to 8 (EXIF 2.32, tag 0x0112); renditions have it
    applied. `width` and `height` are pixels of the stored picture, None for sound. `metadata` is flat. `blobs` are signatures that the
    jail's cell made, by name; what their bytes mean is judged by whoever gave the cell. `stills` are frames of a film: first the one that
    stands for it, then those of its scenes in the order of time. `embedded` are the files that lay inside.
    """

    media_type: MediaType
    pixels: Pixels | None
    width: int | None
    height: int | None
    exif_orientation: int = 1
    metadata: dict[str, MetadataValue] = field(default_factory=dict)
    extension_disagrees: bool = False
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    stills: Sequence[Still] = ()
    embedded: Sequence[Embedded] = ()

    @property
    def still(self) -> Pixels | None:
        """The frame that stands for a film, or the look of a picture that has a colour profile."""
        return self.stills[0].pixels if self.stills else None

    @cached_property
    def _small(self) -> Pixels | None:
        """The pixels of the preview, from which the thumbnail is made too: the large picture is read once."""
        # The still of a picture is its look in sRGB, where it has another colour profile.
        picture = self.pixels if self.still is None else self.still
        return None if picture is None else shrunk(picture, PREVIEW_SIDE_PIXELS_MAX)

    @cached_property
    def thumbnail_bytes(self) -> bytes | None:
        """A JPEG within `THUMBNAIL_SIDE_PIXELS_MAX`, made at first use; None without pixels."""
        return self._rendition(THUMBNAIL_SIDE_PIXELS_MAX)

    @cached_property
    def preview_bytes(self) -> bytes | None:
        """A JPEG within `PREVIEW_SIDE_PIXELS_MAX`, made at first use; None without pixels."""
        return self._rendition(PREVIEW_SIDE_PIXELS_MAX)

    @cached_property
    def strip_bytes(self) -> bytes | None:
        """A JPEG with the scenes of a film side by side; None where there are not two."""
        scenes = self.stills[1:]
        return (
            contact_sheet([shrunk(still.pixels, STRIP_SIDE_PIXELS_MAX) for still in scenes])
            if len(scenes) > 1
            else None
        )

    def _rendition(self, side_pixels_max: int) -> bytes | None:
        if self._small is None:
            return None
        return rendition(self._small, side_pixels_max=side_pixels_max, exif_orientation=self.exif_orientation)
