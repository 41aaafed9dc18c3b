"""Scene signatures: what is kept of a picture, the form it is kept in, and what is refused."""

import numpy as np
import pytest

from clew.signatures.pdq import PixelsUnusable
from clew.signatures.scene import (
    DEEP_KEYPOINTS,
    HELD_KEYPOINTS,
    QUERY_KEYPOINTS,
    scene_looks,
    scene_of,
    scene_query_of,
)
from clew.signatures.scene_codes import vocabulary
from clew.signatures.scene_keypoints import keypoints_of, resized
from clew.signatures.scene_signature import (
    KEYPOINT_BYTES,
    SIDE_UNITS,
    WEAK_KEYPOINTS_MAX,
    SceneSignature,
    SceneUnreadable,
)
from clew.signatures.trimmed import trim_box
from tests.scenes import bordered, room


def _grey(place):
    return np.ascontiguousarray(room(place)[:, :, 1])


def test_a_signature_is_small_and_comes_back_from_its_bytes():
    signature = scene_of(room(1))
    content = signature.to_bytes()
    assert len(signature) == HELD_KEYPOINTS
    assert len(content) == 32 + 276 + HELD_KEYPOINTS * KEYPOINT_BYTES
    again = SceneSignature.from_bytes(content)
    assert again == signature
    assert again.box == signature.box == (0, 0, 640, 480)
    assert (again.width, again.height, again.is_weak) == (640, 480, False)


def test_the_same_pixels_give_the_same_bytes():
    assert scene_of(room(2)).to_bytes() == scene_of(room(2).copy()).to_bytes()
    assert scene_of(room(2)).to_bytes() != scene_of(room(3)).to_bytes()


@pytest.mark.parametrize("place", [1, 4])
def test_keypoints_are_dealt_out_over_the_whole_picture(place):
    signature = scene_of(room(place))
    fields = set(
        zip((signature.x / SIDE_UNITS * 4).astype(int), (signature.y / SIDE_UNITS * 4).astype(int), strict=True)
    )
    assert len(fields) == 12  # all of 4 x 3 fields of the longer side


def test_the_most_important_keypoints_come_first():
    grey = resized(_grey(1), 512)
    few, many = keypoints_of(grey, 50), keypoints_of(grey, 200)
    assert np.array_equal(few.x, many.x[:50])
    assert np.allclose(few.descriptors, many.descriptors[:50])


def test_the_mirror_image_is_known_without_a_second_look():
    grey = _grey(5)
    turned = keypoints_of(np.ascontiguousarray(grey[:, ::-1]), 400)
    told = keypoints_of(grey, 400).mirrored()
    near = 0
    for at in range(len(told)):
        apart = np.hypot(turned.x - told.x[at], turned.y - told.y[at])
        angles = np.abs((turned.angle - told.angle[at] + 180) % 360 - 180)
        same = np.flatnonzero((apart < 1.5) & (angles < 5))
        near += bool(len(same)) and np.linalg.norm(turned.descriptors[same] - told.descriptors[at], axis=1).min() < 0.25
    # Not all: subpixel places and ties fall otherwise in a mirror.
    assert near > 0.7 * len(told)


def test_codes_of_near_descriptors_are_near_and_of_others_far():
    found = keypoints_of(_grey(6), 200).descriptors
    rng = np.random.default_rng(0)
    moved = np.maximum(found + rng.normal(0, 0.01, found.shape).astype(np.float32), 0)
    codes = [np.unpackbits(vocabulary().codes(each), axis=1) for each in (found, moved)]
    same = (codes[0] != codes[1]).sum(axis=1)
    others = (codes[0] != np.roll(codes[1], 1, axis=0)).sum(axis=1)
    assert np.median(same) <= 10
    assert np.median(others) >= 45


def test_a_word_is_the_first_of_its_probes_and_probes_differ():
    found = keypoints_of(_grey(6), 100).descriptors
    probes = vocabulary().words(found, 4)
    assert np.array_equal(probes[:, :1], vocabulary().words(found))
    assert all(len(set(row)) == 4 for row in probes.tolist())


