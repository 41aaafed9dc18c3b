"""P18: breaking the glass is loud, short and reviewed: it opens only what one was told exists, for an hour, and the owner knows at once."""

import datetime as dt
import time

import pytest

from clew.kernel.clock import frozen_at, now
from clew.kernel.errors import InputRefused, NotFound, NotPermitted

REASON = "A child in this room is in danger tonight."
WORDS = "Their duty officer called us during it."


def fresh(client, officer):
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(officer.pk)
    session.save()
    return client


@pytest.fixture
def emergency(world, pictures, jpeg):
    """Norway holds a picture it does not share; Portugal has met it and was told that it exists."""
    from clew.access.actions import enlist_officer
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media
    from clew.intake.models import Match

    def make(**changes):
        for key in ("NO", "PT"):
            world.officers[f"{key} chief"] = enlist_officer(
                world.units[key],
                username=f"{key}chief",
                name=f"Chief {key}",
                roles=["national_administrator"],
                password="a long password",
            )
        world.submit("NO", {"room.jpg": jpeg(pictures(1))}, **changes)
        with acting_as(world.officer("NO")):
            media = Media.objects.get()
            series = create_series(world.officer("NO"), "Blue sofa", world.grounds(**changes))
            state_membership(world.officer("NO"), series, [media.id], basis="seen")
        submission = world.submit("PT", {"found.jpg": jpeg(pictures(1))})
        match = Match.objects.using("service").filter(verdict__submission=submission).first()
        return media, series, match

    return make


def _sees(officer, series):
    from clew.access.scope import acting_as
    from clew.catalogue.models import Series

    with acting_as(officer):
        return Series.objects.filter(id=series.id).exists()


def _break(officer, match, reason=REASON):
    from clew.intake.glass import break_glass_over

    return break_glass_over(officer, match.id, reason)


def test_it_opens_the_series_for_an_hour_to_this_officer_alone(emergency, world):
    from clew.access.actions import enlist_officer

    _media, series, match = emergency()
    officer = world.officer("PT")
    colleague = enlist_officer(
        world.units["PT"],
        username="c",
        name="C",
        roles=["specialist"],
        password="long password",
        certified_until=dt.date(2200, 1, 1),
    )
    assert not _sees(officer, series)
    with frozen_at(now() - dt.timedelta(minutes=59)):
        _break(officer, match)
    assert _sees(officer, series)
    assert not _sees(colleague, series)


def test_after_an_hour_it_is_shut(emergency, world):
    _media, series, match = emergency()
    with frozen_at(now() - dt.timedelta(minutes=60, seconds=1)):
        _break(world.officer("PT"), match)
    assert not _sees(world.officer("PT"), series)


def test_closed_early_it_is_shut(emergency, world):
    from clew.access.break_glass import close_glass

    _media, series, match = emergency()
    broken = _break(world.officer("PT"), match)
    with pytest.raises(NotFound):
        close_glass(world.officer("NO"), broken.id)
    close_glass(world.officer("PT"), broken.id)
    assert not _sees(world.officer("PT"), series)
    with pytest.raises(NotFound):
        close_glass(world.officer("PT"), broken.id)


@pytest.mark.parametrize("reason", ["", "emergency", " " * 40])
def test_the_reason_comes_first(emergency, world, reason):
    _media, series, match = emergency()
    with pytest.raises(InputRefused):
        _break(world.officer("PT"), match, reason)
    assert not _sees(world.officer("PT"), series)


def test_what_one_was_not_told_of_stays_shut(emergency, world):
    import uuid

    from clew.intake.models import Match

    _media, _series, match = emergency(outside="silent")
    assert match is None
    own = Match.objects.using("service").filter(owner_organisation=world.officer("NO").organisation_id).first()
    for unknown in (uuid.uuid4(), own.id if own else uuid.uuid4()):
        match = Match(id=unknown)
        with pytest.raises(NotFound):
            _break(world.officer("PT"), match)


@pytest.mark.parametrize("since", ["silent", "denied", "release_only", "under_examination"])
def test_what_the_owner_has_closed_since_stays_shut(emergency, world, since):
    from clew.catalogue.models import Series, Sighting

    _media, series, match = emergency()
    change = {
        "silent": {"outside": "silent"},
        "denied": {"denied_organisations": [world.officer("PT").organisation_id]},
        "release_only": {"release_only": True},
        "under_examination": {"under_examination": True},
    }[since]
    broken = None
    if since != "silent":
        broken = _break(world.officer("PT"), match)
        assert _sees(world.officer("PT"), series)
    for noun in (Series, Sighting):
        noun.objects.using("service").filter(owner_organisation=world.officer("NO").organisation_id).update(**change)
    if broken is not None:
        # Closed while the glass is broken, it is closed at once.
        assert not _sees(world.officer("PT"), series)
        return
    with pytest.raises(NotFound):
        _break(world.officer("PT"), match)


