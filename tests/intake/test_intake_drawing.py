"""Drawing: regions and seconds of a match, worked out without a picture."""

from types import SimpleNamespace

import pytest
from PIL import Image

from clew.intake.drawing import regions_of, seconds_of
from clew.intake.fits import SceneFit, SoundFit, SoundPieceFit
from clew.media.renditions import _UPRIGHT

FIT = SceneFit(
    grade="part",
    details=12,
    asked=[(0, 0), (1, 0), (1, 1), (0, 1)],
    held=[(0.5, 0.5), (1, 0.5), (1, 1), (0.5, 1)],
    points=[((0.25, 0.5), (0.6, 0.75))],
    coverage=(0.9, 0.8),
)


def _media(orientation=1, width=400, height=200):
    return SimpleNamespace(width=width, height=height, metadata={"orientation": orientation})


def test_a_region_is_drawn_in_the_proportions_of_its_picture():
    drawn = regions_of(FIT.as_json(), _media(), is_held=True)
    assert (drawn.width, drawn.height) == (1000, 500)
    assert drawn.corners == "500,250 1000,250 1000,500 500,500"
    assert drawn.points == [(600, 375)]
    assert regions_of(FIT.as_json(), _media(), is_held=False).points == [(250, 250)]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_place_is_where_the_picture_that_is_shown_upright_has_it(orientation):
    shown = Image.new("L", (40, 20))
    shown.putpixel((10, 15), 255)
    shown = shown.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else shown
    (right, down) = next((x, y) for x in range(shown.width) for y in range(shown.height) if shown.getpixel((x, y)))
    fit = SceneFit("copy", 9, [], [], [((10.5 / 40, 15.5 / 20), (0, 0))], (1, 1))
    drawn = regions_of(fit.as_json(), _media(orientation, 40, 20), is_held=False)
    unit = drawn.width / shown.width
    assert drawn.points[0] == pytest.approx(((right + 0.5) * unit, (down + 0.5) * unit), abs=0.2)


def test_what_has_no_region_draws_none():
    sound = SoundFit([SoundPieceFit(0, 1000, 0, 1000, 0.1)])
    assert regions_of(None, _media(), is_held=False) is None
    assert regions_of(sound.as_json(), _media(), is_held=False) is None
    assert regions_of(FIT.as_json(), _media(width=None), is_held=False) is None


def test_pieces_join_two_time_lines_of_one_scale():
    drawn = seconds_of([[0, 5000, 60_000, 65_000]], 5000, 3_600_000)
    assert (drawn.asked_width, drawn.held_width) == (1.4, 1000)
    assert (drawn.asked_words, drawn.held_words) == ("0:00:05", "1:00:00")
    (strip,) = drawn.strips
    assert strip.words == "0:00:00 to 0:00:05 of this file is 0:01:00 to 0:01:05 of the held one"
    # Even five seconds of an hour can be seen.
    assert strip.band.split()[:2] == ["0,0", "3,0"]
    assert seconds_of([], 1, 1) is None
    assert seconds_of([[0, 9000, 0, 9000]], None, None).asked_words == "0:00:09"


def test_a_fit_seen_from_the_other_side_is_the_same_fit():
    turned = FIT.turned()
    assert (turned.asked, turned.held, turned.coverage) == (FIT.held, FIT.asked, (0.8, 0.9))
    assert turned.points == [((0.6, 0.75), (0.25, 0.5))]
    assert turned.turned() == FIT
    sound = SoundFit([SoundPieceFit(0, 1000, 5000, 6000, 0.1)], speed=0.5)
    assert sound.turned() == SoundFit([SoundPieceFit(5000, 6000, 0, 1000, 0.1)], speed=2)
    assert sound.turned().strength == sound.strength == 1000


def test_what_only_shares_a_caption_does_not_count():
    from dataclasses import replace

    assert FIT.counts
    assert not replace(FIT, grade="shared").counts
    assert "caption" in replace(FIT, grade="shared").words
    assert (
        replace(FIT, grade="copy", is_mirrored=True).words
        == "the same picture, changed or cut, mirrored: 12 details lie alike"
    )
