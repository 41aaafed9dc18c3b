"""Surroundings: what is met in them is what was put in, and the same bytes each time."""

import io

import numpy as np
import pytest
from PIL import Image

from clew.demo.surroundings import dng_of, gif_of, on_a_phone, pasted, pdf_of
from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.scene_grade import SceneGrade
from clew.matching.scene_verify import verify
from clew.media.jail import Jail
from clew.signatures.pdq import pdq
from clew.signatures.scene import scene_of, scene_query_of
from tests.scenes import room


@pytest.fixture(scope="module")
def original():
    from clew.demo.developing import original_of
    from clew.demo.plan import Shot

    return original_of(Shot(1, 0))


@pytest.fixture(scope="module")
def jail():
    with Jail() as opened:
        yield opened


@pytest.mark.parametrize("make", [lambda: pasted(room(0, 1), room(9000, 2)), lambda: on_a_phone(room(0, 1))])
def test_what_is_pasted_or_shown_is_found_as_a_part(make):
    assert make() == make()
    asked = scene_query_of(np.asarray(Image.open(io.BytesIO(make()))))
    assert verify(asked, scene_of(room(0, 1))).grade is SceneGrade.PART
    assert verify(asked, scene_of(room(3))) is None


def test_a_document_holds_the_very_bytes_of_its_pictures(jail, original):
    other = gif_of(room(0, 1))
    seen = jail.examine(pdf_of([original, original]), name="a.pdf")
    assert [part.content for part in seen.embedded] == [original, original]
    assert [part.name for part in seen.embedded] == ["page 1, picture 1", "page 2, picture 1"]
    assert other == gif_of(room(0, 1))


@pytest.mark.parametrize("kind", ["dng", "gif"])
def test_a_preview_and_the_first_frame_lie_near(jail, original, kind):
    content, held = (dng_of(original), room(1, 0)) if kind == "dng" else (gif_of(room(0, 1)), room(0, 1))
    seen = jail.examine(content, name=f"a.{kind}")
    assert not seen.extension_disagrees
    bits = [int.from_bytes(pdq(pixels).bits, "big") for pixels in (seen.pixels, held)]
    assert (bits[0] ^ bits[1]).bit_count() <= PDQ_DISTANCE_MAX
