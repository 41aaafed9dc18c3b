"""Later: who asked before is told of what came since, as far as its bringer lets them know; of two at the same time both are told."""

import threading

import pytest


def _later(verdict):
    return [match for match in verdict.matches.all() if match.met_later_at]


def test_an_earlier_file_is_told_of_a_later_one_that_it_meets(world, pictures, jpeg):
    first = world.submit("NO", {"a.jpg": jpeg(pictures(1)), "other.jpg": jpeg(pictures(2))})
    world.submit("PT", {"b.jpg": jpeg(pictures(1)[:, ::-1].copy(), quality=70)}, sharing="members")
    verdicts = world.verdicts(first)
    assert verdicts["a.jpg"].kind == "new"
    (met,) = _later(verdicts["a.jpg"])
    assert (met.basis, met.orientation, met.level, met.threshold) == ("pdq", "flipy", "full", 31)
    assert met.holder_unit == world.units["PT"]
    assert _later(verdicts["other.jpg"]) == []


@pytest.mark.parametrize(
    ("sharing", "outside", "level"),
    [("members", "contact", "full"), ("nobody", "contact", "contact"), ("nobody", "silent", None)],
)
def test_the_later_ones_owner_decides_how_much_is_told(world, pictures, jpeg, sharing, outside, level):
    first = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    world.submit("PT", {"b.jpg": jpeg(pictures(1))}, sharing=sharing, outside=outside)
    found = _later(world.verdicts(first)["a.jpg"])
    assert [match.level for match in found] == ([level] if level else [])


def test_a_stated_hash_that_comes_later_is_told_too(world, pictures, jpeg):
    from clew.intake.actions import open_submission, receive_hashes
    from clew.signatures.pdq import pdq
    from tests.pixels import decoded

    content = jpeg(pictures(1))
    first = world.submit("NO", {"a.jpg": content})
    officer = world.officer("PT")
    lists = open_submission(
        officer, case_reference="L", legal_basis="Act 1", grounds=world.grounds(sharing="members"), door="test"
    )
    receive_hashes(officer, lists.id, [("k", "line 1", "pdq", pdq(decoded(content)).bits)])
    world.decide(lists)
    (met,) = _later(world.verdicts(first)["a.jpg"])
    assert (met.basis, met.distance) == ("pdq", 0)


def test_a_unit_is_named_once_however_often_it_comes(world, pictures, jpeg):
    first = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    world.submit("PT", {f"{n}.jpg": jpeg(pictures(1), quality=80 + n) for n in range(3)}, sharing="members")
    world.submit("PT", {"again.jpg": jpeg(pictures(1), quality=60)}, reference="C-2", sharing="members")
    assert len(_later(world.verdicts(first)["a.jpg"])) == 1


def test_the_limit_of_either_submission_holds(world, pictures, jpeg):
    from clew.catalogue.models import Submission

    first = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    Submission.objects.using("service").filter(id=first.id).update(match_distance_max=0)
    world.submit("PT", {"b.jpg": jpeg(pictures(1), quality=30)}, sharing="members")
    assert _later(world.verdicts(first)["a.jpg"]) == []


def test_the_earlier_unit_is_alerted_also_where_the_newcomer_met_another_countrys_series(world, pictures, jpeg):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.cooperation.models import Alert

    world.found("SE")
    first = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    media_id = world.verdicts(first)["a.jpg"].sighting.media_id
    with acting_as(world.officer("NO")):
        series = create_series(world.officer("NO"), "Alder", world.grounds(sharing="members"))
        state_membership(world.officer("NO"), series, [media_id], basis="test")
    world.submit("SE", {"same.jpg": jpeg(pictures(1))}, sharing="nobody", outside="silent")
    Alert.objects.using("service").all().delete()
    # The series answers for the content, and its owner is Norway; Sweden saw the content too, and is told.
    world.submit("PT", {"b.jpg": jpeg(pictures(1), quality=70)}, sharing="members")
    assert {alert.owner_unit_id for alert in Alert.objects.using("service").all()} == {
        world.units["NO"].id,
        world.units["SE"].id,
    }


def test_a_unit_that_only_shares_a_logo_with_another_file_is_alerted_of_what_counts(world, pictures, jpeg, monkeypatch):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.cooperation.models import Alert
    from clew.intake.fits import SceneFit
    from clew.intake.part_search import PartSearches
    from clew.intake.rules import Candidate

    world.found("SE")
    first = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    media_id = world.verdicts(first)["a.jpg"].sighting.media_id
    with acting_as(world.officer("NO")):
        series = create_series(world.officer("NO"), "Alder", world.grounds(sharing="members"))
        state_membership(world.officer("NO"), series, [media_id], basis="test")
    held = world.submit("SE", {"same.jpg": jpeg(pictures(1)), "logo.jpg": jpeg(pictures(2))}, sharing="members")
    Alert.objects.using("service").all().delete()
    fit = SceneFit("shared", 12, [], [], [], (0.1, 0.1))
    logo = Candidate(world.verdicts(held)["logo.jpg"].sighting.media_id, "scene", None, "original", fit=fit)
    monkeypatch.setattr(PartSearches, "find", lambda _self, asked, other_than: {len(asked) - 1: [(logo, None)]})
    world.submit("PT", {"b.jpg": jpeg(pictures(1), quality=70), "other.jpg": jpeg(pictures(6))}, sharing="members")
    assert world.units["SE"].id in {alert.owner_unit_id for alert in Alert.objects.using("service").all()}


def test_of_two_that_are_decided_at_the_same_time_the_later_sees_the_earlier(world, pictures, jpeg, monkeypatch):
    """Both are opened side by side; neither was there when the other began. Exactly one is told at once, the other as met later."""
    from django.db import connections

    from clew.intake import pipeline
    from clew.intake.pipeline import decide_waiting

    both_open = threading.Barrier(2, timeout=30)
    seal = pipeline._seal_renditions

    def meeting(batch):
        seal(batch)
        both_open.wait()

    submissions = [
        world.submit(key, {"a.jpg": jpeg(pictures(1), quality=quality)}, sharing="members", decide=False)
        for key, quality in (("NO", 80), ("PT", 70))
    ]
    monkeypatch.setattr(pipeline, "_seal_renditions", meeting)

    def decide(submission):
        decide_waiting(submission.id)
        connections.close_all()

    threads = [threading.Thread(target=decide, args=(submission,)) for submission in submissions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdicts = [world.verdicts(submission)["a.jpg"] for submission in submissions]
    assert sorted(verdict.kind for verdict in verdicts) == ["new", "resembles"]
    assert all(verdict.matches.count() for verdict in verdicts)
    assert [bool(_later(verdict)) for verdict in verdicts] == [verdict.kind == "new" for verdict in verdicts]


def test_the_page_says_what_came_since(world, pictures, jpeg):
    first = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    world.submit("PT", {"b.jpg": jpeg(pictures(1), quality=60)}, sharing="members")
    file_id = world.verdicts(first)["a.jpg"].file_id
    page = world.client("NO").get(f"/verdicts/{file_id}/").content.decode()
    assert "Since then" in page
    assert "Bureau PT" in page
    assert "Since then" in world.client("NO").get(f"/submissions/{first.id}/").content.decode()
