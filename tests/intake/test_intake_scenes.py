"""Scenes: a part of a picture is found again, said and drawn as what it is, for whoever may know, now or later."""

import io

import numpy as np
import pytest
from PIL import Image

SIZE = {"width": 640, "height": 480}


def _part(pixels, left=0.3, top=0.2, share=0.6):
    height, width = pixels.shape[:2]
    return pixels[
        int(top * height) : int((top + share) * height), int(left * width) : int((left + share) * width)
    ].copy()


def _match(world, submission, path):
    from clew.intake.models import Match

    return Match.objects.using("service").filter(verdict__submission=submission, verdict__file__path=path).first()


def test_a_part_resembles_the_picture_it_was_cut_from(world, pictures, jpeg):
    whole = pictures(3, **SIZE)
    world.submit("PT", {"whole.jpg": jpeg(whole), "other.jpg": jpeg(pictures(4, **SIZE))}, sharing="members")
    asked = world.submit("NO", {"part.jpg": jpeg(_part(whole)), "stranger.jpg": jpeg(pictures(9, **SIZE))})
    verdicts = world.verdicts(asked)
    assert verdicts["part.jpg"].kind == "resembles"
    assert "same picture" in verdicts["part.jpg"].reason
    assert verdicts["stranger.jpg"].kind == "new"
    match = _match(world, asked, "part.jpg")
    assert (match.basis, match.distance) == ("scene", None)
    assert match.fit["grade"] in {"part", "copy"}
    # The outline in the held picture is where the part was cut from.
    held = np.array(match.fit["held"])
    assert held.min(axis=0) == pytest.approx([0.3, 0.2], abs=0.04)
    assert held.max(axis=0) == pytest.approx([0.9, 0.8], abs=0.04)


def test_a_whole_picture_that_comes_after_its_part_meets_it_and_its_bringer_is_told_later(world, pictures, jpeg):
    from clew.intake.models import Match

    whole = pictures(3, **SIZE)
    first = world.submit("NO", {"part.jpg": jpeg(_part(whole))}, sharing="members")
    second = world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members")
    assert world.verdicts(second)["whole.jpg"].kind == "resembles"
    later = Match.objects.using("service").get(verdict__submission=first)
    assert (later.basis, later.distance, later.met_later_at is not None) == ("scene", None, True)
    # Turned around: what was asked about is now what is held.
    assert np.ptp(np.array(later.fit["held"]), axis=0).max() < 0.75


def test_what_its_owner_keeps_silent_is_not_told_for_a_part(world, pictures, jpeg):
    whole = pictures(3, **SIZE)
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="nobody", outside="silent")
    asked = world.submit("NO", {"part.jpg": jpeg(_part(whole))})
    verdict = world.verdicts(asked)["part.jpg"]
    assert (verdict.kind, verdict.reason) == ("new", "no match")
    assert _match(world, asked, "part.jpg") is None


def test_pictures_that_only_share_a_caption_stay_new_and_say_so(world, pictures, jpeg):
    from clew.catalogue.models import Media

    caption = np.asarray(Image.fromarray(pictures(7, **SIZE)).resize((640, 120)))

    def captioned(number):
        return np.vstack([pictures(number, **SIZE)[:360], caption])

    world.submit("PT", {"a.jpg": jpeg(captioned(3))}, sharing="members")
    asked = world.submit("NO", {"b.jpg": jpeg(captioned(5))})
    verdict = world.verdicts(asked)["b.jpg"]
    assert verdict.kind == "new"
    assert Media.objects.using("service").count() == 2
    if (match := _match(world, asked, "b.jpg")) is not None:
        assert match.fit["grade"] == "shared"
        assert "shares a part" in verdict.reason


def test_a_check_tells_of_parts_and_stores_nothing(world, pictures, jpeg):
    from clew.catalogue.models import Imprint
    from clew.intake.actions import check
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail

    whole = pictures(3, **SIZE)
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members")
    (answer,) = check(world.officer("NO"), [fingerprint_of(jpeg(_part(whole)), jail=process_jail())])
    assert answer.kind == "resembles"
    assert Imprint.objects.using("service").count() == 1


