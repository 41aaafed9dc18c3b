"""What happens to a picture on its way: each transformation a function of the pixels, a seeded generator and a stranger's picture.

Where a picture is pasted, framed in a collage or partly covered, what is around it comes from pictures that are in no index. Sides, not
areas: a crop of 50 % keeps a quarter of the picture, one of 70 % a tenth.
"""

from __future__ import annotations

import io
import zlib

import cv2
import numpy as np
from overlaid import captioned, phone_framed
from PIL import Image, ImageFilter


def altered(name, original, filler):
    """The picture so altered; the same three give the same pixels."""
    seed = np.random.default_rng(zlib.crc32(f"{name} {original.name}".encode()))
    return np.ascontiguousarray(TRANSFORMATIONS[name](original.pixels, seed, filler))


def crop(share):
    def cropped(pixels, seed, _filler):
        height, width = pixels.shape[:2]
        kept_height, kept_width = max(8, round(height * (1 - share))), max(8, round(width * (1 - share)))
        top, left = (int(seed.integers(0, n + 1)) for n in (height - kept_height, width - kept_width))
        return pixels[top : top + kept_height, left : left + kept_width]

    return cropped


def border(share, kind):
    """A border of `share` of each side in all, half of it on either side."""

    def bordered(pixels, _seed, _filler):
        height, width = pixels.shape[:2]
        down, across = round(height * share / 2), round(width * share / 2)
        if kind == "blurred":
            page = cv2.resize(pixels, (width + 2 * across, height + 2 * down), interpolation=cv2.INTER_LINEAR)
            page = cv2.GaussianBlur(page, (0, 0), max(height, width) / 25)
        else:
            page = np.full((height + 2 * down, width + 2 * across, 3), 255 if kind == "white" else 0, np.uint8)
        page[down : down + height, across : across + width] = pixels
        return page

    return bordered


def rotation(degrees):
    """Turned about its middle on a page large enough to hold it, black around it."""

    def rotated(pixels, _seed, _filler):
        picture = Image.fromarray(pixels).rotate(degrees, Image.Resampling.BICUBIC, expand=True)
        return np.asarray(picture)

    return rotated


def perspective(share):
    """Each corner drawn inwards by up to `share` of the side, at random."""

    def seen(pixels, seed, _filler):
        return _seen_from(pixels, seed, share)

    return seen


def mirror(pixels, _seed, _filler):
    return pixels[:, ::-1]


def mirror_and_crop(pixels, seed, filler):
    return crop(0.25)(pixels[:, ::-1], seed, filler)


def collage(side):
    """One tile of side x side, the others strangers."""

    def laid(pixels, seed, filler):
        height, width = pixels.shape[:2]
        tiles = [filler(seed, (width, height)) for _ in range(side * side)]
        tiles[int(seed.integers(0, side * side))] = pixels
        rows = [np.concatenate(tiles[row * side : (row + 1) * side], axis=1) for row in range(side)]
        page = np.concatenate(rows)
        return _long_side(page, 1280)

    return laid


def pasted(share):
    """Its long side is `share` of a stranger's picture of 1280 pixels."""

    def on_a_stranger(pixels, seed, filler):
        page = filler(seed, (1280, 960)).copy()
        small = _long_side(pixels, round(1280 * share))
        if small.shape[0] > page.shape[0]:
            small = _long_side(pixels, page.shape[0])
        top, left = (int(seed.integers(0, page.shape[n] - small.shape[n] + 1)) for n in (0, 1))
        page[top : top + small.shape[0], left : left + small.shape[1]] = small
        return page

    return on_a_stranger


def caption(pixels, seed, _filler):
    """Words of its own and a logo."""
    return captioned(pixels, int(seed.integers(1 << 30)))


