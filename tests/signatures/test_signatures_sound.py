"""Sound prints: the same however the sound arrives, and bounded in what they say."""

import io
import subprocess
import sys

import numpy as np
import pytest

from clew.kernel.limits import SOUND_ITEMS_MAX
from clew.signatures.sound import TUNINGS, SoundStream, sound_prints, sound_variants_of
from clew.signatures.sound_classes import FRAME_SAMPLES, MS_PER_ITEM, SAMPLES_FIRST, STEP_SAMPLES
from clew.signatures.sound_decoding import sound_of
from clew.signatures.sound_print import SoundPrint, SoundPrintRefused
from tests.sounds import RATE, bit_error, encoded, tune, wav


@pytest.fixture(scope="module")
def samples():
    return tune(1, 40)


def test_an_item_comes_every_eighth_of_a_second_from_the_first_full_stretch_on():
    assert len(sound_prints(np.zeros(0, np.int16))) == 0
    assert len(sound_prints(np.zeros(SAMPLES_FIRST - 1, np.int16))) == 0
    assert len(sound_prints(np.zeros(SAMPLES_FIRST, np.int16))) == 1
    assert len(sound_prints(np.zeros(SAMPLES_FIRST + 7 * STEP_SAMPLES, np.int16))) == 8
    assert sound_prints(np.zeros(SAMPLES_FIRST, np.int16)).dtype == np.uint32


@pytest.mark.parametrize("pieces", [1, 100, FRAME_SAMPLES, 50_000])
def test_a_sound_in_pieces_has_the_print_of_the_whole(samples, pieces):
    stream = SoundStream(TUNINGS)
    for begin in range(0, len(samples) if pieces > 1 else 40_000, pieces):
        stream.feed(samples[begin : begin + pieces])
    whole = sound_variants_of(samples if pieces > 1 else samples[:40_000])
    for tuning, items in stream.tunings().items():
        assert np.array_equal(items, whole[tuning])


def test_what_is_held_of_a_long_sound_is_a_few_seconds(samples):
    stream = SoundStream()
    for _again in range(20):
        stream.feed(samples)
        assert stream._waiting_samples < FRAME_SAMPLES + 32 * STEP_SAMPLES
        assert sum(len(rows) for rows in stream._rows.values()) < 20
    assert stream.samples == 20 * len(samples)


