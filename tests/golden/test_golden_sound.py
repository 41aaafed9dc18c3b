"""Sound prints against chromaprint's own program: its output for a made sound, kept here, and, where fpcalc is installed, its output now."""

import io
import shutil
import subprocess

import numpy as np
import pytest

from clew.signatures.sound import sound_prints
from clew.signatures.sound_decoding import sound_of
from tests.sounds import bit_error, encoded, tune, wav

#: `fpcalc -raw` (1.5.1) of `scale_of_notes()` written as WAV.
EXPECTED = """
0cab1a82 0cac1a82 05bc1682 079c32a2 078ce1a2 0687a0a3 4686a080 4686b090 465181e0 56308120 d630b320 f630a224 e710a23c e514b638
64148a18 640d8a08 640dea38 640d6a6b 650d2aea 670d1baa e64d0c9a e65d008a e6fd00ba f69d00aa 558d20aa 54872086 448720c2 44872002
04830002 0483c132 04938323 0c93a321 0c92aa20 0836aa00 09368a00 0b1e8900 0a0e8800 0a0ca4f0 0a0ca0a4 0a08a085 0a0ac085 0a3a4085
1b2e0da5 19660aa0 18a13aa0 19a13ef1 1ba13205 1be03107 1d302117 0c30232f 1c11222f 1cd2262b 18810a2b 18845a2b 1884ea6b 1884aadb
1e878bcb 1e868d89 1e478089 1e158099 1a1590b9 1a04b0a9 1a00a0af 1b03a4ef 1942e92e 1982eb16 1b82c916 1ad04002 0b102002 09132006
08320006 08360636 08ee0a26 08af0ae6 08ab1a92 0cab1a82 0cac1a82 05bc1282 079c63a2 068ce1a2 0686a0b1 4686a080 468281b0 461081e0
56308120 d630a220 f630a224 e714a21c e5148638 64048a18 640d8a08 640dea29 640d2a6b 650d2aaa 660d0baa e65d048a e6dd008a f6dd00aa
f79d10aa 558d20be 448720c6 44862042 44872002 04834002 0483c132 04939321 0c93a320 0cf6aa20 09369a00 0b368b00 0a1e8800 0a0da840
0a0ca0e0 0a0ca0b4 0a0b9085 0a1ac085 0a3a4495 192e09a1 18e61aa0 18a13aa1 19a13651 1ba13305 1b603107 1d30213f 1c30232f 1c12222f
1cc2362b 18800a2b 18847a2b 1884ea6b 1c84bacb 1e868b8b 1ec68489 1e158089 1e158099 1a0590a9 1a04b0a9 1a00a0af 1902adef 19c2eb26
"""

with_fpcalc = pytest.mark.skipif(
    shutil.which("fpcalc") is None, reason="fpcalc is not installed (bin/install-for-tests needs root)"
)


def scale_of_notes(rate=11025):
    """Twenty seconds of notes, four a second, by arithmetic alone: no random numbers, which another version might draw otherwise."""
    t = np.arange(20 * rate) / rate
    made = np.zeros(len(t))
    for note in range(80):
        hz = 98 * 2 ** ((note * note * 7 + 3 * note) % 37 / 12)
        here = slice(note * rate // 4, (note + 3) * rate // 4)
        since = t[here] - note / 4
        for overtone in (1, 2, 3, 5):
            made[here] += np.sin(2 * np.pi * overtone * hz * since) * np.exp(-4 * since) / overtone
    return (made / np.abs(made).max() * 20000).astype(np.int16)


def fpcalc(content, path):
    """What fpcalc says to a file."""
    path.write_bytes(content)
    # It ends with status 3 where the last packet is short, and has said everything.
    ran = subprocess.run(
        ["fpcalc", "-raw", "-plain", "-length", "0", str(path)], capture_output=True, text=True, check=False
    )
    return np.array(ran.stdout.split(","), dtype=np.uint64).astype(np.uint32)


def test_the_print_of_a_made_sound_is_fpcalcs():
    expected = np.array([int(item, 16) for item in EXPECTED.split()], dtype=np.uint32)
    made = sound_prints(scale_of_notes())
    assert len(made) == len(expected) == 140
    # The sine may differ in its last digit from machine to machine.
    assert bit_error(made, expected) < 0.001


@with_fpcalc
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_wav_files_have_fpcalcs_print_now(tmp_path, rate, channels):
    samples = tune(1, 20, rate=rate)
    if channels == 2:
        samples = np.stack([samples, tune(2, 20, rate=rate)], axis=1)
    content = wav(samples, rate)
    made, expected = sound_of(io.BytesIO(content), "wav").items, fpcalc(content, tmp_path / "a.wav")
    assert len(made) == len(expected)
    assert bit_error(made, expected) < 0.001


@with_fpcalc
@pytest.mark.parametrize(
    ("codec", "form", "parser", "rate"),
    [("libmp3lame", "mp3", "mp3", 44100), ("aac", "mp4", "mov", 44100), ("libopus", "ogg", "ogg", 48000)],
)
def test_other_files_have_nearly_fpcalcs_print(tmp_path, codec, form, parser, rate):
    """Another version of the decoders gives other samples."""
    content = encoded(tune(3, 20), codec, form, codec_rate=rate)
    made, expected = sound_of(io.BytesIO(content), parser).items, fpcalc(content, tmp_path / f"a.{form}")
    assert abs(len(made) - len(expected)) <= 1
    assert bit_error(made, expected) < 0.01
