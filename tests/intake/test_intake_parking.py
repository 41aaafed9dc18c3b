"""Parking: what matches too much is set aside with a reason that every answer tells, and comes back when an officer says so."""

import io

import numpy as np
import pytest
from django.db import transaction
from PIL import Image

from clew.kernel.errors import InputRefused, NotFound, NotPermitted


@pytest.fixture
def coordinator(world):
    return world.found("CO", kind="coordinator", roles=("coordinator",))


def _verdict(world, key, content, reference, **changes):
    submission = world.submit(key, {"x.jpg": content}, reference=reference, **changes)
    return world.verdicts(submission)["x.jpg"]


@pytest.fixture
def crowded(world, pictures, jpeg, monkeypatch):
    """A content of Portugal's that four contents of four submissions meet, where two are too many."""
    from clew.intake import parking

    monkeypatch.setattr(parking, "OVER_MATCHING_CONTENTS_MAX", 2)
    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    return [_verdict(world, "NO", jpeg(pictures(1), quality=40 + 10 * n), f"C-{n}") for n in range(4)]


def test_what_suddenly_matches_too_much_is_set_aside_and_the_next_answer_says_so(crowded, world, pictures, jpeg):
    from clew.intake.parking import parked_now

    assert [verdict.kind for verdict in crowded[:3]] == ["resembles"] * 3
    assert {parking.cause for parking in parked_now()} == {"over-matching"}
    told = _verdict(world, "NO", jpeg(pictures(1), quality=33), "C-9")
    assert all(match.holder_unit_id != world.units["PT"].id for match in told.matches.all())
    assert "set aside and not counted" in told.reason
    assert "within a day" in told.reason


def test_the_same_bytes_are_found_as_ever(crowded, world, pictures, jpeg):
    assert _verdict(world, "NO", jpeg(pictures(1)), "C-9").kind == "known"


def test_what_is_released_counts_again_and_clew_does_not_park_it_twice(crowded, world, coordinator, pictures, jpeg):
    from clew.intake.parking import parked_now, release

    for parking in parked_now():
        release(coordinator, parking.id, "a widely circulated picture, not a degenerate hash")
    told = _verdict(world, "NO", jpeg(pictures(1), quality=35), "C-9")
    assert told.kind == "resembles"
    assert world.units["PT"].id in {match.holder_unit_id for match in told.matches.all()}
    assert not parked_now().filter(signature__media__sightings__owner_unit=world.units["PT"]).exists()


def test_many_matches_of_one_submission_are_no_reason(world, pictures, jpeg, monkeypatch):
    from clew.intake import parking

    monkeypatch.setattr(parking, "OVER_MATCHING_CONTENTS_MAX", 2)
    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(1), quality=40 + 5 * n) for n in range(8)})
    assert not parking.parked_now().exists()


def test_pictures_that_only_share_a_logo_are_no_reason(world, pictures, jpeg, monkeypatch):
    from clew.intake import parking
    from clew.intake.models import Match

    held = world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    media_id = world.verdicts(held)["a.jpg"].sighting.media_id
    for n in range(4):
        _verdict(world, "NO", jpeg(pictures(1), quality=40 + 10 * n), f"C-{n}")
    monkeypatch.setattr(parking, "OVER_MATCHING_CONTENTS_MAX", 2)
    met = Match.objects.using("service").filter(media_id=media_id)
    met.update(basis="scene", distance=None, fit={"kind": "scene", "grade": "shared"})
    with transaction.atomic(using="service"):
        parking.park_over_matching([media_id])
    assert not parking.parked_now().exists()
    # The same of parts that count.
    met.update(fit={"kind": "scene", "grade": "part"})
    with transaction.atomic(using="service"):
        parking.park_over_matching([media_id])
    assert parking.parked_now().exists()