def test_the_page_of_a_match_draws_where_the_part_lies(world, pictures, jpeg):
    from clew.intake.models import Verdict

    whole = pictures(3, **SIZE)
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members")
    asked = world.submit("NO", {"part.jpg": jpeg(_part(whole))})
    verdict = Verdict.objects.using("service").get(submission=asked)
    page = world.client("NO").get(f"/verdicts/{verdict.pk}/").content.decode()
    assert page.count('class="regions"') == 2
    assert "details lie alike" in page
    assert page.count('class="detail"') >= 18


def test_a_picture_with_borders_meets_the_one_without(world, pictures, jpeg):
    picture = pictures(3, **SIZE)
    framed = np.zeros((700, 1000, 3), dtype=np.uint8)
    framed[110:590, 180:820] = picture
    world.submit("PT", {"plain.jpg": jpeg(picture)}, sharing="members")
    asked = world.submit("NO", {"framed.jpg": jpeg(framed)})
    match = _match(world, asked, "framed.jpg")
    assert (match.basis, match.variant) == ("pdq", "trimmed")
    assert "compared without borders" in world.verdicts(asked)["framed.jpg"].reason


def test_an_imprint_that_cannot_be_read_is_not_compared_and_nothing_fails(world, pictures, jpeg):
    from clew.catalogue.models import Imprint
    from clew.intake import part_search
    from clew.intake.models import Match

    whole = pictures(3, **SIZE)
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members")
    assert world.verdicts(world.submit("NO", {"part.jpg": jpeg(_part(whole))}))["part.jpg"].kind == "resembles"
    Imprint.objects.using("service").update(content=b"of another version")
    # First by the index that had taken it up before, then by one that reads it anew.
    for quality in (80, 70):
        asked = world.submit("NO", {"part.jpg": jpeg(_part(whole), quality)}, reference=f"C-{quality}")
        found = Match.objects.using("service").filter(
            verdict__submission=asked, basis="scene", media__mime="image/jpeg"
        )
        assert not found.filter(media=Imprint.objects.using("service").order_by("id")[0].media).exists()
        part_search.forget_part_searches()


def test_a_small_part_of_a_png_with_alpha_is_found_too(world, pictures, jpeg):
    whole = pictures(3, **SIZE)
    out = io.BytesIO()
    Image.fromarray(_part(whole, 0.2, 0.2, 0.7)).convert("RGBA").save(out, "PNG")
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members")
    asked = world.submit("NO", {"part.png": out.getvalue()})
    assert world.verdicts(asked)["part.png"].kind == "resembles"


def test_a_negative_meets_the_picture(world, pictures, jpeg):
    picture = pictures(3, **SIZE)
    world.submit("PT", {"plain.jpg": jpeg(picture)}, sharing="members")
    asked = world.submit("NO", {"negative.jpg": jpeg(255 - picture[:, ::-1].copy())})
    match = _match(world, asked, "negative.jpg")
    assert (match.basis, match.variant, match.orientation) == ("pdq", "inverted", "flipy")
    assert "as a negative" in world.verdicts(asked)["negative.jpg"].reason


@pytest.mark.parametrize("is_built", [False, True])
def test_what_is_catalogued_between_the_search_and_the_turn_is_met_whatever_other_threads_took_up(
    world, pictures, jpeg, is_built
):
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.part_search import part_searches
    from clew.intake.pipeline import process_jail

    whole = pictures(3, **SIZE)
    world.submit("PT", {"before.jpg": jpeg(pictures(4, **SIZE))}, sharing="members")
    asked = [fingerprint_of(jpeg(_part(whole)), jail=process_jail())]
    searches = part_searches()
    seen = searches.seen()
    parts = searches.find(asked)
    came = world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members", reference="C-2")
    # The keeper's thread takes it up in this very process, and may even build a segment of it.
    scenes = searches.all[0].index
    scenes.refresh()
    if is_built:
        scenes.build()
        scenes.refresh()
    ((candidate, why),) = searches.find_newest(asked, parts, seen)[0]
    assert (candidate.media_id, why) == (world.verdicts(came)["whole.jpg"].sighting.media_id, None)
    # Nothing came since: nothing is compared twice.
    assert searches.find_newest(asked, {}, searches.seen()) == {}