def test_louder_and_softer_sound_alike_and_other_sounds_do_not(samples):
    print_of_it = sound_prints(samples)
    assert bit_error(sound_prints(samples // 10), print_of_it) < 0.02
    assert bit_error(sound_prints(tune(2, 40)), print_of_it) > 0.3


@pytest.mark.parametrize("percent", [-2, -1, 1, 2])
def test_a_tuning_undoes_another_pitch(samples, percent):
    """Two percent higher: heard two percent lower it is nearly the same."""
    variants = sound_variants_of(tune(1, 40, pitch=1 + percent / 100))
    errors = {tuning: bit_error(items, sound_prints(samples)) for tuning, items in variants.items()}
    assert min(errors, key=errors.get) == -percent
    assert errors[-percent] < min(0.2, 0.85 * errors[0])


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_rates_and_channels_give_nearly_the_same_print(rate, channels):
    made = tune(3, 12, rate=rate)
    content = wav(made if channels == 1 else np.stack([made, made], axis=1), rate)
    heard = sound_of(io.BytesIO(content), "wav")
    assert abs(heard.duration_ms - 12000) < 5
    assert heard.is_whole
    assert heard.packets_skipped == 0
    print_of_it = sound_of(io.BytesIO(wav(tune(3, 12))), "wav").items
    # The noise in it is drawn by sample, and notes above half of the rate are not there.
    assert bit_error(heard.items, print_of_it) < 0.06


@pytest.mark.parametrize(
    ("codec", "form", "parser", "rate"),
    [
        ("libmp3lame", "mp3", "mp3", 44100),
        ("aac", "mp4", "mov", 44100),
        ("libopus", "ogg", "ogg", 48000),
        ("flac", "flac", "flac", 44100),
    ],
)
def test_other_encodings_give_nearly_the_same_print(samples, codec, form, parser, rate):
    heard = sound_of(io.BytesIO(encoded(samples, codec, form, codec_rate=rate)), parser)
    assert bit_error(heard.items, sound_prints(samples)) < 0.08


def test_a_sound_is_heard_up_to_the_limit_and_says_so(samples):
    content = wav(samples)
    part = sound_of(io.BytesIO(content), "wav", seconds_max=10)
    assert part.duration_ms == 10_000
    assert not part.is_whole
    assert np.array_equal(part.items, sound_prints(samples[: 10 * RATE]))
    none = sound_of(io.BytesIO(content), "wav", cpu_until=0.0)
    assert not none.is_whole
    assert none.duration_ms < 1000


def test_a_broken_packet_is_passed_over_and_counted(samples):
    content = bytearray(encoded(samples, "libmp3lame", "mp3"))
    for begin in range(20_000, 200_000, 40_000):
        content[begin : begin + 4000] = bytes(4000)
    heard = sound_of(io.BytesIO(content), "mp3")
    assert heard.duration_ms > 30_000
    whole = sound_of(io.BytesIO(encoded(samples, "flac", "flac")), "flac")
    broken = bytearray(encoded(samples, "flac", "flac"))
    for begin in range(len(broken) // 4, len(broken) // 2, 5000):
        broken[begin : begin + 50] = b"\xff" * 50
    heard = sound_of(io.BytesIO(broken), "flac")
    assert heard.packets_skipped > 0 or heard.duration_ms < whole.duration_ms


@pytest.mark.parametrize("seed", range(30))
def test_changed_bytes_never_raise_what_the_caller_does_not_expect(samples, seed):
    rng = np.random.default_rng(seed)
    parser, content = [
        ("wav", wav(samples[: 8 * RATE])),
        ("mp3", encoded(samples[: 8 * RATE], "libmp3lame", "mp3")),
        ("mov", encoded(samples[: 8 * RATE], "aac", "mp4")),
    ][seed % 3]
    changed = np.frombuffer(content, np.uint8).copy()
    places = rng.integers(0, len(changed), 40)
    changed[places] = rng.integers(0, 256, 40)
    try:
        heard = sound_of(io.BytesIO(changed.tobytes()), parser)
    except (OSError, LookupError, ValueError):
        return
    assert SoundPrint.from_bytes(heard.to_bytes()).duration_ms == heard.duration_ms


def test_a_file_without_sound_is_refused(pictures):
    from tests.films import film

    with pytest.raises(LookupError):
        sound_of(io.BytesIO(film([pictures(1)])), "mov")


def test_after_the_rehearsal_nothing_is_imported_and_no_thread_begins(samples, tmp_path):
    (tmp_path / "a.mp3").write_bytes(encoded(samples, "libmp3lame", "mp3"))
    program = """
import io, os, sys
from clew.signatures.sound_decoding import rehearse, sound_of
from clew.signatures.sound import TUNINGS
rehearse()
content = io.BytesIO(open(sys.argv[1], "rb").read())
threads, modules = len(os.listdir("/proc/self/task")), set(sys.modules)
heard = sound_of(content, "mp3", tunings=TUNINGS)
print(len(heard.items) > 200, len(os.listdir("/proc/self/task")) - threads, set(sys.modules) - modules)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.mp3")], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split(maxsplit=2) == ["True", "0", "set()\n"]


def _print():
    variants = sound_variants_of(tune(4, 10))
    return SoundPrint(variants.pop(0), 10_000, variants, packets_skipped=3, is_whole=False)


def test_a_print_comes_back_from_its_bytes():
    made = _print()
    back = SoundPrint.from_bytes(made.to_bytes())
    assert (back.duration_ms, back.packets_skipped, back.is_whole) == (10_000, 3, False)
    assert list(back.tunings()) == [0, -2, -1, 1, 2]
    assert all(np.array_equal(back.tunings()[tuning], items) for tuning, items in made.tunings().items())
    plain = SoundPrint.from_bytes(made.plain().to_bytes())
    assert plain.tuned == {}
    assert np.array_equal(plain.items, made.items)
    assert SoundPrint.from_bytes(SoundPrint(np.empty(0, np.uint32), 0).to_bytes()).duration_ms == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda told: b"",
        lambda told: told[:10],
        lambda told: told[:-1],
        lambda told: told + b"\0",
        lambda told: b"CLSQ" + told[4:],
        lambda told: told[:4] + b"\2" + told[5:],
        lambda told: told[:5] + b"\2" + told[6:],
        lambda told: told[:6] + b"\xff\xff" + told[8:],
        lambda told: told[:8] + (SOUND_ITEMS_MAX + 1).to_bytes(4, "little") + told[12:],
        lambda told: told[:12] + b"\1\0\0\0" + told[16:],
        lambda told: told[:12] + b"\xff\xff\xff\xff" + told[16:],
        lambda told: told[:20] + b"\0" + told[21:],
        lambda told: told[:20] + told[21:22] + told[21:],
        lambda told: told[:20] + b"\x7f" + told[21:],
        lambda told: told[:20] + b"\x80" + told[21:],
    ],
)
def test_bytes_that_are_no_print_are_refused(change):
    told = _print().to_bytes()
    assert SoundPrint.from_bytes(told)
    with pytest.raises(SoundPrintRefused):
        SoundPrint.from_bytes(change(told))


def test_milliseconds_by_item_are_those_of_a_step():
    assert SoundPrint.ms_per_item == MS_PER_ITEM == pytest.approx(123.81, abs=0.01)