def test_a_degenerate_picture_is_set_aside_when_it_comes(world):
    from clew.intake.parking import parked_now

    def png(shade):
        halves = np.zeros((600, 600, 3), dtype=np.uint8)
        halves[:, 300:] = shade
        out = io.BytesIO()
        Image.fromarray(halves).save(out, "PNG")
        return out.getvalue()

    world.submit("PT", {"halves.png": png(255)}, sharing="members")
    assert {(parking.cause, parking.parked_by) for parking in parked_now()} == {("degenerate", None)}
    told = _verdict(world, "NO", png(250), "C-2")
    assert told.kind == "new"
    assert "bits set" in told.reason


def test_what_is_hidden_stays_hidden_when_it_is_parked(world, coordinator, pictures, jpeg):
    from clew.intake.parking import park

    submission = world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="nobody", outside="silent")
    park(coordinator, world.verdicts(submission)["a.jpg"].sighting.media_id, "test")
    assert _verdict(world, "NO", jpeg(pictures(1), quality=50), "C-2").reason == "no match"


def test_parking_by_hand_needs_the_right_a_reason_and_something_to_park(world, coordinator, pictures, jpeg):
    from clew.intake.parking import park, parked_now, release
    from clew.kernel.ids import new_id

    media_id = world.verdicts(world.submit("PT", {"a.jpg": jpeg(pictures(1))}))["a.jpg"].sighting.media_id
    with pytest.raises(NotPermitted):
        park(world.officer("NO"), media_id, "no right")
    with pytest.raises(InputRefused):
        park(coordinator, media_id, "  ")
    with pytest.raises(NotFound):
        park(coordinator, new_id(), "nothing")
    park(coordinator, media_id, "a test card")
    park(coordinator, media_id, "a test card")
    parkings = list(parked_now())
    assert {parking.reason for parking in parkings} == {"a test card"}
    with pytest.raises(NotPermitted):
        release(world.officer("NO"), parkings[0].id, "no right")
    with pytest.raises(InputRefused):
        release(coordinator, parkings[0].id, "")
    release(coordinator, parkings[0].id, "it is one")
    with pytest.raises(NotFound):
        release(coordinator, parkings[0].id, "again")


def test_parking_and_releasing_are_on_record(world, coordinator, pictures, jpeg):
    from clew.intake.parking import park, parked_now, release
    from clew.ledger.models import Entry

    media_id = world.verdicts(world.submit("PT", {"a.jpg": jpeg(pictures(1))}))["a.jpg"].sighting.media_id
    park(coordinator, media_id, "a test card")
    release(coordinator, parked_now()[0].id, "it is one")
    verbs = set(Entry.objects.using("service").filter(officer_id=coordinator.pk).values_list("verb", flat=True))
    assert {"intake:signature:park", "intake:signature:release"} <= verbs


def test_the_page_shows_what_is_set_aside_and_only_those_who_may_release_it(world, coordinator, pictures, jpeg):
    from clew.intake.parking import park, parked_now

    media_id = world.verdicts(world.submit("PT", {"a.jpg": jpeg(pictures(1))}))["a.jpg"].sighting.media_id
    park(coordinator, media_id, "a test card <b>")
    specialist, client = world.client("NO"), world.client("CO")
    page = specialist.get("/status/").content.decode()
    assert "a test card &lt;b&gt;" in page
    assert "Release" not in page
    # Officers of others are nobody's to know.
    assert "the coordinator" in page
    assert coordinator.name not in page
    assert coordinator.name in client.get("/status/").content.decode()
    parking = parked_now()[0]
    address = f"/status/parked/{parking.id}/release/"
    assert address in client.get("/status/").content.decode()
    assert specialist.post(address, {"reason": "x"}).status_code == 403
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "seen"}).status_code == 302
    assert parking.id not in {found.id for found in parked_now()}


def test_a_frame_that_is_compared_by_nobody_is_not_set_aside(world):
    """Films fade to black; a black frame is no match of anything, and a list of thousands of them would hide what matters."""
    from clew.catalogue.models import Signature
    from clew.intake.parking import parked_now
    from tests.films import film

    black = np.zeros((240, 380, 3), dtype=np.uint8)
    world.submit("PT", {"fade.mp4": film([black], seconds=2)}, sharing="members")
    assert Signature.objects.using("service").filter(kind="pdq-frame", quality__lt=50).exists()
    assert not parked_now().exists()
