"""Sounds: the same sound is found again in another encoding, cut, or under other pictures, with the seconds that match."""

import pytest

from tests.sounds import RATE, encoded, tune


@pytest.fixture
def known(world):
    """A known sound of half a minute in a shared submission."""
    world.submit(
        "PT",
        {"known.m4a": encoded(tune(1, 30), "aac", "mp4"), "other.mp3": encoded(tune(2, 30), "mp3", "mp3")},
        sharing="members",
    )
    return tune(1, 30)


def _only(world, submission):
    from clew.intake.models import Match

    (match,) = Match.objects.using("service").filter(verdict__submission=submission)
    return match


def test_a_sound_encoded_again_resembles(world, known):
    asked = world.submit("NO", {"again.mp3": encoded(known, "mp3", "mp3")})
    verdict = world.verdicts(asked)["again.mp3"]
    assert verdict.kind == "resembles"
    assert verdict.reason.startswith("the same sound: seconds 0 to ")
    assert (_only(world, asked).basis, _only(world, asked).distance) == ("sound", None)


def test_a_piece_is_found_with_its_seconds(world, known):
    asked = world.submit("NO", {"piece.flac": encoded(known[10 * RATE : 22 * RATE], "flac", "flac")})
    (piece, *_) = _only(world, asked).fit["pieces"]
    assert piece[0] == pytest.approx(0, abs=500)
    assert piece[2] == pytest.approx(10_000, abs=500)
    assert piece[3] == pytest.approx(22_000, abs=1000)


def test_another_sound_is_new(world, known):
    asked = world.submit("NO", {"stranger.mp3": encoded(tune(3, 30), "mp3", "mp3")})
    assert world.verdicts(asked)["stranger.mp3"].kind == "new"


def test_silence_meets_no_silence(world):
    quiet = tune(1, 20) * 0
    world.submit("PT", {"a.m4a": encoded(quiet, "aac", "mp4")}, sharing="members")
    asked = world.submit("NO", {"b.mp3": encoded(quiet, "mp3", "mp3")})
    assert world.verdicts(asked)["b.mp3"].kind == "new"


def test_the_bringer_of_a_piece_is_told_of_the_whole_that_comes_later(world, known):
    from clew.intake.models import Match

    first = world.submit("NO", {"piece.m4a": encoded(tune(5, 30)[: 12 * RATE], "aac", "mp4")}, sharing="members")
    world.submit("PT", {"whole.mp3": encoded(tune(5, 30), "mp3", "mp3")}, sharing="members", reference="C-2")
    later = Match.objects.using("service").get(verdict__submission=first)
    assert (later.basis, later.met_later_at is not None) == ("sound", True)


def test_the_page_draws_which_seconds_match(world, known):
    from clew.intake.models import Verdict

    asked = world.submit("NO", {"again.mp3": encoded(known, "mp3", "mp3")})
    verdict = Verdict.objects.using("service").get(submission=asked)
    page = world.client("NO").get(f"/verdicts/{verdict.pk}/").content.decode()
    assert 'class="seconds"' in page
    assert "The same sound" in page
    assert "this file is 0:00:00 to" in page


def test_a_container_of_films_that_holds_a_sound_alone_is_a_sound(world, known):
    from clew.catalogue.models import Media

    kinds = Media.objects.using("service").values_list("kind", "mime")
    assert set(kinds) == {("audio", "audio/mp4"), ("audio", "audio/mpeg")}


def test_rows_are_drawn_of_each_kind_by_itself_however_few_there_are(world, pictures, jpeg):
    from clew.catalogue.models import Imprint
    from clew.intake.imprint_rows import sampled_imprints

    world.submit("PT", {f"{n}.jpg": jpeg(pictures(n, width=640, height=480)) for n in (3, 4)})
    assert sampled_imprints("sound", 8) == {}
    scene = Imprint.objects.using("service").order_by("id")[0]
    Imprint.objects.using("service").bulk_create([Imprint(media_id=scene.media_id, kind="sound", content=b"few")])
    ((number, content),) = sampled_imprints("sound", 8).items()
    assert (number > scene.id, content) == (True, b"few")
    assert number not in sampled_imprints("scene", 64)