def test_the_owner_sees_it_at_once_and_reviews_it(emergency, world):
    from clew.access.break_glass import GlassLocked, ReviewSettled, review_glass

    _media, series, match = emergency()
    broken = _break(world.officer("PT"), match)
    page = world.client("NO chief").get("/glass/").content.decode()
    assert REASON in page
    assert "Bureau PT" in page
    assert "Officer PT" not in page
    assert "waits for your review" in world.client("NO chief").get("/glass/").content.decode()
    with pytest.raises(GlassLocked):
        _break(world.officer("PT"), match)
    with pytest.raises(NotFound):
        review_glass(world.officer("PT chief"), broken.id, was_justified=True, words=WORDS)
    with pytest.raises(NotPermitted):
        review_glass(world.officer("NO"), broken.id, was_justified=True, words=WORDS)
    with pytest.raises(InputRefused):
        review_glass(world.officer("NO chief"), broken.id, was_justified=True, words="ok")
    review_glass(world.officer("NO chief"), broken.id, was_justified=True, words=WORDS)
    assert not _sees(world.officer("PT"), series)
    with pytest.raises(ReviewSettled):
        review_glass(world.officer("NO chief"), broken.id, was_justified=False, words=WORDS)
    assert WORDS in world.client("PT").get("/glass/").content.decode()
    _break(world.officer("PT"), match)


def test_unreviewed_for_a_day_it_locks_the_whole_organisation(emergency, world):
    from clew.access.actions import enlist_officer
    from clew.access.break_glass import GlassLocked
    from clew.access.models import GlassBreak

    _media, _series, match = emergency()
    colleague = enlist_officer(
        world.units["PT"],
        username="c",
        name="C",
        roles=["specialist"],
        password="long password",
        certified_until=dt.date(2200, 1, 1),
    )
    with frozen_at(now() - dt.timedelta(hours=23)):
        _break(world.officer("PT"), match)
    _break(colleague, match)
    GlassBreak.objects.using("service").filter(officer=colleague).update(reviewed_at=now())
    with frozen_at(now() + dt.timedelta(hours=2)), pytest.raises(GlassLocked):
        _break(colleague, match)


def test_of_several_at_the_same_moment_one_breaks(emergency, world):
    """What is unreviewed locks it, also against a second try that began before the first was done."""
    import threading

    from django.db import connections

    from clew.access.break_glass import GlassLocked
    from clew.access.models import GlassBreak

    _media, _series, match = emergency()
    refused, ready = [], threading.Barrier(4)

    def run():
        ready.wait()
        try:
            _break(world.officer("PT"), match)
        except GlassLocked as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), GlassBreak.objects.using("service").count()) == (3, 1)


def test_the_same_person_reviews_nothing_of_their_own(emergency, world):
    from clew.access.approvals import SamePerson
    from clew.access.break_glass import review_glass
    from clew.access.models import Officer

    _media, _series, match = emergency()
    broken = _break(world.officer("PT"), match)
    chief = world.officer("NO chief")
    Officer.objects.using("service").filter(id=chief.pk).update(person_id=world.officer("PT").person_id)
    with pytest.raises(SamePerson):
        review_glass(chief, broken.id, was_justified=True, words=WORDS)


def test_through_its_pages(emergency, world):
    _media, series, match = emergency()
    client = world.client("PT")
    ask = f"/matches/{match.id}/glass/"
    assert "Confirm that it is you" in client.get(ask).content.decode()
    assert client.post(f"{ask}break/", {"reason": REASON})["Location"].startswith("/accounts/")
    assert not _sees(world.officer("PT"), series)
    fresh(client, world.officer("PT"))
    assert "Open it now" in client.get(ask).content.decode()
    assert client.post(f"{ask}break/", {"reason": REASON}).status_code == 302
    assert "Close it now" in client.get("/glass/").content.decode()
    assert client.get(f"/series/{series.id}/").status_code == 200
    foreign = fresh(world.client("NO"), world.officer("NO"))
    assert foreign.get(ask).status_code == 404
    assert foreign.post(f"{ask}break/", {"reason": REASON}).status_code == 404
    chief = fresh(world.client("NO chief"), world.officer("NO chief"))
    from clew.access.models import GlassBreak

    broken = GlassBreak.objects.using("service").get()
    answer = chief.post(f"/glass/{broken.id}/review/", {"answer": "unjustified", "words": WORDS})
    assert answer.status_code == 302
    assert client.get(f"/series/{series.id}/").status_code == 404
    assert "not justified" in client.get("/glass/").content.decode()


def test_every_step_is_on_record(emergency, world):
    from clew.access.break_glass import review_glass
    from clew.ledger.models import Entry

    _media, _series, match = emergency()
    broken = _break(world.officer("PT"), match)
    review_glass(world.officer("NO chief"), broken.id, was_justified=True, words=WORDS)
    entries = Entry.objects.using("service").filter(subject_id=broken.id).order_by("sequence")
    assert [entry.verb for entry in entries] == ["access:glass:break", "access:glass:review"]
