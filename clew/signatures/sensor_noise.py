"""Sensor noise: whether two pictures, or a picture and a fingerprint, carry the pattern of one sensor, by the peak of their correlation.

The peak-to-correlation energy (Goljan 2008) sets the correlation where the two should lie on each other against its mean square everywhere
else, so what the two share besides a sensor counts on both sides. What it cannot do: telephones that compute a picture from several, scaled
or stabilised pictures and strong compression leave too little. That nothing is found means nothing.

    from clew.signatures.sensor_noise import sensor_print_of, peak_between
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.signatures.sensor_print import SensorPrint, print_of
from clew.signatures.sensor_residual import BLOCK, Plane, ResidualsUnlike, levelled, residual_of

#: Around the peak so many pixels to each side are left out of the energy.
_NEIGHBOURS = 5
#: Tiles along each side in which agreement is counted: a mark or caption fills a few, a sensor all.
_TILES = 4
#: Of the tiles, so many with the strongest agreement are left out to see whether the rest agrees too.
_TILES_LEFT_OUT = 4


@dataclass(frozen=True, slots=True)
class Peak:
    """How two planes of noise lie on each other. `pce` is negative where they run against each other; `down` and `across` say where the
    second lies on the first, in halved pixels; `correlation` is normalised, -1 to 1; `pce_spread` is the correlation's own energy without
    the quarter of the picture that agrees most, so that a shared mark or text does not make it.
    """

    pce: float
    correlation: float
    pce_spread: float
    down: int = 0
    across: int = 0


def sensor_print_of(pixels: npt.NDArray[np.uint8]) -> SensorPrint:
    """The print of a picture (H, W, 3) RGB or (H, W) grey as the file has it, not turned as EXIF asks. Raises PixelsUnusable.

    Ask it whether it `is_weak`: of a small, plain or blown out picture it is.
    """
    return print_of(residual_of(pixels))


def joined(prints: list[SensorPrint]) -> Plane:
    """The fingerprint (h, w) of the camera that took all of these, from their prints alone; raises ResidualsUnlike where they differ in size.

    What cameras have in common stands out with every picture joined, so it is taken away again.
    """
    if len({(one.width, one.height, one.used.shape) for one in prints}) != 1:
        raise ResidualsUnlike
    return levelled(sum_of([one.plane() for one in prints]))


def sum_of(planes: Iterable[Plane]) -> Plane:
    """The sum of some planes of one size, at least one."""
    first, *others = planes
    total = first.copy()
    for plane in others:
        total += plane
    return total


def peak_between(first: Plane, second: Plane) -> Peak:
    """The peak of two planes of one size where they lie edge on edge. Raises ResidualsUnlike."""
    if first.shape != second.shape or not first.size:
        raise ResidualsUnlike
    surface = np.fft.irfft2(np.fft.rfft2(first) * np.conj(np.fft.rfft2(second)), first.shape)
    return _peak(first, second, surface, 0, 0)


def peak_searched(first: Plane, second: Plane) -> Peak:
    """The peak wherever the second, of any size, lies on the first: for cut pictures. Of a million places some agree by chance, so ask
    for more of it than of one that lies edge on edge. Raises ResidualsUnlike.
    """
    if not first.size or not second.size:
        raise ResidualsUnlike
    shape = (_wide(first.shape[0] + second.shape[0]), _wide(first.shape[1] + second.shape[1]))
    surface = np.fft.irfft2(np.fft.rfft2(first, shape) * np.conj(np.fft.rfft2(second, shape)), shape)
    down, across = np.unravel_index(int(surface.argmax()), shape)
    return _peak(first, second, surface, int(down), int(across))


def warm_up() -> None:
    """Load what a print needs, before a jail closes."""
    sensor_print_of(np.resize(np.arange(256, dtype=np.uint8), (64, 64, 3)))


def _peak(first: Plane, second: Plane, surface: npt.NDArray[np.floating], down: int, across: int) -> Peak:
    height, width = surface.shape
    top = float(surface[down, across])
    rows = np.arange(down - _NEIGHBOURS, down + _NEIGHBOURS + 1) % height
    columns = np.arange(across - _NEIGHBOURS, across + _NEIGHBOURS + 1) % width
    around = surface[np.ix_(rows, columns)]
    others = max(surface.size - around.size, 1)
    energy = max((float((surface**2).sum()) - float((around**2).sum())) / others, 1e-12)
    down, across = (
        (down if down < first.shape[0] else down - height),
        (across if across < first.shape[1] else across - width),
    )
    spread, norm = _without_the_strongest(first, second, down, across)
    return Peak(
        pce=float(np.sign(top)) * top * top / energy,
        correlation=top / norm if norm else 0.0,
        pce_spread=float(np.sign(spread)) * spread * spread / energy,
        down=down,
        across=across,
    )


def _without_the_strongest(first: Plane, second: Plane, down: int, across: int) -> tuple[float, float]:
    """The correlation of where they overlap without its strongest tiles, made up for what was left out; and the norm of the overlap."""
    one = first[max(0, down) : down + second.shape[0], max(0, across) : across + second.shape[1]]
    other = second[max(0, -down) :, max(0, -across) :][: one.shape[0], : one.shape[1]]
    if min(one.shape) < _TILES * BLOCK:
        return 0.0, 0.0
    norm = float(np.sqrt(float((one**2).sum()) * float((other**2).sum())))
    product, weight = one * other, (one != 0) & (other != 0)
    tiles = [
        (float(tile.sum()), int(counted.sum()))
        for band, used in zip(np.array_split(product, _TILES), np.array_split(weight, _TILES), strict=True)
        for tile, counted in zip(np.array_split(band, _TILES, 1), np.array_split(used, _TILES, 1), strict=True)
    ]
    kept = sorted(tiles, key=lambda tile: tile[0] / max(tile[1], 1))[:-_TILES_LEFT_OUT]
    counted, total = sum(tile[1] for tile in kept), sum(tile[1] for tile in tiles)
    return (sum(tile[0] for tile in kept) * total / counted if counted else 0.0), norm


def _wide(length: int) -> int:
    """The next length with small factors, which the transform is quick at."""
    return next(n for n in range(length, 2 * length + 64) if _is_smooth(n))


def _is_smooth(number: int) -> bool:
    for factor in (2, 3, 5):
        while number % factor == 0:
            number //= factor
    return number == 1
