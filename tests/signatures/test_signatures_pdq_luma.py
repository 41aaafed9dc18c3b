"""The fast mode: near the stored hash, never mistaken for it, and refused where there is no luma."""

import io

import numpy as np
import pytest
from PIL import Image

from clew.demo.render.views import picture_of
from clew.media.decoded import MediaUnreadable
from clew.media.examination import UnreadableReason
from clew.signatures import pdq_luma as pdq_luma_module
from clew.signatures.pdq import pdq
from clew.signatures.pdq_luma import pdq_of_luma

NEAR_BITS_MAX = 12


def saved(pixels, mode="RGB", quality=88):
    out = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.mark.parametrize("size", [(640, 480), (1632, 1224), (4000, 3000)])
@pytest.mark.parametrize("place", [3, 4, 5])
def test_the_hash_of_luma_is_near_that_of_the_whole_picture(place, size):
    enlarged = Image.fromarray(picture_of(place, 0)).resize(size, Image.Resampling.BICUBIC)
    content = saved(np.asarray(enlarged))
    whole = pdq(np.asarray(Image.open(io.BytesIO(content))))
    assert pdq_of_luma(content).distance(whole) <= NEAR_BITS_MAX


def test_a_grey_jpeg_that_needs_no_scaling_gives_the_stored_hash():
    content = saved(picture_of(3, 1), "L")
    assert pdq_of_luma(content) == pdq(np.asarray(Image.open(io.BytesIO(content))))


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", saved(picture_of(3, 0))[:4000], saved(picture_of(3, 0), "CMYK")]
)
def test_what_has_no_whole_luma_plane_is_refused(content):
    with pytest.raises(MediaUnreadable) as refused:
        pdq_of_luma(content)
    assert refused.value.reason is UnreadableReason.DECODER_FAILED


def test_more_pixels_than_are_opened_are_refused_before_they_are_decoded(monkeypatch):
    monkeypatch.setattr(pdq_luma_module, "FRAME_PIXELS_MAX", 640 * 480 - 1)
    with pytest.raises(MediaUnreadable) as refused:
        pdq_of_luma(saved(picture_of(3, 0)))
    assert refused.value.reason is UnreadableReason.TOO_MANY_PIXELS
