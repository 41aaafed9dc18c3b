"""Turns: what one owner keeps silent takes no place of what another shares, and the work stays bounded."""

import os
import uuid

import pytest

from clew.intake.part_turns import Turns
from clew.kernel.limits import IMPRINT_AUDIENCE_CONTENTS_MAX, IMPRINT_MISSES_MAX

SIZE = {"width": 640, "height": 480}
SILENT = {"sharing": "nobody", "outside": "silent"}


def _audience(number):
    return (uuid.UUID(int=number), "nobody", "silent", frozenset(), frozenset())


def _compared(turns, found, of=None):
    """Compare what the turns give, `found` being the numbers that match (each a content of its own); how many were compared."""
    compared = []
    while taken := turns.take():
        for number in taken:
            turns.tell(number, uuid.UUID(int=number) if number in found else None)
        compared += taken
        if of is not None and turns.unknown:
            known = {number: (uuid.UUID(int=number), frozenset([_audience(of(number))])) for number in range(1000)}
            turns.know(known, dict(known.values()))
    return compared


def test_what_comes_to_nothing_uses_up_the_patience():
    assert _compared(Turns(range(1000)), found=set()) == list(range(IMPRINT_MISSES_MAX))


def test_what_is_found_takes_no_place():
    found = set(range(40))
    assert _compared(Turns(range(1000)), found) == list(range(40 + IMPRINT_MISSES_MAX))


def test_an_audience_that_has_enough_takes_no_work_and_no_place_of_another():
    def of(number):
        return 1 if number < 900 else 2

    compared = _compared(Turns(range(950)), set(range(950)), of)
    assert len(compared) < 3 * IMPRINT_AUDIENCE_CONTENTS_MAX
    assert sum(of(number) == 2 for number in compared) >= IMPRINT_AUDIENCE_CONTENTS_MAX


def test_what_nobody_holds_is_not_compared_once_places_are_scarce():
    turns = Turns(range(1000))
    for number in turns.take():
        turns.tell(number, uuid.UUID(int=number))
    turns.know({}, {})
    assert turns.take() == []


def test_everything_that_came_meanwhile_is_compared():
    assert len(_compared(Turns(range(200), 200), found=set())) == 200


@pytest.fixture
def crowd(world, pictures, jpeg):
    """A picture of which Portugal keeps 61 copies in silence, each other bytes."""
    from django.db import transaction

    from clew.catalogue.actions import Content, catalogue_contents, note_sightings
    from clew.catalogue.models import Imprint

    silent = world.submit("PT", {"whole.jpg": jpeg(pictures(3, **SIZE))}, **SILENT)
    imprint = Imprint.objects.using("service").get()
    copies = [
        Content(
            kind="image",
            mime="image/jpeg",
            size_bytes=1,
            digests={"sha256": os.urandom(32)},
            imprints=[("scene", 0, bytes(imprint.content), imprint.algorithm)],
        )
        for _ in range(60)
    ]
    with transaction.atomic(using="service"):
        ids = catalogue_contents(copies, submission_id=silent.id)
        note_sightings(silent, [(media_id, f"{at}.jpg", None) for at, media_id in enumerate(ids)])
    return silent


def _told(unit):
    from clew.ledger.models import Announcement

    told = Announcement.objects.using("service").filter(event="MediaMatched").values_list("body", flat=True)
    return {body["media_id"] for body in told if body["holder_unit_id"] == str(unit.id)}


def test_a_part_that_is_shared_is_found_behind_any_number_of_silent_copies(crowd, world, pictures, jpeg):
    from clew.catalogue.models import Sighting
    from clew.intake.models import Match

    world.found("SE")
    world.submit(
        "SE", {"part.jpg": jpeg(pictures(3, **SIZE)[100:400, 150:600].copy())}, sharing="members", reference="C-2"
    )
    asked = world.submit("NO", {"asked.jpg": jpeg(pictures(3, **SIZE)[20:470, 20:620].copy())})
    verdict = world.verdicts(asked)["asked.jpg"]
    assert verdict.kind == "resembles"
    (met,) = Match.objects.using("service").filter(verdict=verdict)
    assert Sighting.objects.using("service").get(media=met.media_id).path == "part.jpg"


def test_who_keeps_something_silent_is_told_of_it_behind_any_number_of_others(crowd, world, pictures, jpeg):
    world.found("SE")
    world.submit("SE", {"part.jpg": jpeg(pictures(3, **SIZE)[100:400, 150:600].copy())}, reference="C-2", **SILENT)
    asked = world.submit("NO", {"asked.jpg": jpeg(pictures(3, **SIZE)[20:470, 20:620].copy())})
    assert world.verdicts(asked)["asked.jpg"].kind == "new"
    assert len(_told(world.units["SE"])) == 1
    assert len(_told(world.units["PT"])) >= IMPRINT_AUDIENCE_CONTENTS_MAX
