"""Sanitised crops: nothing but the pixels of the region, and a proof that anybody with the picture can run."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_files import picture
from PIL import Image, PngImagePlugin

from clew.kernel.limits import CROP_CORNERS_MAX, CROP_MASKS_MAX, CROP_SIDE_PIXELS_MAX
from clew.media.bare_pictures import beside_the_picture
from clew.media.crop_proof import CropNotProven, CropProof, proof_of
from clew.media.crop_regions import Box, Polygon, RegionRefused, region_of
from clew.media.sanitised_crop import FILL_GREY, CropEncoding, sanitised_crop

SOURCE = picture(64, 48)
BOWTIE = ((0, 0), (20, 20), (20, 0), (0, 20))


def opened(content):
    with Image.open(io.BytesIO(content)) as im:
        return np.asarray(im.convert("RGB"))


def inside(region, height, width):
    """By the definition: the middle of a pixel in the region, an odd number of edges to its left."""
    flags = np.zeros((height, width), dtype=bool)
    for y in range(height):
        for x in range(width):
            if isinstance(region, Box):
                flags[y, x] = region.left <= x < region.right and region.top <= y < region.bottom
                continue
            ends = [*region.corners[1:], region.corners[0]]
            for (x1, y1), (x2, y2) in zip(region.corners, ends, strict=True):
                if (y1 > y) != (y2 > y) and x + 0.5 > x1 + (y + 0.5 - y1) * (x2 - x1) / (y2 - y1):
                    flags[y, x] ^= True
    return flags


places_x, places_y = st.integers(-8, 72), st.integers(-8, 56)


@st.composite
def regions(draw):
    """A box or a simple outline that may lie partly beyond the picture."""
    if draw(st.booleans()):
        left, top = draw(places_x), draw(places_y)
        return Box(left, top, left + draw(st.integers(1, 50)), top + draw(st.integers(1, 40)))
    middle = draw(places_x), draw(places_y)
    # Corners by their angle around a middle make an outline that does not cross itself, but for rounding.
    angles = sorted(draw(st.lists(st.integers(0, 359), min_size=3, max_size=9, unique=True)))
    radii = draw(st.lists(st.integers(3, 40), min_size=len(angles), max_size=len(angles)))
    turned = np.radians(angles)
    return Polygon(
        tuple(
            (middle[0] + round(radius * float(np.cos(angle))), middle[1] + round(radius * float(np.sin(angle))))
            for radius, angle in zip(radii, turned, strict=True)
        )
    )


def drawn(draw_region):
    """The region, or None for one that is refused."""
    try:
        return draw_region()
    except RegionRefused:
        return None


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(CropEncoding), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_no_pixel_outside_or_under_a_mask_changes_a_byte(choices, encoding, side, seed):
    region = drawn(lambda: choices.draw(regions()))
    masks = [mask for _ in range(choices.draw(st.integers(0, 2))) if (mask := drawn(lambda: choices.draw(regions())))]
    if region is None:
        return
    kept = inside(region, 48, 64)
    for mask in masks:
        kept &= ~inside(mask, 48, 64)
    asked = {"side_pixels_max": side, "encoding": encoding}
    if not kept.any():
        with pytest.raises(RegionRefused):
            sanitised_crop(SOURCE, region, masks, **asked)
        return
    crop = sanitised_crop(SOURCE, region, masks, **asked)
    others = np.random.default_rng(seed).integers(0, 256, SOURCE.shape, np.uint8)
    others[kept] = SOURCE[kept]
    assert sanitised_crop(others, region, masks, **asked) == crop
    assert beside_the_picture(crop) == []
    proof_of(crop, SOURCE, region, masks, **asked).check(crop, SOURCE)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_is_inside_is_shown_as_it_is_and_the_rest_is_grey(choices):
    region = drawn(lambda: choices.draw(regions()))
    if region is None or not (kept := inside(region, 48, 64)).any():
        return
    whole = np.where(kept[:, :, None], SOURCE, FILL_GREY)
    around = region.bounds
    expected = whole[max(0, around.top) : max(0, around.bottom), max(0, around.left) : max(0, around.right)]
    assert (opened(sanitised_crop(SOURCE, region)) == expected).all()


def test_every_pixel_inside_has_a_part_in_the_crop():
    region, mask = Box(10, 10, 14, 13), Box(11, 11, 12, 12)
    crop = sanitised_crop(SOURCE, region, [mask])
    for y in range(10, 13):
        for x in range(10, 14):
            changed = SOURCE.copy()
            changed[y, x] ^= 0x80
            assert (sanitised_crop(changed, region, [mask]) == crop) == ((y, x) == (11, 11))


def test_a_mask_is_grey_before_anything_is_shrunk():
    white = np.full((400, 400, 3), 255, dtype=np.uint8)
    white[:, 200:] = 0
    crop = opened(sanitised_crop(white, Box(0, 0, 400, 400), [Box(200, 0, 400, 400)], side_pixels_max=3))
    assert crop[0, :, 0].tolist() == [255, round((255 + FILL_GREY) / 2), FILL_GREY]


@pytest.mark.parametrize("encoding", CropEncoding)
def test_a_crop_is_no_larger_than_allowed_and_never_enlarged(encoding):
    large = picture(3000, 1500)
    crop = opened(sanitised_crop(large, Box(0, 0, 3000, 1500), encoding=encoding))
    assert crop.shape == (CROP_SIDE_PIXELS_MAX // 2, CROP_SIDE_PIXELS_MAX, 3)
    assert opened(sanitised_crop(large, Box(5, 5, 25, 15), encoding=encoding)).shape == (10, 20, 3)


def test_one_pixel_is_a_crop():
    assert opened(sanitised_crop(SOURCE, Box(5, 7, 6, 8))).tolist() == [[SOURCE[7, 5].tolist()]]


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: Box(5, 5, 5, 9), "empty"),
        (lambda: Box(9, 5, 5, 9), "empty"),
        (lambda: Box(0, 0, 5.5, 9), "whole pixels"),
        (lambda: Box(0, 0, True, 9), "whole pixels"),
        (lambda: Box(0, 0, 10**9, 9), "whole pixels"),
        (lambda: Polygon(((0, 0), (9, 9))), "3 to"),
        (lambda: Polygon(tuple((n, n * n) for n in range(CROP_CORNERS_MAX + 1))), "3 to"),
        (lambda: Polygon(BOWTIE), "crosses"),
        (lambda: Polygon(((0, 0), (20, 20), (20, 0), (0, 9))), "crosses"),
        (lambda: Polygon(((0, 0), (5, 5), (9, 9))), "crosses"),
        (lambda: Polygon(((0, 0), (9, 0), (9, 0), (0, 9))), "crosses"),
        (lambda: Polygon(((0, 0), (9, 0), (4, 0), (0, 9))), "crosses"),
        (lambda: Polygon(((0, 0), (20, 0), (20, 20), (10, 0), (0, 20))), "crosses"),
        (lambda: Polygon(((0, 0), (9, 0), (0, float("nan")))), "whole pixels"),
        (lambda: region_of({"box": [1, 2, 3]}), "neither"),
        (lambda: region_of({"polygon": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}), "neither"),
        (lambda: region_of({"circle": [1, 2, 3]}), "neither"),
    ],
)
def test_a_region_that_is_none_is_refused(made, why):
    with pytest.raises(RegionRefused, match=why):
        made()


@pytest.mark.parametrize(
    ("region", "masks", "why"),
    [
        (Box(64, 0, 70, 9), [], "outside"),
        (Box(-9, -9, 0, 0), [], "outside"),
        (Polygon(((0, 0), (1, 0), (1, 1))), [], "no pixel"),
        (Box(0, 0, 9, 9), [Box(-1, -1, 64, 48)], "leave nothing"),
        (Box(0, 0, 9, 9), [Box(0, 0, 1, 1)] * (CROP_MASKS_MAX + 1), "more than"),
    ],
)
def test_a_crop_that_would_show_nothing_is_refused(region, masks, why):
    with pytest.raises(RegionRefused, match=why):
        sanitised_crop(SOURCE, region, masks)


@pytest.mark.parametrize("side", [0, CROP_SIDE_PIXELS_MAX + 1])
def test_a_side_beyond_the_limit_is_refused(side):
    with pytest.raises(RegionRefused, match="a side has"):
        sanitised_crop(SOURCE, Box(0, 0, 9, 9), side_pixels_max=side)


def test_a_proof_can_be_kept_and_checked_by_another():
    region, masks = Polygon(((3, 3), (40, 5), (30, 40))), (Box(10, 10, 20, 20),)
    crop = sanitised_crop(SOURCE, region, masks, side_pixels_max=20, encoding=CropEncoding.JPEG)
    proof = proof_of(crop, SOURCE, region, masks, side_pixels_max=20, encoding=CropEncoding.JPEG)
    again = CropProof.from_json(proof.to_json())
    assert again == proof
    again.check(crop, SOURCE.copy())


def test_a_proof_refuses_another_crop_another_picture_and_another_mask():
    region, masks = Box(0, 0, 30, 30), (Box(5, 5, 20, 20),)
    crop = sanitised_crop(SOURCE, region, masks)
    proof = proof_of(crop, SOURCE, region, masks)
    with pytest.raises(CropNotProven, match="its bytes are others"):
        proof.check(sanitised_crop(SOURCE, region), SOURCE)
    with pytest.raises(CropNotProven, match="another picture"):
        proof.check(crop, SOURCE[::-1])
    with pytest.raises(CropNotProven, match="comes out otherwise"):
        replace(proof, masks=()).check(crop, SOURCE)
    with pytest.raises(CropNotProven, match="its pixels are others"):
        replace(proof, crop_pixels_sha256="0" * 64).check(crop, SOURCE)


def test_a_crop_whose_mask_was_only_painted_after_shrinking_is_not_proven():
    region, mask = Box(0, 0, 40, 40), Box(11, 11, 21, 21)
    small = opened(sanitised_crop(SOURCE, region, side_pixels_max=10)).copy()
    small[3:5, 3:5] = FILL_GREY
    out = io.BytesIO()
    Image.fromarray(small).save(out, "PNG")
    with pytest.raises(CropNotProven, match="comes out otherwise"):
        proof_of(out.getvalue(), SOURCE, region, [mask], side_pixels_max=10)


def _with_text(pixels):
    out, text = io.BytesIO(), PngImagePlugin.PngInfo()
    text.add_text("Comment", "who took it")
    Image.fromarray(pixels).save(out, "PNG", pnginfo=text)
    return out.getvalue()


def _with_exif(pixels):
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "camera"
    Image.fromarray(pixels).save(out, "JPEG", exif=exif)
    return out.getvalue()


def _with_thumbnail(pixels):
    plain = sanitised_crop(pixels, Box(0, 0, 9, 9), encoding=CropEncoding.JPEG)
    # One pixel of thumbnail in the header of JFIF.
    return plain[:4] + (19).to_bytes(2, "big") + plain[6:18] + b"\x01\x01abc" + plain[20:]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (_with_text(SOURCE), "chunk tEXt"),
        (_with_exif(SOURCE), "segment E1"),
        (_with_thumbnail(SOURCE), "segment E0"),
        (sanitised_crop(SOURCE, Box(0, 0, 9, 9)) + b"more", "4 bytes behind"),
        (sanitised_crop(SOURCE, Box(0, 0, 9, 9), encoding=CropEncoding.JPEG) + b"m", "1 bytes behind"),
        (sanitised_crop(SOURCE, Box(0, 0, 9, 9))[:-12], "no end"),
        (b"GIF89a", "neither"),
    ],
)
def test_a_file_with_anything_beside_its_picture_is_told_and_never_proven(content, what):
    assert any(what in words for words in beside_the_picture(content))
    with pytest.raises(CropNotProven, match="more in it"):
        proof_of(content, SOURCE, Box(0, 0, 9, 9))


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"crop_sha256": ""})])
def test_a_proof_that_cannot_be_read_is_refused(text):
    with pytest.raises(CropNotProven, match="cannot be read"):
        CropProof.from_json(text)
