"""The closer look: new pictures are searched once more while nothing waits, and what is found is added to their verdicts."""

import threading

import numpy as np
import pytest

from clew.intake.closer import look_closer, waiting_for_a_closer_look
from clew.intake.pipeline import process_jail

SIZE = {"width": 640, "height": 480}


@pytest.fixture
def missed(world, pictures, jpeg):
    """A part that was new when it came, as one is that the first look misses, beside the whole and a stranger."""
    from clew.intake.models import Match, Verdict

    whole = pictures(3, **SIZE)
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members")
    part = whole[100:400, 150:600].copy()
    asked = world.submit("NO", {"part.jpg": jpeg(part), "stranger.jpg": jpeg(pictures(9, **SIZE))})
    Match.objects.using("service").filter(verdict__submission=asked).delete()
    Verdict.objects.using("service").filter(submission=asked).update(kind="new", reason="no match")
    return asked


def _look():
    while look_closer(process_jail()):
        pass


def test_what_is_found_is_added_to_the_verdict_which_stands_as_it_was(world, missed):
    from clew.intake.models import Match
    from clew.ledger.delivery import deliver_waiting

    _look()
    deliver_waiting()
    (match,) = Match.objects.using("service").filter(verdict__submission=missed)
    assert (match.basis, match.variant, match.met_later_at is not None) == ("scene", "closer look", True)
    assert {verdict.kind for verdict in world.verdicts(missed).values()} == {"new"}
    page = world.client("NO").get(f"/verdicts/{match.verdict_id}/").content.decode()
    assert "A closer look found it on" in page


def test_the_holder_is_alerted(world, missed):
    from clew.cooperation.models import Alert
    from clew.ledger.delivery import deliver_waiting

    deliver_waiting()
    before = Alert.objects.using("service").filter(owner_unit=world.units["PT"]).count()
    _look()
    deliver_waiting()
    assert Alert.objects.using("service").filter(owner_unit=world.units["PT"]).count() == before + 1


def test_each_picture_is_looked_at_once_and_it_is_on_record(missed):
    from clew.intake.models import Match
    from clew.ledger.models import Entry

    assert waiting_for_a_closer_look().count() >= 2
    _look()
    assert not waiting_for_a_closer_look().exists()
    assert look_closer(process_jail()) == 0
    assert Match.objects.using("service").filter(verdict__submission=missed).count() == 1
    told = [entry.facts for entry in Entry.objects.using("service").filter(verb="intake:verdict:look-closer")]
    # The whole meets its part as the part meets the whole: whichever is looked at first, the match is made once.
    assert sum(facts["matches"] for facts in told) == 1


def test_while_a_file_waits_nothing_is_looked_at(world, missed, pictures, jpeg):
    world.submit("NO", {"waits.jpg": jpeg(pictures(5))}, decide=False, reference="C-9")
    assert look_closer(process_jail()) == 0
    assert waiting_for_a_closer_look().exists()


def test_what_its_owner_keeps_silent_is_not_told_by_a_closer_look_either(world, pictures, jpeg):
    from clew.intake.models import Match

    whole = pictures(3, **SIZE)
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="nobody", outside="silent")
    asked = world.submit("NO", {"part.jpg": jpeg(whole[100:400, 150:600].copy())})
    _look()
    assert not Match.objects.using("service").filter(verdict__submission=asked).exists()


def test_an_original_that_cannot_be_read_any_more_costs_itself_alone(world, missed):
    from clew.catalogue.models import Media
    from clew.intake.models import Match

    stranger = world.verdicts(missed)["stranger.jpg"].sighting.media_id
    Media.objects.using("service").filter(id=stranger).update(original_address="originals/gone")
    _look()
    assert Match.objects.using("service").filter(verdict__submission=missed).count() == 1


def test_of_one_holder_each_content_in_a_collage_is_told_and_none_twice(world, pictures, jpeg):
    from clew.intake.models import Match, Verdict

    wholes = [pictures(8, **SIZE), pictures(5, **SIZE)]
    held = world.submit("PT", {f"{n}.jpg": jpeg(whole) for n, whole in enumerate(wholes)}, sharing="members")
    collage = np.hstack([whole[100:400, 150:600] for whole in wholes])
    asked = world.submit("NO", {"collage.jpg": jpeg(collage)})
    Match.objects.using("service").filter(verdict__submission=asked).delete()
    verdicts = Verdict.objects.using("service").filter(submission=asked)
    for _ in range(2):
        verdicts.update(kind="new", reason="no match", looked_closer_at=None)
        _look()
        told = Match.objects.using("service").filter(verdict__submission=asked).values_list("media_id", flat=True)
        assert sorted(told) == sorted(verdict.sighting.media_id for verdict in world.verdicts(held).values())


def test_a_silent_holder_is_not_alerted_again_of_what_the_first_look_met(world, pictures, jpeg):
    from clew.cooperation.models import Alert
    from clew.ledger.delivery import deliver_waiting

    whole = pictures(3, **SIZE)
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="nobody", outside="silent")
    world.submit("NO", {"part.jpg": jpeg(whole[100:400, 150:600].copy())})
    alerts = Alert.objects.using("service").filter(owner_unit=world.units["PT"])
    assert alerts.count() == 1
    _look()
    deliver_waiting()
    assert alerts.count() == 1


def test_while_a_picture_is_looked_at_others_may_add_to_its_verdict(missed, monkeypatch):
    from django.db import connections

    from clew.intake import closer

    added = []

    def add():
        # What a batch that has the turn does when it adds a match to an earlier verdict.
        with connections["service"].cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
            cursor.execute("SELECT file_id FROM intake_verdict FOR KEY SHARE")
            added.extend(cursor.fetchall())
        connections["service"].close()

    def wait_for_turn():
        other = threading.Thread(target=add)
        other.start()
        other.join()

    monkeypatch.setattr(closer, "wait_for_turn", wait_for_turn)
    assert look_closer(process_jail())
    assert len(added) == 3