def test_one_look_gives_what_is_held_and_what_asks():
    for pixels in (room(3), bordered(room(3)), _grey(3)):
        held, asked = scene_looks(pixels, trim_box(pixels))
        assert held == scene_of(pixels)
        alone = scene_query_of(pixels)
        assert (asked.direct, asked.mirrored) == (alone.direct, alone.mirrored)
        assert np.array_equal(asked.grey, alone.grey)
        assert np.array_equal(asked.mirrored_probes, alone.mirrored_probes)


def test_words_are_those_of_the_nearest_pairs_of_centroids():
    known, found = vocabulary(), keypoints_of(_grey(6), 60).descriptors
    turned = (found.astype(np.float64) - known.mean) @ known.axes
    halves = [
        ((turned[:, half * 64 : half * 64 + 64, None] - known.centroids[half]) ** 2).sum(axis=1) for half in (0, 1)
    ]
    pairs = (halves[0][:, :, None] + halves[1][:, None, :]).reshape(len(found), -1)
    assert np.mean(known.words(found, 4) == np.argsort(pairs, axis=1)[:, :4]) > 0.99


def test_a_question_has_more_keypoints_and_a_deep_one_more_still():
    query, deep = scene_query_of(room(1)), scene_query_of(room(1), deep=True)
    assert len(query.direct) == len(query.mirrored) == len(query.probes) <= QUERY_KEYPOINTS
    assert len(query.direct) < len(deep.direct) <= DEEP_KEYPOINTS
    assert max(query.grey.shape) == 160


def test_places_count_within_the_border_and_the_border_is_told():
    framed = scene_of(bordered(room(7)))
    plain = scene_of(room(7))
    assert (framed.width, framed.height) == (640 + 256, 480 + 256)
    assert all(abs(told - true) <= 1 for told, true in zip(framed.box, (128, 128, 640, 480), strict=True))
    assert (
        len({*zip(framed.x // 256, framed.y // 256, strict=True)} & {*zip(plain.x // 256, plain.y // 256, strict=True)})
        > 150
    )


@pytest.mark.parametrize("shape", [(480, 640, 3), (480, 640), (1, 1), (3, 200, 3), (200, 2)])
def test_a_flat_picture_is_weak_and_no_error(shape):
    signature = scene_of(np.full(shape, 90, dtype=np.uint8))
    assert len(signature) == 0
    assert signature.is_weak
    assert SceneSignature.from_bytes(signature.to_bytes()) == signature
    assert scene_query_of(np.full(shape, 90, dtype=np.uint8)).is_weak


def test_weak_is_what_has_at_most_a_hundred_keypoints():
    signature = scene_of(room(1))
    assert signature.first(WEAK_KEYPOINTS_MAX).is_weak
    assert not signature.first(WEAK_KEYPOINTS_MAX + 1).is_weak


@pytest.mark.parametrize(
    "pixels", [np.zeros((0, 5), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9), np.float32)]
)
def test_pixels_of_another_form_are_refused(pixels):
    with pytest.raises(PixelsUnusable):
        scene_of(pixels)


def test_every_damage_to_the_form_is_refused():
    content = scene_of(room(1)).to_bytes()
    for spoilt in (b"", b"CSC", content[:-1], content + b"\0", b"XXX" + content[3:], content[:3] + b"\2" + content[4:]):
        with pytest.raises(SceneUnreadable):
            SceneSignature.from_bytes(spoilt)
    rng = np.random.default_rng(0)
    for _trial in range(300):
        spoilt = bytearray(content)
        spoilt[int(rng.integers(0, 32))] = int(rng.integers(0, 256))
        try:
            read = SceneSignature.from_bytes(bytes(spoilt))
        except SceneUnreadable:
            continue
        # What is taken for whole has a box inside its picture and all of its keypoints.
        assert read.box.left + read.box.width <= read.width
        assert read.box.top + read.box.height <= read.height
        assert len(read.codes) == HELD_KEYPOINTS


def test_the_format_is_the_one_that_was_shipped():
    known = vocabulary()
    assert known.centroids.shape == (2, 64, 256)
    for turned in (known.rotation, known.axes):
        assert np.allclose(turned @ turned.T, np.eye(128), atol=1e-4)
