"""Steps of clearness: what a step leaves out is not in its pixels; they are made in a jail, whose answers are judged."""

import numpy as np
import pytest

from clew.media.renditions import rendition
from clew.media.steps import OUTLINE_GREYS, REDUCED_GREYS, Step, outline, reduced
from clew.media.steps_jail import StepsJail, StepsNotMade
from clew.media.watermark import marked, step_jpeg


@pytest.fixture(scope="module")
def jail():
    made = StepsJail()
    yield made
    made.close()


@pytest.fixture(scope="module")
def room(pictures):
    return rendition(pictures(3, 640, 480), side_pixels_max=256)


def _grey(pixels):
    return pixels.mean(axis=2).astype(np.uint8)


def test_an_outline_is_lines_on_white_and_tells_nothing_of_brightness(pictures):
    picture = _grey(pictures(3, 640, 480))
    lines = outline(picture)
    assert max(lines.shape) == 160
    assert len(np.unique(lines)) <= OUTLINE_GREYS
    assert (lines == 255).mean() > 0.5
    # The same edges, whether the picture is bright or dark, or is its own negative.
    dark, bright = picture // 2, picture // 2 + 127
    assert (outline(dark) == outline(bright)).mean() > 0.98
    assert (outline(picture) == outline(255 - picture)).mean() > 0.98
    assert outline(np.full((90, 120), 17, np.uint8)).min() == 255
    assert lines.min() < 255


def test_reduced_detail_has_few_pixels_and_few_greys(pictures):
    small = reduced(_grey(pictures(3, 640, 480)))
    assert max(small.shape) == 28
    assert len(np.unique(small)) <= REDUCED_GREYS


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (7, 5)])
def test_the_smallest_and_narrowest_pictures_have_steps_too(size):
    grey = np.arange(size[0] * size[1], dtype=np.uint32).reshape(size).astype(np.uint8)
    assert outline(grey).size
    assert reduced(grey).size


def test_each_step_comes_out_of_the_jail_in_its_order(jail, room):
    made = jail.made([(step, room) for step in Step])
    assert [picture.ndim for picture in made] == [2, 2, 2, 3]
    assert [max(picture.shape[:2]) for picture in made] == [160, 28, 256, 256]
    grey, colour = made[2].astype(int), made[3].astype(int)
    assert np.abs(grey - colour @ [0.299, 0.587, 0.114]).mean() < 3


def test_a_page_of_outlines_comes_from_one_cell(jail, room):
    made = jail.made([(Step.OUTLINE, room)] * 120)
    assert len(made) == 120
    assert all((picture == made[0]).all() for picture in made)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0" + b"\0" * 400])
def test_what_is_no_rendition_gives_nothing_and_the_jail_goes_on(jail, room, content):
    with pytest.raises(StepsNotMade):
        jail.made([(Step.GREY, content)])
    with pytest.raises(StepsNotMade):
        jail.made([(Step.OUTLINE, room), (Step.OUTLINE, content)])
    assert jail.made([(Step.GREY, room)])[0].size


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        [[2, 2, 3]],
        [[2, 2, 1], [2, 2, 1]],
        [[0, 2, 1]],
        [[-2, -2, 1]],
        [[2.0, 2, 1]],
        [[True, 2, 1]],
        [[10**9, 2, 1]],
        [["2", 2, 1]],
        [[2, 2]],
        "pictures",
    ],
)
def test_an_answer_that_claims_something_else_is_not_believed(told):
    import os

    from clew.media.jail_wire import HEADER_SIZE_BYTES, shared_answer, write_header
    from clew.media.steps_jail import LIMITS, _told

    answer = shared_answer(LIMITS.answer_size_bytes)
    try:
        header = memoryview(bytearray(HEADER_SIZE_BYTES))
        write_header(header, {"pictures": told})
        os.pwrite(answer, header[:4096], 0)
        with pytest.raises(StepsNotMade):
            _told(answer, [Step.GREY])
    finally:
        os.close(answer)


@pytest.mark.parametrize("shape", [(192, 256), (192, 256, 3), (1024, 768, 3), (9, 9)])
def test_the_watermark_covers_the_whole_picture_whatever_it_shows(shape):
    for shade in (0, 127, 255):
        plain = np.full(shape, shade, np.uint8)
        changed = marked(plain, "Officer NO 1234 2026-01-01 10:00 UTC") != plain
        assert changed.mean() > 0.005
        if min(shape[:2]) > 100:
            height, width = shape[0] // 2, shape[1] // 2
            for top in (0, height):
                for left in (0, width):
                    assert changed[top : top + height, left : left + width].any(), (shade, top, left)


def test_two_viewers_get_two_pictures():
    plain = np.full((100, 100), 90, np.uint8)
    one, other = (step_jpeg(marked(plain, words)) for words in ("Officer NO 1", "Officer NO 2"))
    assert one != other
