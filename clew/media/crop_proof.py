"""The proof of a crop: what it was made of, and a check that a second person runs who has the picture and trusts nobody.

The check throws away every pixel outside the region and under the masks, makes the crop anew from what is left, and compares. Where both are
equal, nothing else of the picture can be in the crop. A proof holds a digest of the picture: it stays with the record, never with the crop.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from clew import __version__
from clew.kernel.errors import ClewError
from clew.kernel.limits import CROP_SIDE_PIXELS_MAX
from clew.media.bare_pictures import beside_the_picture
from clew.media.crop_regions import Region, region_of
from clew.media.examination import Pixels
from clew.media.sanitised_crop import CropEncoding, encoded, shown, visible_of


class CropNotProven(ClewError):
    """This crop is not what its proof says: {reason}. It must not leave. Make it anew from the picture."""

    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class CropProof:
    """What a crop was made of: digests (SHA-256) of its file, of its pixels, of the picture's pixels, and what was shown and hidden."""

    crop_sha256: str
    crop_pixels_sha256: str
    source_pixels_sha256: str
    region: Region
    masks: tuple[Region, ...]
    side_pixels_max: int
    encoding: CropEncoding
    tool: str

    def check(self, crop_bytes: bytes, source_pixels: Pixels) -> None:
        """Make the crop anew from the region alone; raises CropNotProven where anything differs."""
        if hashlib.sha256(crop_bytes).hexdigest() != self.crop_sha256:
            raise CropNotProven(reason="its bytes are others")
        if _digest(source_pixels) != self.source_pixels_sha256:
            raise CropNotProven(reason="it was made of another picture")
        made = proof_of(
            crop_bytes,
            source_pixels,
            self.region,
            self.masks,
            side_pixels_max=self.side_pixels_max,
            encoding=self.encoding,
        )
        if made.crop_pixels_sha256 != self.crop_pixels_sha256:
            raise CropNotProven(reason="its pixels are others")

    def to_json(self) -> str:
        """The proof as text, its names in order."""
        told: dict[str, Any] = {
            "crop_sha256": self.crop_sha256,
            "crop_pixels_sha256": self.crop_pixels_sha256,
            "source_pixels_sha256": self.source_pixels_sha256,
            "region": self.region.as_json(),
            "masks": [mask.as_json() for mask in self.masks],
            "side_pixels_max": self.side_pixels_max,
            "encoding": self.encoding.value,
            "tool": self.tool,
        }
        return json.dumps(told, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> CropProof:
        """The proof of `to_json`. Raises CropNotProven for what is none."""
        try:
            told = json.loads(text)
            return cls(
                crop_sha256=told["crop_sha256"],
                crop_pixels_sha256=told["crop_pixels_sha256"],
                source_pixels_sha256=told["source_pixels_sha256"],
                region=region_of(told["region"]),
                masks=tuple(region_of(mask) for mask in told["masks"]),
                side_pixels_max=told["side_pixels_max"],
                encoding=CropEncoding(told["encoding"]),
                tool=told["tool"],
            )
        except (ValueError, KeyError, TypeError):
            raise CropNotProven(reason="the proof cannot be read") from None


def proof_of(
    crop_bytes: bytes,
    source_pixels: Pixels,
    region: Region,
    masks: Sequence[Region] = (),
    *,
    side_pixels_max: int = CROP_SIDE_PIXELS_MAX,
    encoding: CropEncoding = CropEncoding.PNG,
) -> CropProof:
    """The proof that these bytes are the crop of that region and of nothing else; raises CropNotProven where they are not.

    Another release of an encoder may write other bytes for the same pixels: then the crop is made anew, not argued about.
    """
    beside = beside_the_picture(crop_bytes)
    if beside:
        raise CropNotProven(reason=f"there is more in it than a picture: {', '.join(beside)}")
    made = shown(_alone(source_pixels, region, masks), region, masks, side_pixels_max=side_pixels_max)
    if encoded(made, encoding) != crop_bytes:
        raise CropNotProven(reason="made anew from its region alone, it comes out otherwise")
    return CropProof(
        crop_sha256=hashlib.sha256(crop_bytes).hexdigest(),
        crop_pixels_sha256=_digest(made),
        source_pixels_sha256=_digest(source_pixels),
        region=region,
        masks=tuple(masks),
        side_pixels_max=side_pixels_max,
        encoding=encoding,
        tool=f"clew {__version__}",
    )


def _alone(pixels: Pixels, region: Region, masks: Sequence[Region]) -> Pixels:
    """A picture of the same size, black but for what the crop may show."""
    bounds, visible = visible_of(pixels.shape[0], pixels.shape[1], region, masks)
    alone = np.zeros_like(pixels)
    rows, columns = slice(bounds.top, bounds.bottom), slice(bounds.left, bounds.right)
    np.copyto(alone[rows, columns], pixels[rows, columns], where=visible[:, :, None])
    return alone


def _digest(pixels: Pixels) -> str:
    """Of the pixels and their shape, whatever file they came from."""
    head = f"{pixels.shape[0]}x{pixels.shape[1]}:".encode()
    return hashlib.sha256(head + np.ascontiguousarray(pixels).tobytes()).hexdigest()
