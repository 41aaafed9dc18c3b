"""Pieces of sound: which seconds match which, and that nothing matches what tells nothing."""

import numpy as np
import pytest

from clew.kernel.limits import SOUND_PIECES_MAX
from clew.matching import sound_pieces
from clew.matching.sound_pieces import ITEMS_MIN, align, align_tuned
from clew.matching.sound_telling import telling, why_untelling
from clew.signatures.sound import sound_prints, sound_variants_of
from tests.sounds import RATE, tune


@pytest.fixture(scope="module")
def held():
    return sound_prints(tune(1, 60))


def test_a_sound_matches_itself_from_beginning_to_end(held):
    (piece,) = align(held, held)
    assert (piece.asked_from_ms, piece.held_from_ms, piece.bit_error) == (0, 0, 0.0)
    assert piece.asked_to_ms == piece.held_to_ms == pytest.approx(60_000, abs=200)


@pytest.mark.parametrize(("begin", "seconds"), [(0, 30), (17.3, 10), (31.05, 5), (55, 5)])
def test_a_clip_is_found_where_it_was_cut(held, begin, seconds):
    clip = tune(1, 60)[round(begin * RATE) : round((begin + seconds) * RATE)]
    piece = align(sound_prints(clip), held)[0]
    assert piece.held_from_ms - piece.asked_from_ms == pytest.approx(1000 * begin, abs=130)
    assert piece.asked_to_ms - piece.asked_from_ms == pytest.approx(1000 * seconds, abs=400)
    assert piece.bit_error < 0.15


def test_two_stretches_in_another_sound_are_two_pieces(held):
    samples = tune(1, 60)
    other = np.concatenate([tune(2, 8), samples[40 * RATE : 52 * RATE], tune(3, 15), samples[10 * RATE : 25 * RATE]])
    pieces = sorted(align(sound_prints(other), held), key=lambda piece: piece.asked_from_ms)
    assert [round(piece.asked_from_ms / 1000) for piece in pieces] == pytest.approx([8, 35], abs=2)
    assert [round((piece.held_from_ms - piece.asked_from_ms) / 1000) for piece in pieces] == [32, -25]


def test_what_is_held_twice_is_found_twice():
    jingle = tune(4, 10)
    held = sound_prints(np.concatenate([jingle, tune(5, 20), jingle]))
    assert sorted(round(piece.held_from_ms / 1000) for piece in align(sound_prints(jingle), held)) == [0, 30]


def test_a_faster_copy_is_one_piece_and_says_how_much_faster(held):
    samples = tune(1, 60)
    faster = np.interp(np.arange(0, len(samples) - 1, 1.02), np.arange(len(samples)), samples).astype(np.int16)
    pieces = align_tuned(sound_variants_of(faster), held)
    assert len(pieces) == 1
    (piece,) = pieces
    speed = (piece.held_to_ms - piece.held_from_ms) / (piece.asked_to_ms - piece.asked_from_ms)
    assert speed == pytest.approx(1.02, abs=0.004)
    assert piece.tuning == -2
    assert piece.asked_to_ms - piece.asked_from_ms > 55_000


def test_strangers_have_nothing_in_common(held):
    for number in range(10, 40):
        assert align(sound_prints(tune(number, 20)), held) == []


@pytest.mark.parametrize("flipped", [0.05, 0.1])
def test_flipped_bits_are_counted(held, flipped):
    mask = (np.random.default_rng(0).random((len(held), 32)) < flipped).astype(np.uint32)
    changed = held ^ (mask << np.arange(32, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
    assert align(changed, held)[0].bit_error == pytest.approx(flipped, abs=0.01)


def _steady():
    t = np.arange(30 * RATE) / RATE
    rng = np.random.default_rng(5)
    hum = sum(np.sin(2 * np.pi * 50 * k * t + k) / k for k in range(1, 15))
    return {
        "silence": np.zeros(len(t)),
        "faint noise": rng.integers(-2, 3, len(t)),
        "tone": 9000 * np.sin(2 * np.pi * 440 * t),
        "hum": 3000 * (hum + 0.2 * rng.normal(size=len(t))),
        "hiss": 3000 * rng.normal(size=len(t)),
    }


@pytest.mark.parametrize("name", list(_steady()))
def test_what_never_changes_tells_nothing_and_matches_nothing(name):
    items = sound_prints(_steady()[name].clip(-32768, 32767).astype(np.int16))
    assert not telling(items).any()
    assert "never changes" in why_untelling(items)
    assert align(items, items) == []


@pytest.mark.parametrize("slope", [0.5, 1, 1.2, 1.4, 2])
def test_noise_of_any_colour_is_no_match_for_other_noise(slope):
    """Wind and traffic change enough to tell something, and are more alike than other sounds."""
    prints = []
    for seed in range(5):
        spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=60 * RATE))
        made = np.fft.irfft(spectrum / np.maximum(1, np.arange(len(spectrum))) ** (slope / 2), 60 * RATE)
        prints.append(sound_prints((made / np.abs(made).max() * 8000).astype(np.int16)))
    assert [align(one, other) for at, one in enumerate(prints) for other in prints[:at]] == [[]] * 10


def test_a_tune_tells_and_what_is_too_short_says_so(held):
    assert telling(held).mean() > 0.95
    assert why_untelling(held) == ""
    assert "three seconds" in why_untelling(held[:0])
    assert telling(held[:1]).tolist() == [0]


def test_silence_around_and_within_a_tune_is_not_matched():
    quiet = np.zeros(12 * RATE, np.int16)
    one = sound_prints(np.concatenate([quiet, tune(6, 15), quiet]))
    other = sound_prints(np.concatenate([quiet, tune(7, 15), quiet]))
    assert align(one, other) == []
    (piece,) = align(one, sound_prints(tune(6, 15)))
    assert piece.asked_from_ms == pytest.approx(12_000, abs=1500)


def test_empty_and_too_short_prints_match_nothing(held):
    for count in (0, 1, ITEMS_MIN - 1):
        assert align(held[:count], held) == []
        assert align(held, held[:count]) == []
    assert align(held[:ITEMS_MIN], held)[0].bit_error == 0


def test_two_long_sounds_are_compared_where_equal_items_say(held, monkeypatch):
    samples = tune(1, 60)
    asked = sound_prints(np.concatenate([tune(8, 10), samples[20 * RATE : 40 * RATE]]))
    every = align(asked, held)
    monkeypatch.setattr(sound_pieces, "SOUND_CELLS_MAX", 5000)
    assert align(asked, held) == every
    assert align(sound_prints(tune(9, 30)), held) == []


def test_a_beat_that_repeats_is_told_once_and_no_more_than_so_many_pieces():
    beat = tune(11, 2)
    items = sound_prints(np.tile(beat, 60))
    pieces = align(items, items)
    assert 1 <= len(pieces) <= SOUND_PIECES_MAX
    assert pieces[0].bit_error == 0
    assert pieces[0].asked_to_ms > 115_000