def occluded(pixels, seed, filler):
    """A quarter of the picture's area under a stranger's."""
    height, width = pixels.shape[:2]
    page = pixels.copy()
    cover = filler(seed, (width // 2, height // 2))
    top, left = int(seed.integers(0, height - height // 2)), int(seed.integers(0, width - width // 2))
    page[top : top + height // 2, left : left + width // 2] = cover
    return page


def phone(pixels, seed, _filler):
    return phone_framed(pixels, int(seed.integers(1 << 30)))


def rephotographed(pixels, seed, _filler):
    """From a screen, by hand: perspective, the screen's lines against the camera's, grain, gamma, a soft lens."""
    page = _seen_from(_long_side(pixels, 1024), seed, 0.08).astype(np.float32)
    y, x = np.mgrid[: page.shape[0], : page.shape[1]]
    for _ in range(2):
        turn, period = seed.uniform(0, np.pi), seed.uniform(3, 9)
        page += 7 * np.sin(2 * np.pi * (x * np.cos(turn) + y * np.sin(turn)) / period)[..., None]
    page = 255 * (np.clip(page, 0, 255) / 255) ** seed.uniform(0.75, 1.35)
    page *= np.linspace(seed.uniform(0.8, 1), 1, page.shape[1])[None, :, None]
    page = cv2.GaussianBlur(page, (0, 0), 0.8) + seed.normal(0, 6, page.shape)
    return _jpeg(np.clip(page, 0, 255).astype(np.uint8), 80)


def jpeg(quality):
    def saved(pixels, _seed, _filler):
        return _jpeg(pixels, quality)

    return saved


def down(side):
    def shrunk(pixels, _seed, _filler):
        return _long_side(pixels, side)

    return shrunk


def crop_and_shrink(share, side):
    def both(pixels, seed, filler):
        return _long_side(crop(share)(pixels, seed, filler), side)

    return both


def blurred(pixels, _seed, _filler):
    """A Gaussian of half a percent of the long side."""
    radius = max(pixels.shape) / 200
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def noisy(pixels, seed, _filler):
    return np.clip(pixels + seed.normal(0, 20, pixels.shape), 0, 255).astype(np.uint8)


def grey(pixels, _seed, _filler):
    return np.repeat(np.asarray(Image.fromarray(pixels).convert("L"))[..., None], 3, axis=2)


def gamma(power):
    def curved(pixels, _seed, _filler):
        return (255 * (pixels / 255.0) ** power).astype(np.uint8)

    return curved


def inverted(pixels, _seed, _filler):
    return 255 - pixels


def _seen_from(pixels, seed, share):
    height, width = pixels.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    inwards = np.float32([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * np.float32([width, height])
    moved = corners + inwards * seed.uniform(0, share, (4, 2)).astype(np.float32)
    return cv2.warpPerspective(pixels, cv2.getPerspectiveTransform(corners, moved), (width, height))


def _long_side(pixels, side):
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def _jpeg(pixels, quality):
    saved = io.BytesIO()
    Image.fromarray(pixels).save(saved, "JPEG", quality=quality)
    return np.asarray(Image.open(saved).convert("RGB"))


TRANSFORMATIONS = {
    **{f"crop {percent} %": crop(percent / 100) for percent in (5, 10, 25, 50, 70)},
    **{f"border {p} % {kind}": border(p / 100, kind) for p in (10, 30, 60) for kind in ("black", "white", "blurred")},
    **{f"rotated {degrees} degrees": rotation(degrees) for degrees in (1, 5, 15, 45)},
    **{f"perspective {percent} %": perspective(percent / 100) for percent in (12, 25)},
    "mirrored": mirror,
    "mirrored, crop 25 %": mirror_and_crop,
    "collage 2 x 2": collage(2),
    "collage 3 x 3": collage(3),
    "pasted at 33 %": pasted(0.33),
    "pasted at 20 %": pasted(0.20),
    "caption and logo": caption,
    "a quarter covered": occluded,
    "phone frame": phone,
    "re-photographed": rephotographed,
    **{f"JPEG {quality}": jpeg(quality) for quality in (5, 10, 30, 50, 75, 90)},
    **{f"down to {side} pixels": down(side) for side in (256, 128, 96, 64)},
    "crop 25 %, 128 pixels": crop_and_shrink(0.25, 128),
    "blur": blurred,
    "noise": noisy,
    "grey": grey,
    "gamma 0.6": gamma(0.6),
    "gamma 1.7": gamma(1.7),
    "inverted": inverted,
}
