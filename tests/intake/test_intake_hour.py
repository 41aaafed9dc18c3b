"""An hour of film: a known clip of five seconds in it is found, with its seconds, on the way that every file goes."""

from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


# Making the film takes longer than looking at it.
@pytest.mark.timeout(1800)
@pytest.mark.long
def test_a_clip_of_five_seconds_is_found_in_an_hour(world, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    import long_film
    from moving import encoded

    size, minutes = long_film.SIZES["480"], 60
    clip = encoded(long_film.clip_frames(size), rate=long_film.RATE)
    hour = long_film.made(size, minutes, long_film.BITS_A_SECOND["480"])
    world.submit("PT", {"clip.mp4": clip}, reference="P-1", sharing="members")
    told = world.verdicts(world.submit("NO", {"hour.mp4": hour}, reference="N-1"))["hour.mp4"]
    assert told.kind == "resembles"
    (match,) = [match for match in told.matches.all() if match.film]
    asked_from, asked_to, held_from, held_to = match.film["pieces"][0]
    begins_ms = long_film.begins_ms(minutes)
    assert abs(asked_from - held_from - begins_ms) <= 500
    assert held_to - held_from >= 2000
    assert asked_to <= begins_ms + 1000 * long_film.CLIP_SECONDS + 500
    assert match.film["asked"][1] >= 3500
