"""PDQ, the perceptual hash of ThreatExchange, at full resolution: bit for bit what the peers compute, about a hundred times as fast.

Luma, two box filters, 64 x 64 samples, the 16 x 16 lowest cosine frequencies, one bit each for above or below the median.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from clew.kernel.errors import ClewError
from clew.kernel.limits import PDQ_EXACT_PIXELS_MAX
from clew.signatures.orientations import Orientation
from clew.signatures.pdq_bands import SAMPLES, bands_of, reversed_bands_of
from clew.signatures.pdq_bits import hash_bits, structure_quality
from clew.signatures.pdq_exact import sample_exactly, transform_exactly
from clew.signatures.pdq_hash import HASH_SIZE_BYTES, PdqHash, PdqHashUnreadable
from clew.signatures.pdq_kernels import sample_across, sample_down, transform

__all__ = [
    "Orientation",
    "PdqHash",
    "PdqHashUnreadable",
    "PixelsUnusable",
    "pdq",
    "pdq_dihedral",
    "pdq_in_reference_order",
    "warm_up",
]

# Below this side the reference gives the zero hash with quality 0.
SIDE_PIXELS_MIN = 5
# Reordered sums move a coefficient by at most 0.004 and a step between samples by at most 0.0004 percent (measured on
# 9,500 pictures of 5 x 5 pixels to 12 megapixels). Where the two coefficients around the median lie nearer than twice
# that, or the steps leave the quality open, the reference's own order of operations decides.
GAP_MIN = 0.01
STEP_SLACK_PERCENT = 0.001
# Wider pictures are under 400 pixels high, and sampled sideways. Lines of this width take 64 MB.
LINE_PIXELS_MAX = 250_000

_EMPTY = PdqHash(bytes(HASH_SIZE_BYTES), 0)


class PixelsUnusable(ClewError):
    """The decoded picture has a form that cannot be hashed: rows of 8-bit grey or RGB pixels are needed. The original was kept. Tell your administrator which format it has."""


def pdq(pixels: npt.NDArray[np.uint8]) -> PdqHash:
    """The PDQ hash of a picture: (H, W, 3) RGB or (H, W) grey, uint8, at its full size.

    A side under 5 pixels gives the zero hash with quality 0, as the reference does. Raises PixelsUnusable for any other
    shape or type.
    """
    rows, channels = _interleaved(pixels)
    if min(pixels.shape[:2]) < SIDE_PIXELS_MIN:
        return _EMPTY
    made, is_certain = _hashed(_coarse(rows, channels, [(False, False)])[False, False])
    return made if is_certain else pdq_in_reference_order(pixels)


def pdq_dihedral(
    pixels: npt.NDArray[np.uint8], orientations: Sequence[Orientation] = tuple(Orientation)
) -> dict[Orientation, PdqHash]:
    """The hashes of the picture in all eight orientations, or those asked for, each equal to `pdq` of the really turned picture.

    Moving and negating the coefficients of one transform would be cheaper, but misses by 60 bits at 256 x 256: the
    reference's even windows look further ahead than back. Filtering with reversed bands costs one more pass over the
    pixels and is exact. Only where rounding decides of a picture over `PDQ_EXACT_PIXELS_MAX` / 8 may further orientations
    differ by the bits that lie at the median: the first ones take what may be spent on summing in the reference's order.
    """
    rows, channels = _interleaved(pixels)
    height, width = pixels.shape[:2]
    if min(height, width) < SIDE_PIXELS_MIN:
        return dict.fromkeys(orientations, _EMPTY)
    coarse = _coarse(rows, channels, [(turn.rows_reversed, turn.columns_reversed) for turn in orientations])
    hashes, exact_pixels_left = {}, PDQ_EXACT_PIXELS_MAX
    for orientation in orientations:
        flipped = coarse[orientation.rows_reversed, orientation.columns_reversed]
        turned = np.ascontiguousarray(flipped.T) if orientation.is_transposed else flipped
        made, is_certain = _hashed(turned)
        if not is_certain and height * width <= exact_pixels_left:
            exact_pixels_left -= height * width
            made = pdq_in_reference_order(orientation.applied_to(pixels))
        hashes[orientation] = made
    return hashes


def pdq_in_reference_order(pixels: npt.NDArray[np.uint8]) -> PdqHash:
    """The same hash as `pdq`, every sum in the reference's own order: slow, and right even where rounding decides."""
    rows, channels = _interleaved(pixels)
    if min(pixels.shape[:2]) < SIDE_PIXELS_MIN:
        return _EMPTY
    coarse = sample_exactly(rows, channels)
    bits, _ = hash_bits(transform_exactly(coarse))
    return PdqHash(bits, int(structure_quality(coarse, 0.0)))


def warm_up() -> None:
    """Load every kernel (compile it, the first time on a machine) so that the first real picture does not wait."""
    for shape in ((96, 80, 3), (96, 80), (SAMPLES, SAMPLES, 3)):
        pdq_dihedral(np.zeros(shape, dtype=np.uint8))


def _coarse(
    rows: npt.NDArray[np.uint8], channels: int, reversals: Collection[tuple[bool, bool]]
) -> dict[tuple[bool, bool], npt.NDArray[np.float32]]:
    """The (64, 64) luma pictures of rows (H, channels * W), for each of these ways to turn rows and columns end to end."""
    height, width = rows.shape[0], rows.shape[1] // channels
    if width > LINE_PIXELS_MAX:
        # Sixty-four lines of such a width would be larger than the picture, which is low: it is summed along its rows first.
        upright = np.ascontiguousarray(rows.reshape(height, width, channels).swapaxes(0, 1)).reshape(width, -1)
        turned = _coarse(upright, channels, [(columns, along) for along, columns in reversals])
        return {(along, columns): np.ascontiguousarray(made.T) for (columns, along), made in turned.items()}
    made = {}
    for rows_reversed in {along for along, _columns in reversals}:
        lines = sample_down(rows, channels, reversed_bands_of(height) if rows_reversed else bands_of(height))
        for columns_reversed in {columns for along, columns in reversals if along == rows_reversed}:
            across = reversed_bands_of(width) if columns_reversed else bands_of(width)
            made[rows_reversed, columns_reversed] = sample_across(lines, across)
    return made


def _hashed(coarse: npt.NDArray[np.float32]) -> tuple[PdqHash, bool]:
    """The hash that the fast (64, 64) luma picture gives, and whether the reference's order of operations gives the same for certain."""
    bits, gap = hash_bits(transform(coarse))
    quality = structure_quality(coarse, STEP_SLACK_PERCENT)
    is_certain = gap >= GAP_MIN and quality == structure_quality(coarse, -STEP_SLACK_PERCENT)
    return PdqHash(bits, int(quality)), is_certain


def _interleaved(pixels: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], int]:
    """The picture as rows of plain bytes (H, channels * W), contiguous, and the number of channels."""
    is_grey = pixels.ndim == 2
    if pixels.dtype != np.uint8 or not (is_grey or (pixels.ndim == 3 and pixels.shape[2] == 3)) or pixels.size == 0:
        raise PixelsUnusable
    return np.ascontiguousarray(pixels).reshape(pixels.shape[0], -1), 1 if is_grey else 3
