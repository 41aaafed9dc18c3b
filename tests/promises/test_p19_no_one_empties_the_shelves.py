"""P19: no one empties the shelves: a script that reads as a valid officer is stopped, and the auditors are told."""

import datetime as dt
import uuid

import pytest


@pytest.fixture
def shelf(world, pictures, jpeg):
    """One picture shared with all members, and a browser of another country's officer."""
    from clew.access.scope import acting_as
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    with acting_as(world.officer("NO")):
        media = Media.objects.get()
    return media, world.client("PT")


def test_a_script_that_reveals_five_hundred_pictures_gets_two_hundred(shelf, world):
    from clew.access.models import GuardNotice

    media, client = shelf
    client.post(f"/media/{media.id}/reveal/", {"step": "outline"})
    answers = [client.post(f"/media/{media.id}/reveal/", {"step": "reduced"}).status_code for _ in range(500)]
    assert answers == [200] * 200 + [429] * 300
    notice = GuardNotice.objects.using("service").get()
    assert (notice.kind, notice.officer_id) == ("budget", world.officer("PT").pk)
    assert world.client("NO").post(f"/media/{media.id}/reveal/").status_code == 200


def test_outlines_have_a_budget_of_their_own_by_the_picture(shelf, world, monkeypatch):
    import json

    from clew.access import reading_guard

    monkeypatch.setitem(reading_guard.BUDGETS, reading_guard.What.OUTLINES, 10)
    media, client = shelf
    asked = json.dumps({"media": [str(media.id), *(str(uuid.uuid4()) for _ in range(3))]})
    answers = [client.post("/media/outlines/", asked, content_type="application/json").status_code for _ in range(4)]
    assert answers == [200, 200, 429, 429]
    assert client.post(f"/media/{media.id}/reveal/", {"step": "outline"}).status_code == 200


def test_in_no_sixty_minutes_there_are_more(shelf, world):
    from clew.access.reading_guard import ReadingTooFast, What, spend
    from clew.kernel.clock import frozen_at

    officer, begin = world.officer("PT"), dt.datetime(2031, 1, 1, 8, 58, tzinfo=dt.UTC)
    passed = []
    for minute in range(180):
        with frozen_at(begin + dt.timedelta(minutes=minute)):
            for _ in range(10):
                try:
                    spend(officer, What.PICTURES)
                except ReadingTooFast:
                    continue
                passed.append(minute)
    assert all(sum(at <= one < at + 60 for one in passed) <= 200 for at in range(180))
    assert len(passed) >= 500


def test_pages_of_records_have_a_budget_of_their_own(shelf, monkeypatch):
    from clew.access import reading_guard

    media, client = shelf
    monkeypatch.setitem(reading_guard.BUDGETS, reading_guard.What.RECORDS, 5)
    answers = [client.get(f"/media/{media.id}/").status_code for _ in range(8)]
    assert answers == [200] * 5 + [429] * 3
    assert client.post(f"/media/{media.id}/reveal/").status_code == 200


def test_every_page_that_tells_of_records_counts(shelf, world, pictures, jpeg, monkeypatch):
    """Series, a media, a submission's verdicts and one verdict: through none of them is the shelf read for nothing."""
    from clew.access import reading_guard
    from clew.access.models import Reading
    from clew.intake.models import Verdict

    media, client = shelf
    submission = world.submit("PT", {"b.jpg": jpeg(pictures(1))})
    verdict = Verdict.objects.using("service").get(submission=submission)
    pages = ["/series/", f"/media/{media.id}/", f"/submissions/{submission.id}/", f"/verdicts/{verdict.pk}/"]
    monkeypatch.setitem(reading_guard.BUDGETS, reading_guard.What.RECORDS, len(pages))
    for number, page in enumerate(pages, 1):
        assert client.get(page).status_code == 200, page
        counted = Reading.objects.using("service").filter(officer_id=world.officer("PT").pk, what="records")
        assert sum(counted.values_list("number", flat=True)) == number, page
    for page in pages:
        assert client.get(page).status_code == 429, page


def test_looks_at_once_are_counted_one_after_the_other(shelf, world, monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    from clew.access import reading_guard

    monkeypatch.setitem(reading_guard.BUDGETS, reading_guard.What.PICTURES, 20)

    def look(_number):
        try:
            reading_guard.spend(world.officer("PT"), reading_guard.What.PICTURES)
        except reading_guard.ReadingTooFast:
            return 0
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(look, range(60))) == 20


def test_a_budget_is_raised_by_another_for_a_day(shelf, world):
    from clew.access.actions import enlist_officer
    from clew.access.reading_guard import What, budget_of, raise_budget
    from clew.kernel.clock import frozen_at, now
    from clew.kernel.errors import InputRefused, NotFound, NotPermitted

    unit = world.units["PT"]
    chief = enlist_officer(unit, username="chief", name="C", roles=["national_administrator"], password="long password")
    reader, reason = world.officer("PT"), "A seizure of ninety thousand pictures came in."
    with pytest.raises(NotPermitted):
        raise_budget(reader, reader.pk, factor=2, reason=reason)
    for wrong in (chief.pk, world.officer("NO").pk):
        with pytest.raises(NotFound):
            raise_budget(chief, wrong, factor=2, reason=reason)
    for factor, words in ((1, reason), (6, reason), (2, "short")):
        with pytest.raises(InputRefused):
            raise_budget(chief, reader.pk, factor=factor, reason=words)
    world.officers["chief"] = chief
    raising = (f"/audit/officers/{reader.pk}/budget/", {"factor": 3, "reason": reason})
    assert "reauthenticate" in world.client("chief").post(*raising)["Location"]
    assert budget_of(reader, What.PICTURES) == 200
    assert world.confirmed("chief").post(*raising).status_code == 302
    assert budget_of(reader, What.PICTURES) == 600
    with frozen_at(now() + dt.timedelta(days=1, minutes=1)):
        assert budget_of(reader, What.PICTURES) == 200
