"""Scene signatures against one kept from before: what is held must still be found by what is made now, on any machine and build.

SIFT differs a little from one build of OpenCV to the next, so nearly all keypoints must be the same, not all.
"""

import base64
import lzma
from pathlib import Path

import cv2
import numpy as np
import pytest

from clew.matching.scene_grade import SceneGrade
from clew.matching.scene_verify import verify
from clew.signatures.scene import scene_looks
from clew.signatures.scene_codes import vocabulary
from clew.signatures.scene_signature import SceneSignature
from clew.signatures.trimmed import trim_box

#: Of the descriptors that the last test makes.
WORDS = [[46688, 56672], [32425, 38569], [56672, 56745], [32425, 31913], [56672, 56745], [32425, 32352]]
CODES = [
    "1135506ed91ccea64e911d7376ce8dd0",
    "00a170088d9cf453e51adc8dcf830f5a",
    "2174186edd9c7deaa1839d7b67c2a5d2",
    "09a731469dacafb3ea9b5cbdc1840562",
    "1c60124ed71a576af9d3102fee82af50",
    "5b25716fd80dc6b18b1f1cf956de8df3",
]
KEPT = Path(__file__).with_name("scene_of_a_drawing.txt")


def drawing():
    """A drawing of 480 x 360 by whole numbers alone: no renderer or generator decides a pixel."""
    rows, columns = np.mgrid[0:360, 0:480]
    picture = ((rows * 3 + columns * 2) // 10 % 90 + 60).astype(np.int64)
    state = 20260725
    for n in range(170):
        numbers = []
        for _ in range(5):
            state = (state * 1103515245 + 12345) % 2**31
            numbers.append(state >> 8)
        left, top = numbers[0] % 470, numbers[1] % 350
        wide, high, level = 6 + numbers[2] % 50, 6 + numbers[3] % 50, numbers[4] % 256
        if n % 2:
            picture[top : top + high, left : left + wide] = level
        else:
            far = (rows - top) ** 2 + (columns - left) ** 2
            picture[far < (wide * wide) // 3] = level
    return np.repeat(picture.astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.fixture(scope="module")
def kept():
    return SceneSignature.from_bytes(lzma.decompress(base64.b85decode("".join(KEPT.read_text().split()))))


@pytest.fixture(scope="module")
def made():
    pixels = drawing()
    return scene_looks(pixels, trim_box(pixels))


def test_nearly_all_keypoints_are_where_they_were_with_the_same_word_and_code(kept, made):
    held, _asked = made
    assert (held.width, held.height, held.box) == (kept.width, kept.height, kept.box)
    assert abs(len(held) - len(kept)) <= 0.05 * len(kept)
    same = words = 0
    bits = []
    for at in range(len(kept)):
        # A pixel of the drawing is 137 units.
        apart = np.hypot(held.x.astype(float) - kept.x[at], held.y.astype(float) - kept.y[at])
        turned = np.abs((held.angle.astype(int) - kept.angle[at] + 128) % 256 - 128)
        sizes = np.abs(held.size.astype(int) - kept.size[at])
        near = np.flatnonzero((apart < 140) & (turned <= 2) & (sizes <= 2))
        if len(near):
            apart_bits = np.bitwise_count(held.codes[near] ^ kept.codes[at]).sum(axis=1)
            best = near[apart_bits.argmin()]
            same += 1
            words += held.words[best] == kept.words[at]
            bits.append(int(apart_bits.min()))
    assert same >= 0.95 * len(kept)
    assert words >= 0.9 * same
    assert np.mean(bits) <= 2


def test_the_relief_is_the_same_but_for_slopes_that_are_nearly_level(kept, made):
    assert np.mean(made[0].relief == kept.relief) > 0.99


def test_what_was_held_is_found_by_what_asks_now_whole_and_in_part(kept, made):
    whole = verify(made[1], kept)
    assert whole is not None
    assert (whole.grade, whole.is_mirrored) == (SceneGrade.COPY, False)
    assert whole.inliers >= 150
    part = np.ascontiguousarray(drawing()[100:300, 150:420, :])
    turned = cv2.rotate(part, cv2.ROTATE_90_CLOCKWISE)[:, ::-1]
    found = verify(scene_looks(np.ascontiguousarray(turned), None)[1], kept)
    assert found is not None
    assert found.is_mirrored
    assert found.inliers >= 40


def test_words_and_codes_of_given_descriptors_are_the_same_to_the_bit():
    """The vocabulary's own arithmetic runs in one order: no build of OpenCV comes into it."""
    rows = (np.arange(6)[:, None] * 37 + np.arange(128)[None, :] * 11) % 64
    descriptors = np.sqrt(rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    assert vocabulary().words(descriptors, 2).tolist() == WORDS
    assert [bytes(code).hex() for code in vocabulary().codes(descriptors)] == CODES
