"""What each machine's workers found of their jail: kept, told on the pages and in the metrics, and on record where it is not whole."""

import datetime as dt

import pytest

from clew.media.jail_grade import FULL, JailGrade

REDUCED = JailGrade(("landlock",))


def entries():
    from clew.ledger.models import Entry

    return list(Entry.objects.using("owner").filter(verb="intake:jail:accept-reduced"))


@pytest.fixture
def elsewhere(monkeypatch):
    """Reports as another machine would make them."""
    from clew.intake import jail_reports

    def report(machine, grade):
        monkeypatch.setattr(jail_reports, "machine", lambda: machine)
        jail_reports.report_jail(grade)

    return report


def test_a_reduced_jail_goes_on_record_and_a_full_one_does_not(database, elsewhere):
    elsewhere("one", FULL)
    assert entries() == []
    elsewhere("two", REDUCED)
    (entry,) = entries()
    assert entry.facts == {"machine": "two", "missing": ["landlock"]}


def test_the_newest_report_of_a_machine_counts(database, elsewhere):
    from clew.intake.jail_reports import reduced_jails

    elsewhere("one", REDUCED)
    assert [report.machine for report in reduced_jails()] == ["one"]
    elsewhere("one", FULL)
    assert reduced_jails() == []


def test_a_machine_that_is_gone_does_not_count_and_one_whose_guard_runs_does(database, elsewhere):
    from clew.intake.jail_reports import reduced_jails
    from clew.intake.models import JailReport, RecallCheck
    from clew.kernel.clock import now

    elsewhere("gone", REDUCED)
    elsewhere("busy", REDUCED)
    JailReport.objects.using("service").update(reported_at=now() - dt.timedelta(hours=3))
    RecallCheck.objects.using("service").create(machine="busy", rows=1, probes=1, missed=0, took_ms=1)
    assert [report.machine for report in reduced_jails()] == ["busy"]


def test_every_page_says_so_to_officers_and_tells_strangers_nothing(world, elsewhere):
    from django.test import Client

    client = world.client("NO")
    assert "not whole" not in client.get("/submissions/").content.decode()
    elsewhere("worker-2", REDUCED)
    for address in ("/submissions/", "/series/", "/status/"):
        page = client.get(address).content.decode()
        assert "a jail that is not whole on <bdi>worker-2</bdi> (landlock missing)" in page, address
    assert "worker-2" not in Client().get("/accounts/login/").content.decode()


def test_the_status_page_and_the_metrics_say_whose_grade_it_is(world, elsewhere):
    from django.test import Client

    from clew.access.keys import create_key

    elsewhere("worker-1", FULL)
    elsewhere("worker-2", REDUCED)
    page = world.client("NO").get("/status/").content.decode()
    assert FULL.sentence in page
    assert REDUCED.sentence in page
    assert "On worker-2 files are opened in a jail that is not whole" in page
    key = create_key(world.officer("NO"), "test")
    told = Client().get("/api/v1/metrics", headers={"Authorization": f"Bearer {key}"}).content.decode()
    assert 'clew_jail_full{machine="worker-1"} 1.0' in told
    assert 'clew_jail_full{machine="worker-2"} 0.0' in told
    assert 'clew_jail_wall_missing{machine="worker-2",wall="landlock"} 1.0' in told


def test_a_process_reports_its_jail_when_it_opens_it(database):
    from clew.intake.models import JailReport
    from clew.intake.pipeline import process_jail

    process_jail.cache_clear()
    with process_jail() as jail:
        (report,) = JailReport.objects.using("service").all()
        assert report.grade == jail.grade
    process_jail.cache_clear()
