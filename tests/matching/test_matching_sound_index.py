"""The index of sounds: what is held is found, what is gone is not, and what is in everything neither hides nor slows."""

import threading

import numpy as np
import pytest

from clew.kernel.limits import SOUND_POSTINGS_MAX
from clew.matching.errors import RecallLost, RowsRefused, SegmentDamaged
from clew.matching.sound_index import SoundIndex
from clew.matching.sound_lookup import MIXER, flips
from clew.matching.sound_recall import check_sound_recall, sound_canaries, verify_sound_recall
from clew.matching.sound_segment import SoundSegment
from clew.signatures.sound import sound_prints, sound_variants_of
from tests.sounds import RATE, tune


@pytest.fixture(scope="module")
def prints():
    return [sound_prints(tune(number, 20)) for number in range(20)]


@pytest.fixture
def index(prints):
    made = SoundIndex()
    made.add(range(100, 120), prints)
    return made


def _ids(answer):
    return [candidate.id for candidate in answer.candidates]


def test_a_clip_finds_its_sound_and_where(index):
    answer = index.search(sound_prints(tune(7, 20)[6 * RATE : 14 * RATE]))
    assert answer.candidates[0].id == 107
    assert answer.candidates[0].offset_ms == pytest.approx(6000, abs=400)
    assert answer.items_asked > 30
    assert all(candidate.votes <= 3 for candidate in index.search(sound_prints(tune(500, 10))).candidates)


def test_another_pitch_is_found_by_its_tuning(index):
    variants = sound_variants_of(tune(3, 20, pitch=1.02))
    first = index.search_tuned(variants).candidates[0]
    assert (first.id, first.tuning) == (103, -2)


def test_added_and_removed_sounds_count_at_once(prints):
    index = SoundIndex()
    assert index.search(prints[0]).candidates == ()
    for number, items in enumerate(prints):
        index.add([number], [items])
        assert _ids(index.search(items))[0] == number
    assert len(index) == 20
    index.remove([3, 4, 999])
    assert len(index) == 18
    assert 3 not in _ids(index.search(prints[3]))
    assert _ids(index.search(prints[5]))[0] == 5
    index.add([3], [prints[3]])
    assert _ids(index.search(prints[3]))[0] == 3


def test_many_additions_make_few_segments(prints):
    index = SoundIndex()
    for number in range(200):
        index.add([number], [prints[number % 20]])
    assert len(index._parts) < 10
    assert len(index) == 200


def test_a_merge_answers_as_before_without_what_is_gone(index, prints):
    index.add([7], [prints[0]])
    index.remove([110])
    before = [index.search(items) for items in prints]
    merged = index.merge()
    assert len(merged) == len(index) == 20
    assert [index.search(items) for items in prints] == before


def test_an_id_may_have_several_prints(prints):
    index = SoundIndex()
    index.add([1, 1], prints[:2])
    assert _ids(index.search(prints[0])) == _ids(index.search(prints[1])) == [1]
    index.remove(1)
    assert len(index) == 0


def test_prints_without_numbers_are_refused(prints):
    with pytest.raises(RowsRefused):
        SoundIndex().add([1, 2], prints[:1])


def test_silence_is_neither_held_nor_asked_for(prints):
    index = SoundIndex()
    silence = sound_prints(np.zeros(30 * RATE, np.int16))
    index.add([1, 2, 3], [silence, prints[0], np.empty(0, np.uint32)])
    answer = index.search(silence)
    assert (answer.candidates, answer.items_asked, answer.items_untelling) == ((), 0, len(silence))
    assert len(index) == 3


def test_what_is_in_very_many_sounds_is_cut_and_counted_and_hides_nothing(prints):
    jingle = prints[0][:40]
    index = SoundIndex()
    many = SOUND_POSTINGS_MAX + 50
    index.add(range(many), [jingle] * many)
    index.add([5000], [np.concatenate([jingle, prints[1]])])
    assert index.common_items > 0
    answer = index.search(jingle)
    assert answer.items_cut > 0
    assert len(answer.candidates) == 50
    both = index.search(np.concatenate([jingle, prints[1]]))
    assert both.candidates[0].id == 5000


def test_the_lookup_finds_what_a_look_at_every_item_finds(prints):
    """Against brute force, for up to two flipped bits."""
    segment = SoundSegment.build(range(5), prints[:5])
    held = segment.arrays["mixed"] * np.uint32(pow(int(MIXER), -1, 2**32))
    rng = np.random.default_rng(1)
    asked = held[rng.integers(0, len(held), 30)] ^ flips(2)[rng.integers(0, 529, 30)]
    for bits_max in (0, 1, 2):
        found = segment.pairs(asked, bits_max)
        there = found.held + segment.starts[found.row]
        expected = {
            (at, int(place))
            for at, item in enumerate(asked)
            for place in segment.arrays["places"][np.bitwise_count(held ^ item) <= bits_max]
        }
        assert set(zip(found.asked.tolist(), there.tolist(), strict=True)) == expected
        assert len(found.asked) == len(expected)


def test_a_file_answers_as_the_segment_it_was_written_from(index, prints, tmp_path):
    segment = index.merge()
    segment.write(tmp_path / "sounds")
    opened = SoundIndex(SoundSegment.open(tmp_path / "sounds"))
    assert len(opened) == 20
    assert [opened.search(items) for items in prints] == [index.search(items) for items in prints]
    opened.add([1], [sound_prints(tune(300, 10))])
    opened.remove([100])
    assert 100 not in _ids(opened.search(prints[0]))


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_and_a_one_entry_segment_come_back(prints, tmp_path, count):
    SoundSegment.build(range(count), prints[:count]).write(tmp_path / "a")
    assert _ids(SoundIndex(SoundSegment.open(tmp_path / "a")).search(prints[0])) == list(range(count))


def test_a_file_that_is_cut_or_changed_is_refused(index, tmp_path):
    path = tmp_path / "sounds"
    index.merge().write(path)
    content = path.read_bytes()
    for length in (0, 4, 100, 4096, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(SegmentDamaged):
            SoundSegment.open(path)
    for at in (0, 9, 60, 200, 4096 + 3, len(content) - 20):
        changed = bytearray(content)
        changed[at] ^= 1
        path.write_bytes(changed)
        with pytest.raises(SegmentDamaged):
            SoundSegment.open(path)
    with pytest.raises(SegmentDamaged):
        SoundSegment.open(tmp_path / "absent")


def test_recall_is_complete_and_a_lost_sound_is_told(index, prints):
    ids, planted = sound_canaries()
    index.add(ids, planted)
    report = verify_sound_recall(index, [*ids, *range(100, 120)], [*planted, *prints], seed=1)
    assert report.is_complete
    assert report.probes == 3 * 24
    index.remove([105])
    lost = check_sound_recall(index, range(100, 120), prints, seed=1)
    assert {number for number, _percent in lost.missed} == {105}
    with pytest.raises(RecallLost):
        verify_sound_recall(index, range(100, 120), prints, seed=1)


def test_silence_is_no_canary(index):
    silence = sound_prints(np.zeros(30 * RATE, np.int16))
    assert check_sound_recall(index, [1], [silence]).probes == 0


def test_searches_go_on_while_sounds_come_and_go(index, prints):
    wrong = []

    def ask():
        answers = [_ids(index.search(prints[0]))[:1] for _again in range(30)]
        wrong.extend(answer for answer in answers if answer != [100])

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    for number in range(30):
        index.add([1000 + number], [prints[1 + number % 19]])
        index.remove([1000 + number - 1])
    index.merge()
    for thread in asking:
        thread.join()
    assert wrong == []
