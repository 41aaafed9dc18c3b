"""Made-up cameras: a pattern of their own, noise as stated, and files that tell their maker."""

import hashlib
import io

import numpy as np
import pytest
from PIL import ExifTags, Image

from clew.demo.camera_models import MODELS
from clew.demo.developing import original_of
from clew.demo.plan import Shot
from clew.demo.sensors import PRNU_MAX, PRNU_MIN, SensorCamera, light_of
from clew.media.metadata import exif_facts_of
from clew.signatures.camera_serials import CameraSerials
from tests.sensors import light


def test_a_camera_has_one_pattern_of_the_stated_strength():
    for number in range(8):
        camera = SensorCamera(1, number)
        pattern = camera.pattern(480, 640)
        assert PRNU_MIN <= camera.prnu <= PRNU_MAX
        assert float(pattern.std()) == pytest.approx(camera.prnu, rel=0.01)
        assert float(pattern.mean()) == pytest.approx(1.0, abs=1e-4)
        assert np.array_equal(pattern, SensorCamera(1, number).pattern(480, 640))


def test_patterns_and_serials_differ_between_cameras_and_worlds():
    one, other, elsewhere = SensorCamera(1, 0), SensorCamera(1, 1), SensorCamera(2, 0)
    assert len({camera.serial for camera in (one, other, elsewhere)}) == 3
    for mate in (other, elsewhere):
        likeness = np.corrcoef(one.pattern(480, 640).ravel(), mate.pattern(480, 640).ravel())[0, 1]
        assert abs(likeness) < 0.01


def test_cameras_of_one_model_share_their_lines_and_others_do_not():
    cameras = [SensorCamera(1, number) for number in range(12)]
    assert {camera.model.name for camera in cameras} <= {model.name for model in MODELS}
    by_model = {}
    for camera in cameras:
        by_model.setdefault(camera.model.name, []).append(camera.model_lines(48, 64))
    assert max(len(lines) for lines in by_model.values()) > 1
    for lines in by_model.values():
        assert all(np.array_equal(lines[0], each) for each in lines)
    firsts = [lines[0] for lines in by_model.values()]
    assert not np.array_equal(firsts[0], firsts[1])


def test_an_exposure_is_repeatable_and_two_of_one_scene_differ():
    camera = SensorCamera(1, 3)
    assert np.array_equal(camera.photograph(light(0), 1), camera.photograph(light(0), 1))
    first, second = camera.photograph(light(0), 1).astype(int), camera.photograph(light(0), 2).astype(int)
    assert 0.5 < np.abs(first - second).mean() < 6
    assert abs(float(first.mean()) - float(light(0).mean())) < 3


def test_a_file_tells_its_maker_and_its_serials_where_asked():
    camera = SensorCamera(1, 0)
    for with_serials in (True, False):
        picture = Image.open(io.BytesIO(camera.file_of(light(0), 0, with_serials=with_serials)))
        assert picture.getexif()[ExifTags.Base.Make] == camera.model.make
        facts = {name: fact for name, fact in exif_facts_of(picture.getexif()).items() if fact is not None}
        serials = CameraSerials.from_facts(facts)
        assert bool(serials.body) is bool(serials.lens) is with_serials
        assert camera.serial in serials.body or not with_serials


def test_the_world_without_cameras_is_as_it_was():
    shot = Shot(3, 1)
    plain = original_of(shot)
    assert hashlib.sha256(plain).digest() == hashlib.sha256(original_of(shot, None)).digest()
    taken = original_of(shot, SensorCamera(1, 0))
    assert taken != plain
    assert taken == original_of(shot, SensorCamera(1, 0)) != original_of(shot, SensorCamera(1, 1))
    assert Image.open(io.BytesIO(taken)).size == Image.open(io.BytesIO(plain)).size


def test_light_is_the_rendered_picture_with_half_its_grain():
    made = light_of(3, 1, 320, 240)
    assert made.shape == (240, 320, 3)
    assert np.array_equal(made, light_of(3, 1, 320, 240))
