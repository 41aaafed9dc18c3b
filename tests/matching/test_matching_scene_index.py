"""The scene index proposes the pictures a part was taken from, forgets what is removed, and refuses files that are not as written."""

import cv2
import numpy as np
import pytest
from PIL import Image

from clew.matching.errors import RowsRefused, SegmentDamaged
from clew.matching.scene_files import open_scene_segment, write_scene_segment
from clew.matching.scene_index import SceneIndex
from clew.matching.scene_recall import check_scene_recall
from clew.matching.scene_segment import SceneSegment
from clew.signatures.scene import scene_of, scene_query_of
from tests import scenes
from tests.scenes import room

PLACES = range(24)


@pytest.fixture(scope="module")
def signatures():
    return [scene_of(room(place)) for place in PLACES]


@pytest.fixture
def index(signatures):
    made = SceneIndex()
    made.add([100 + place for place in PLACES], signatures)
    return made


def _first(index, pixels):
    return index.search(scene_query_of(pixels))[0]


@pytest.mark.parametrize(
    "change", [scenes.cropped, scenes.captioned, scenes.on_a_phone, lambda pixels: scenes.rotated(pixels, 15)]
)
def test_what_was_cut_or_framed_is_proposed_first(index, change):
    found = [_first(index, change(room(place))) for place in (0, 7, 13)]
    assert [candidate.id for candidate in found] == [100, 107, 113]
    assert not any(candidate.is_mirrored for candidate in found)


def test_a_picture_of_few_details_turned_on_its_page_is_not_outvoted_by_the_edges_of_the_page(index):
    for place in range(4):
        soft = cv2.GaussianBlur(room(place), (0, 0), 8)
        index.add([200 + place], [scene_of(soft)])
        turned = np.asarray(Image.fromarray(soft).rotate(5, Image.Resampling.BICUBIC, expand=True))
        assert _first(index, turned).id == 200 + place


def test_a_mirrored_crop_is_proposed_as_such(index):
    found = _first(index, np.ascontiguousarray(scenes.cropped(room(9), 0.3)[:, ::-1]))
    assert (found.id, found.is_mirrored) == (109, True)


def test_each_of_four_on_a_sheet_is_proposed(index):
    sheet = scenes.on_a_sheet([room(2), room(6), room(11), room(16)])
    found = {candidate.id for candidate in index.search(scene_query_of(sheet), 10)}
    assert {102, 106, 111, 116} <= found


def test_candidates_come_best_first_and_no_more_than_asked_for(index):
    query = scene_query_of(room(3))
    found = index.search(query, 5)
    assert len(found) == 5
    assert [candidate.score for candidate in found] == sorted((each.score for each in found), reverse=True)
    assert index.search(query)[:5] == found


def test_one_by_one_in_any_order_and_from_a_file_give_the_same_answers(index, signatures, tmp_path):
    grown = SceneIndex()
    for place in reversed(PLACES):
        grown.add([100 + place], [signatures[place]])
    write_scene_segment(index.joined(), tmp_path / "scenes")
    opened = SceneIndex([open_scene_segment(tmp_path / "scenes")])
    assert len(grown) == len(opened) == len(index) == 24
    for place in (0, 5, 8):
        query = scene_query_of(scenes.cropped(room(place), 0.4))
        assert index.search(query) == grown.search(query) == opened.search(query)
    assert grown.recent_count == 24
    assert opened.recent_count == 0


def test_files_of_the_same_pictures_are_the_same_bytes(index, signatures, tmp_path):
    other = SceneIndex()
    for place in reversed(PLACES):
        other.add([100 + place], [signatures[place]])
    for name, each in (("a", index), ("b", other)):
        write_scene_segment(each.joined(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_is_removed_is_not_proposed_and_may_come_back(index, signatures):
    query = scene_query_of(room(4))
    index.remove([104, 999])
    assert 104 not in {candidate.id for candidate in index.search(query)}
    assert len(index) == 23
    index.add([104], [signatures[4]])
    assert index.search(query)[0].id == 104
    assert len(index.joined().postings.ids) == 24


def test_an_empty_index_and_one_of_one_answer(signatures):
    query = scene_query_of(room(0))
    empty = SceneIndex()
    assert empty.search(query) == []
    empty.add([], [])
    assert len(empty.joined()) == 0
    empty.add([7], [signatures[0]])
    assert [candidate.id for candidate in empty.search(query)] == [7]
    empty.remove([7])
    assert empty.search(query) == []


def test_a_thousand_and_more_copies_do_not_hide_behind_each_other(signatures):
    crowd = SceneIndex([SceneSegment.build(range(1500), [signatures[0]] * 1500)])
    found = crowd.search(scene_query_of(room(0)), 2000)
    assert len(found) >= 1000
    assert len({candidate.score for candidate in found}) == 1


def test_an_id_may_have_several_signatures_and_is_told_once(signatures):
    index = SceneIndex()
    index.add([1, 1, 2], signatures[:3])
    for place in (0, 1):
        found = [candidate.id for candidate in index.search(scene_query_of(room(place)))]
        assert found[0] == 1
        assert found.count(1) == 1
    index.remove([1])
    assert len(index) == 1


def test_ids_without_signatures_are_refused(signatures):
    with pytest.raises(RowsRefused):
        SceneIndex().add([1, 2], signatures[:1])


def test_the_recall_guard_finds_all_and_says_what_is_missing(index, signatures):
    ids = [100 + place for place in PLACES]
    assert check_scene_recall(index, ids, signatures).is_complete
    index.remove([105])
    report = check_scene_recall(index, ids, signatures)
    assert [number for number, _distance in report.missed] == [105]
    assert report.probes == 24


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_and_a_one_entry_file_come_back(tmp_path, signatures, rows):
    write_scene_segment(SceneSegment.build(range(rows), signatures[:rows]), tmp_path / "a")
    assert len(open_scene_segment(tmp_path / "a")) == rows


def test_a_damaged_file_is_refused(index, tmp_path):
    path = tmp_path / "scenes"
    write_scene_segment(index.joined(), path)
    whole = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    for at in (0, 20, 100, 4096, 8192, len(whole) - 3):
        spoilt = bytearray(whole)
        spoilt[at] ^= 0x55
        path.write_bytes(spoilt)
        with pytest.raises(SegmentDamaged):
            open_scene_segment(path)
    for length in (0, 50, 4096, len(whole) - 5000):
        path.write_bytes(whole[:length])
        with pytest.raises(SegmentDamaged):
            open_scene_segment(path)
    path.unlink()
    with pytest.raises(SegmentDamaged):
        open_scene_segment(path)
