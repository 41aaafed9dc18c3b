"""Changes: near ones are within PDQ's distance, parts are found by their scenes, all are whole pictures, and each gives the same bytes each time."""

import io

import numpy as np
import pytest
from PIL import Image

from clew.demo.changes import CHANGES, apply_change
from clew.demo.plan import FULL, SMALL, STRANGERS_FROM, plan
from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.scene_grade import SceneGrade
from clew.matching.scene_verify import verify
from clew.signatures.enlarged import pdq_enlarged
from clew.signatures.pdq import pdq, pdq_dihedral
from clew.signatures.scene import scene_of, scene_query_of
from clew.signatures.trimmed import pdq_trimmed, trim_box


def _distance(one, other):
    return int.bit_count(int.from_bytes(one.bits, "big") ^ int.from_bytes(other.bits, "big"))


@pytest.fixture(scope="module")
def rooms():
    from clew.demo.render.views import picture_of

    return [picture_of(place, place % 3) for place in range(6)]


def _changed(room, change):
    return np.asarray(Image.open(io.BytesIO(apply_change(room, change.key))).convert("RGB"))


def _nearest(room, change):
    """How near the changed picture lies, asked for as the product asks: in all orientations, enlarged where it is small, and without its border."""
    changed = _changed(room, change)
    asked = [
        *pdq_dihedral(changed).values(),
        *pdq_enlarged(changed).values(),
        *pdq_trimmed(changed, trim_box(changed)).values(),
    ]
    return min(_distance(pdq(room), turned) for turned in asked)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_near_change_stays_near_and_a_far_one_does_not(change, rooms):
    distances = [_nearest(room, change) for room in rooms]
    assert (max(distances) <= PDQ_DISTANCE_MAX) == change.is_near, distances


def _is_found_as_part(asked, held):
    found = verify(scene_query_of(asked), scene_of(held))
    return found is not None and found.grade is not SceneGrade.SHARED


PARTS = {key: change for key, change in CHANGES.items() if change.is_part}


def test_every_change_is_found_in_one_way_and_says_in_which():
    assert set(PARTS) == {"cropped", "collage"}
    assert all(change.is_near != change.is_part for change in CHANGES.values())


@pytest.mark.parametrize("change", PARTS.values(), ids=PARTS)
def test_a_part_is_found_in_its_own_original_and_in_no_other(change, rooms):
    for number, room in enumerate(rooms):
        changed = _changed(room, change)
        assert _is_found_as_part(changed, room)
        assert not _is_found_as_part(changed, rooms[number - 1])


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_every_change_of_every_original_of_the_plan_is_found_as_it_says():
    from clew.demo.render.views import picture_of

    shots = {file.shot for submission in plan(FULL).submissions for file in submission.files if not file.shot.is_clip}
    assert len(shots) > 600
    missed = [
        (shot.key, change.key)
        for shot in shots
        for room in [picture_of(shot.place, shot.view, thing=shot.thing)]
        for change in CHANGES.values()
        if not (
            _nearest(room, change) <= PDQ_DISTANCE_MAX
            if change.is_near
            else _is_found_as_part(_changed(room, change), room)
        )
    ]
    assert missed == []


@pytest.mark.parametrize("key", CHANGES)
def test_a_change_gives_the_same_bytes_each_time(key, rooms):
    assert apply_change(rooms[0], key) == apply_change(rooms[0].copy(), key)


def test_the_plan_is_the_same_each_time_and_as_large_as_promised():
    whole = plan(FULL)
    assert whole == plan(FULL)
    assert len(whole.series) == 40
    assert 1400 <= whole.file_count <= 1600
    assert len({series.name for series in whole.series}) == 40


@pytest.mark.parametrize("size", [SMALL, FULL], ids=["small", "full"])
def test_every_file_of_a_submission_has_a_path_of_its_own_and_no_stranger_is_loaded(size):
    for submission in plan(size).submissions:
        paths = [file.path for file in submission.files]
        assert len(set(paths)) == len(paths)
        assert all(file.shot.place < STRANGERS_FROM for file in submission.files)


def test_objects_turn_up_in_more_than_one_room():
    places = {}
    for series in plan(FULL).series:
        for shot in series.shots:
            if shot.thing is not None:
                places.setdefault(shot.thing, set()).add(shot.place)
    assert all(len(found) > 1 for found in places.values())


def test_a_clip_is_a_video_with_a_length_and_the_same_bytes_each_time(rooms):
    from clew.demo.clips import SECONDS, clip_of
    from clew.media.jail import Jail

    clip = clip_of(rooms[0], tune=3)
    assert clip == clip_of(rooms[0], tune=3)
    with Jail() as jail:
        seen = jail.examine(clip)
    assert (seen.media_type.kind, seen.metadata["has_audio"]) == ("video", 1)
    assert seen.metadata["duration_seconds"] == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize(("codec", "form"), [("mp3", "mp3"), ("aac", "mp4")])
def test_a_tune_is_heard_again_in_another_encoding_and_another_tune_is_not(codec, form):
    from clew.demo.tunes import sound_file, tune_of
    from clew.matching.sound_pieces import align_tuned
    from clew.media.jail import Jail
    from clew.signatures.film_cell import CELL
    from clew.signatures.sound_cell import SOUND, sound_told

    assert sound_file(tune_of(1, 2), codec, form) == sound_file(tune_of(1, 2), codec, form)
    with Jail(film_cell=CELL) as jail:
        one, again, other = (
            sound_told(jail.examine(sound_file(tune_of(number, 12), *encoding)).blobs[SOUND])
            for number, encoding in ((1, ("flac", "flac")), (1, (codec, form)), (2, (codec, form)))
        )
    assert align_tuned(again.tunings(), one.items)
    assert not align_tuned(other.tunings(), one.items)
