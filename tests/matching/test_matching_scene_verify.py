"""The verifier finds parts of a picture, tells how they lie in it, and does not take a common frame for a common picture."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from clew.matching.scene_grade import SceneGrade
from clew.matching.scene_verify import ALIKE_CHANCE_MAX, INLIERS_FEW_MIN, INLIERS_LEAD_MIN, INLIERS_STRONG_MIN, verify
from clew.signatures.scene import scene_of, scene_query_of
from tests import scenes
from tests.scenes import room

PLACES = (1, 2, 3, 5)


def _share(places, found):
    return sum(found(place) for place in places) / len(places)


CHANGES = {
    "crop to a quarter": (lambda pixels: scenes.cropped(pixels, 0.5), {SceneGrade.PART}),
    "border": (scenes.bordered, {SceneGrade.COPY}),
    "caption": (scenes.captioned, {SceneGrade.COPY}),
    "rotated": (lambda pixels: scenes.rotated(pixels, 15), {SceneGrade.COPY, SceneGrade.PART}),
    "slanted": (scenes.slanted, {SceneGrade.COPY, SceneGrade.PART}),
    "small": (lambda pixels: scenes.scaled(pixels, 128), {SceneGrade.COPY}),
    "collage": (
        lambda pixels: scenes.on_a_sheet([room(40), room(41), pixels, room(42)]),
        {SceneGrade.PART},
    ),
    "phone": (scenes.on_a_phone, {SceneGrade.PART}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found_and_graded(change):
    make, grades = CHANGES[change]
    for place in PLACES:
        found = verify(scene_query_of(make(room(place))), scene_of(room(place)), mirrored=False)
        assert found is not None, place
        assert found.grade in grades, (place, found.agreement)


def test_a_copy_with_a_quarter_under_another_picture_is_a_copy():
    for place in (1, 2, 3, 5, 6, 8):
        found = verify(scene_query_of(scenes.covered(room(place), room(30))), scene_of(room(place)))
        assert found is not None
        assert found.grade is SceneGrade.COPY, (place, found.agreement)


def test_a_plain_picture_and_another_in_one_frame_share_the_frame():
    met = 0
    for frame in (scenes.beside_a_text, scenes.on_a_phone, scenes.captioned):
        for place in (2, 4):
            plain = cv2.GaussianBlur(room(place), (0, 0), 80)
            found = verify(scene_query_of(frame(plain)), scene_of(frame(room(place + 10))))
            met += found is not None
            assert found is None or found.grade is SceneGrade.SHARED, (frame, place, found.agreement)
    assert met >= 4


def test_each_of_two_cropped_pictures_side_by_side_is_a_part_and_is_told_where_it_lies():
    for place, at in ((1, (0.2, 0.3)), (2, (0.5, 0.5)), (3, (0.9, 0.1)), (5, (0.0, 0.7))):
        pieces = [scenes.cropped(room(place), 0.45, at), scenes.cropped(room(place + 30), 0.4, (0.4, 0.2))]
        query = scene_query_of(scenes.beside(pieces))
        for side, held in enumerate((place, place + 30)):
            found = verify(query, scene_of(room(held)))
            assert found is not None
            assert found.grade is SceneGrade.PART, (held, found.agreement)
            # Its own half of the picture and hardly anything of its neighbour.
            left, right = found.query_polygon[:, 0].min(), found.query_polygon[:, 0].max()
            assert (right < 0.6) if side == 0 else (left > 0.4), (held, left, right)


def test_few_matches_on_pictures_that_do_not_agree_are_none():
    one, other = (scenes.captioned(room(place)) for place in (2, 23))
    query, held = scene_query_of(one), scene_of(other)
    strong = verify(query, held, mirrored=False)
    assert strong is not None
    assert strong.agreement.alike <= ALIKE_CHANCE_MAX
    assert strong.inliers > INLIERS_STRONG_MIN
    for count in range(400, 0, -4):
        weaker = verify(query, held.first(count), mirrored=False)
        # Nothing between nothing and strong: the same match with fewer keypoints.
        assert weaker is None or weaker.inliers >= INLIERS_STRONG_MIN


def test_seven_matches_are_a_part_where_the_reliefs_say_the_same_and_nothing_where_they_do_not():
    query, held = scene_query_of(scenes.cropped(room(2))), scene_of(room(2))
    other = replace(held, relief=scene_of(room(23)).relief)
    met = set()
    for count in range(10, 80, 2):
        found = verify(query, held.first(count), mirrored=False)
        assert found is None or found.inliers >= INLIERS_FEW_MIN
        if found is not None and found.inliers < INLIERS_LEAD_MIN:
            met.add(found.inliers)
            assert found.grade is SceneGrade.PART
            assert verify(query, other.first(count), mirrored=False) is None
    assert met == {7, 8}


def test_a_crop_of_a_dark_or_blurred_picture_is_found_by_its_faint_keypoints():
    for place in (1, 2, 3, 5):
        dim = (100 + 0.12 * (room(place) - 120.0)).astype(np.uint8)
        assert verify(scene_query_of(scenes.cropped(dim, 0.6)), scene_of(dim)) is not None
    soft = cv2.GaussianBlur(room(5), (0, 0), 6)
    found = verify(scene_query_of(scenes.cropped(soft, 0.6)), scene_of(soft))
    assert found is not None
    assert found.grade is SceneGrade.PART


def test_a_mirrored_crop_is_found_as_such_and_lies_where_it_was_cut():
    crop = np.ascontiguousarray(scenes.cropped(room(3), 0.4, (0.0, 1.0))[:, ::-1])
    found = verify(scene_query_of(crop), scene_of(room(3)))
    assert found is not None
    assert found.is_mirrored
    # The crop's left edge is the picture's right edge.
    assert np.allclose(found.affine @ (0.0, 0.0, 1.0), (1.0, 0.0), atol=0.01)
    assert np.allclose(found.affine @ (1.0, 1.0, 1.0), (0.4, 0.6), atol=0.01)
    assert found.held_covered == pytest.approx(0.36, abs=0.02)
    assert found.query_covered == pytest.approx(1.0, abs=0.02)


def test_places_are_told_in_fractions_of_the_whole_bordered_picture():
    framed = scenes.bordered(room(5))
    found = verify(scene_query_of(framed), scene_of(room(5)))
    assert found is not None
    inside = (128 / 896, 128 / 736, 768 / 896, 608 / 736)
    assert np.allclose(found.affine @ (inside[0], inside[1], 1.0), (0.0, 0.0), atol=0.01)
    assert np.allclose(found.affine @ (inside[2], inside[3], 1.0), (1.0, 1.0), atol=0.01)
    assert np.allclose(sorted(found.query_polygon[:, 0])[0::3], (inside[0], inside[2]), atol=0.02)
    assert len(found.points) >= INLIERS_LEAD_MIN
    moved = found.points[:, :2] @ found.affine[:, :2].T + found.affine[:, 2]
    assert np.abs(moved - found.points[:, 2:]).max() < 0.03


def test_strangers_are_not_found():
    held = [scene_of(room(place)) for place in range(20, 36)]
    for place in range(8):
        query = scene_query_of(room(place))
        assert [other for other in held if verify(query, other) is not None] == []


@pytest.mark.parametrize("frame", [scenes.captioned, scenes.on_a_phone, scenes.beside_a_text])
def test_strangers_in_one_frame_share_it_and_nothing_more(frame):
    held = [scene_of(frame(room(place))) for place in range(20, 28)]
    met = 0
    for place in range(6):
        query = scene_query_of(frame(room(place)))
        grades = [found.grade for other in held if (found := verify(query, other, mirrored=False))]
        met += len(grades)
        assert set(grades) <= {SceneGrade.SHARED}
    assert met >= 5  # else the test says nothing


def test_the_same_picture_in_the_same_frame_is_a_copy():
    for frame in (scenes.captioned, scenes.on_a_phone):
        found = verify(scene_query_of(scenes.scaled(frame(room(4)), 700)), scene_of(frame(room(4))))
        assert found is not None
        assert found.grade is SceneGrade.COPY


def test_an_answer_is_the_same_each_time():
    query, held = scene_query_of(scenes.cropped(room(2))), scene_of(room(2))
    first, second = verify(query, held), verify(query, held)
    assert first is not None
    assert second is not None
    assert first.affine.tobytes() == second.affine.tobytes()
    assert (first.inliers, first.agreement) == (second.inliers, second.agreement)


def test_a_picture_without_keypoints_matches_nothing():
    flat = np.full((300, 400, 3), 80, np.uint8)
    assert verify(scene_query_of(flat), scene_of(room(1))) is None
    assert verify(scene_query_of(room(1)), scene_of(flat)) is None
    assert verify(scene_query_of(flat), scene_of(flat)) is None
