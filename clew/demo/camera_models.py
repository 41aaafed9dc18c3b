"""Camera models: made-up makes, each with its own way of writing a JPEG: quality, sampling, tables, thumbnail, and what EXIF tells."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

_THUMBNAIL_SIDES = (160, 120)
# The place of a thumbnail in EXIF's second directory (EXIF 2.32, 4.6.4, table 4).
_THUMBNAIL_START, _THUMBNAIL_BYTES = 513, 514


@dataclass(frozen=True, slots=True)
class CameraModel:
    """One model. `quality` is the Independent JPEG Group's; `subsampling` Pillow's number; `restart_rows` 0 for none."""

    make: str
    name: str
    software: str
    quality: int
    subsampling: int
    is_optimised: bool = False
    restart_rows: int = 0
    tables_scale: float = 0.0

    def jpeg_of(self, pixels: npt.NDArray[np.uint8], serials: tuple[str, str] | None) -> bytes:
        """The picture (H, W, 3) as this model writes it; `serials` are those of body and lens."""
        options: dict[str, object] = {
            "quality": self.quality,
            "subsampling": self.subsampling,
            "optimize": self.is_optimised,
            "restart_marker_rows": self.restart_rows,
        }
        if self.tables_scale:
            options["qtables"] = _own_tables(self.tables_scale)
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", exif=self._exif(serials), **options)
        return out.getvalue()

    def _exif(self, serials: tuple[str, str] | None) -> Image.Exif:
        exif = Image.Exif()
        exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = self.make, self.name
        exif[ExifTags.Base.Software] = self.software
        if serials is not None:
            photograph = exif.get_ifd(ExifTags.IFD.Exif)
            photograph[ExifTags.Base.BodySerialNumber], photograph[ExifTags.Base.LensSerialNumber] = serials
        return exif


def _own_tables(scale: float) -> list[list[int]]:
    """Tables of a maker's own: they rise with the frequency along the diagonals, the second one faster."""
    steps = np.add.outer(np.arange(8), np.arange(8)).ravel()
    return [np.clip(np.rint(scale * (2 + slope * steps)), 1, 255).astype(int).tolist() for slope in (1.0, 1.6)]


#: Some share their tables with half of the world, some have tables of their own.
MODELS = (
    CameraModel("Ariadne", "Ariadne A1", "1.02", quality=92, subsampling=2),
    CameraModel("Ariadne", "Ariadne A2", "1.10", quality=92, subsampling=1, is_optimised=True),
    CameraModel("Daedal", "D-40", "Ver.2.0", quality=90, subsampling=1, tables_scale=0.9),
    CameraModel("Daedal", "D-70", "Ver.3.1", quality=95, subsampling=2, restart_rows=1),
    CameraModel("Knossos", "Kn 5", "5.4.1", quality=85, subsampling=2),
    CameraModel("Minoa", "Minoa Palm", "M-OS 7", quality=88, subsampling=2, tables_scale=1.2),
)
