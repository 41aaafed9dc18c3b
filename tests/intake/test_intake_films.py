"""Films are met by their frames: clips in long films with their seconds, mirrored ones, and frames against pictures either way."""

import io

import pytest
from PIL import Image

from tests.films import film, saved_again


@pytest.fixture(scope="module")
def rooms(pictures):
    return [pictures(number) for number in range(20, 32)]


def _verdict(world, key, name, content, reference, **changes):
    return world.verdicts(world.submit(key, {name: content}, reference=reference, **changes))[name]


def _only(verdict):
    (match,) = verdict.matches.all()
    return match


def _of(verdict, media_id):
    (match,) = [found for found in verdict.matches.all() if found.media_id == media_id]
    return match


@pytest.fixture
def known(world, rooms):
    """A submission with a clip of six seconds, of Portugal's."""
    return world.submit("PT", {"clip.mp4": film(rooms[5:7], seconds=3)}, reference="P-1", sharing="members")


def test_a_clip_inside_a_longer_film_is_found_with_its_seconds(world, rooms, known):
    told = _verdict(world, "NO", "long.mp4", film(rooms[:10], seconds=3), "N-1")
    assert told.kind == "resembles"
    (match,) = told.matches.all()
    assert match.variant == "frame"
    assert match.media_id == world.verdicts(known)["clip.mp4"].sighting.media_id
    # Between the seconds that are counted others are asked with, so the end is told more closely.
    asked_from, asked_to, *of_the_held = match.film["pieces"][0]
    assert (asked_from, asked_to // 1000, of_the_held) == (15_000, 20, [0, 5000])
    assert match.film["held"] == [6, 6]
    assert match.film["asked"] == [6, 30]
    words = (
        f"seconds 15 to {asked_to / 1000:g} match seconds 0 to 5 of a held video; 20% of this one, 100% of the held one"
    )
    assert words in told.reason


def test_a_film_of_which_a_clip_is_known_tells_the_clips_owner_later(world, rooms, known):
    _verdict(world, "NO", "long.mp4", film(rooms[:10], seconds=3), "N-1", sharing="members")
    since = world.verdicts(known)["clip.mp4"]
    (later,) = [match for match in since.matches.all() if match.met_later_at]
    held_from, held_to, asked_from, asked_to = later.film["pieces"][0]
    assert (held_from, held_to, asked_from, asked_to // 1000) == (0, 5000, 15_000, 20)


def test_a_mirrored_film_is_found_and_told_so(world, rooms, known):
    mirrored = film([room[:, ::-1].copy() for room in rooms[5:7]], seconds=3)
    # The rooms move the other way as well, so that not every second need meet its own.
    told = _verdict(world, "NO", "mirrored.mp4", mirrored, "N-1")
    assert told.kind == "resembles"
    assert _only(told).orientation == "flipy"


def test_a_film_saved_again_smaller_and_stronger_is_found_whole(world, rooms, known):
    again = saved_again(film(rooms[5:7], seconds=3), size=(240, 180))
    told = _verdict(world, "NO", "again.mkv", again, "N-1")
    match = _only(told)
    assert match.film["held"][0] >= 5
    assert match.film["asked"][0] >= 5


def test_strangers_are_new(world, rooms, known):
    assert _verdict(world, "NO", "other.mp4", film(rooms[8:11], seconds=3), "N-1").kind == "new"


def test_a_picture_meets_the_film_it_was_taken_from_and_a_film_the_picture(world, rooms, known, jpeg):
    from clew.signatures.films import moments

    shots = [moment.pixels for moment in moments(io.BytesIO(film(rooms[5:9], seconds=3)), "mov")]
    still = _verdict(world, "NO", "still.jpg", jpeg(shots[4]), "N-1", sharing="members")
    match = _only(still)
    assert (still.kind, match.variant, match.time_held_ms, match.film) == ("resembles", "frame", 4000, None)
    world.submit("NO", {"shot.jpg": jpeg(shots[8])}, reference="N-2", sharing="members")
    other = _verdict(world, "PT", "other.mp4", film(rooms[7:9], seconds=3), "P-2")
    assert {(found.variant, found.time_ms) for found in other.matches.all()} == {("frame", 2000)}


def test_the_page_shows_which_seconds_match_and_a_still(world, rooms, known):
    told = _verdict(world, "NO", "long.mp4", film(rooms[:10], seconds=3), "N-1")
    page = world.client("NO").get(f"/verdicts/{told.file_id}/").content.decode()
    assert "0:00:15 to 0:00:20 of this file matches 0:00:00 to 0:00:05 of the held one." in page
    assert "6 of 30 frames of this file and 6 of 6 frames of the held one match" in page
    assert told.sighting.media.thumbnail_address


def test_a_check_over_the_api_carries_frames(world, rooms, known):
    """What the command line elsewhere computes and sends is what this installation computes itself."""
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail
    from clew.intake.wire import StatedFingerprint, to_wire

    found = fingerprint_of(film(rooms[:10], seconds=3), jail=process_jail())
    sent = StatedFingerprint(**to_wire("x", found)).fingerprint()
    assert [(f.bits, f.quality, f.time_ms, f.mirrored, f.is_between) for f in sent.frames] == [
        (f.bits, f.quality, f.time_ms, f.mirrored, f.is_between) for f in found.frames
    ]
    assert sum(not frame.is_between for frame in sent.frames) == 30
    # Of two that are the same one is told.
    assert 140 <= len(sent.frames) <= 150

    boxed = fingerprint_of(saved_again(film(rooms[:2], seconds=3), size=(320, 240), bars=40), jail=process_jail())
    assert len(boxed.frames_trimmed) >= 6
    again = StatedFingerprint(**to_wire("x", boxed)).fingerprint().frames_trimmed
    assert [frame.bits for frame in again] == [frame.bits for frame in boxed.frames_trimmed]


def test_a_frame_of_an_animation_is_met_by_a_picture_and_by_a_film_with_its_seconds(world, rooms, jpeg):
    from clew.signatures.films import moments

    clip = film(rooms[1:3], seconds=3)
    shots = [moment.pixels for moment in moments(io.BytesIO(clip), "mov")]
    first, *others = [Image.fromarray(shot) for shot in shots]
    out = io.BytesIO()
    first.save(out, "WEBP", save_all=True, append_images=others, duration=1500, quality=90)
    world.submit("PT", {"moving.webp": out.getvalue()}, reference="P-1", sharing="members")
    by_picture = _only(_verdict(world, "NO", "still.jpg", jpeg(shots[4]), "N-1"))
    assert (by_picture.variant, by_picture.time_held_ms) == ("frame", 6000)
    by_film = _verdict(world, "NO", "clip.mp4", clip, "N-2")
    assert [match.film["held"] for match in by_film.matches.all() if match.film] == [[6, 6]]


def test_a_copy_with_black_bars_is_found_and_told_so(world, rooms, known):
    boxed = saved_again(film(rooms[5:7], seconds=3), size=(320, 240), bars=40)
    told = _verdict(world, "NO", "boxed.mkv", boxed, "N-1")
    match = _only(told)
    assert (told.kind, match.variant, match.film["is_trimmed"]) == ("resembles", "frame-trimmed", True)
    assert match.film["held"][0] >= 5
    assert "after cutting off the letterbox" in told.reason
    page = world.client("NO").get(f"/verdicts/{told.file_id}/").content.decode()
    assert "match, after cutting off the letterbox" in page


def test_a_film_without_bars_meets_a_held_one_that_has_them_either_film_mirrored(world, rooms):
    boxed = saved_again(film(rooms[5:7], seconds=3), size=(320, 240), bars=40)
    world.submit("PT", {"boxed.mkv": boxed}, reference="P-1", sharing="members")
    match = _only(_verdict(world, "NO", "plain.mp4", film(rooms[5:7], seconds=3), "N-1"))
    assert (match.variant, match.film["is_trimmed"], match.orientation) == ("frame-trimmed", True, "original")
    mirrored = film([room[:, ::-1].copy() for room in rooms[5:7]], seconds=3)
    again = _of(_verdict(world, "NO", "mirrored.mp4", mirrored, "N-2"), match.media_id)
    assert (again.variant, again.orientation) == ("frame-trimmed", "flipy")


def test_a_copy_that_was_sped_up_is_one_piece_with_its_speed(world, rooms):
    slow = film(rooms[:5], seconds=5)
    world.submit("PT", {"slow.mp4": slow}, reference="P-1", sharing="members")
    told = _verdict(world, "NO", "fast.mkv", saved_again(slow, size=(320, 240), speed=1.2), "N-1")
    match = _only(told)
    assert match.film["speeds"][0] == pytest.approx(1.2, abs=0.03)
    assert f" at {match.film['speeds'][0]:.2f} times the speed" in told.reason
    page = world.client("NO").get(f"/verdicts/{told.file_id}/").content.decode()
    assert "times the speed." in page


def test_both_conventions_of_what_counts_as_whole_are_told(world, rooms, known):
    long = _only(_verdict(world, "NO", "long.mp4", film(rooms[:10], seconds=3), "N-1")).film
    assert (long["held_share"], long["is_held_whole"], long["asked_share"], long["is_asked_whole"]) == (
        *(1.0, True),
        *(0.2, False),
    )
    part = _verdict(world, "NO", "part.mp4", film(rooms[5:6], seconds=3), "N-2")
    short = _of(part, world.verdicts(known)["clip.mp4"].sighting.media_id).film
    assert (short["is_held_whole"], short["is_asked_whole"]) == (False, True)
    page = world.client("NO").get(f"/verdicts/{part.file_id}/").content.decode()
    assert "At 100% this video counts as found whole (80% are asked for)." in page


def test_the_scenes_are_looked_at_like_any_picture_and_a_single_scene_has_no_strip(world, rooms, known):
    from clew.ledger.models import Entry

    held = world.verdicts(known)["clip.mp4"].sighting.media
    client = world.client("NO")
    page = client.get(f"/media/{held.id}/").content.decode()
    assert "Its scenes" in page
    assert "stream_0" in page
    answer = client.post(f"/media/{held.id}/reveal/", {"rendition": "strip"})
    assert (answer.status_code, answer.content[:2]) == (200, b"\xff\xd8")
    assert Entry.objects.using("service").get(verb="catalogue:media:reveal").facts == {
        "rendition": "strip",
        "step": "outline",
    }
    single = _verdict(world, "NO", "one.mp4", film(rooms[:1], seconds=1), "N-1").sighting.media
    assert "Its scenes" not in client.get(f"/media/{single.id}/").content.decode()
    assert client.post(f"/media/{single.id}/reveal/", {"rendition": "strip"}).status_code == 404
