"""Keeping the index: built when due, by one process at a time; the guard finds what is missing, and then every hash is looked at."""

import datetime as dt
import time

import numpy as np
import pytest


@pytest.fixture
def kept(world, pictures, jpeg):
    """A recogniser whose segment holds three pictures of Portugal."""
    from clew.intake.keeping import build
    from clew.intake.recognition import recogniser

    world.submit("PT", {f"{n}.jpg": jpeg(pictures(n)) for n in range(3)}, sharing="members")
    recognised = recogniser()
    build(recognised.store)
    recognised.refresh()
    return recognised


def _blind(recognised):
    """The tables of the segment in use lose their rows; a look at every hash still finds them."""
    recognised.index.segment.tables.rows[:] = 0


def test_the_guard_finds_every_known_answer(kept):
    from clew.intake.keeping import check
    from clew.intake.models import RecallCheck

    done = check(kept)
    assert (done.missed, done.rows) == (0, kept.kept.rows)
    assert done.probes > 4 * 4
    assert RecallCheck.objects.using("service").count() == 1


def test_an_index_that_misses_is_trusted_no_more_and_answers_all_the_same(kept, world, pictures, jpeg, caplog):
    from clew.intake.index_state import index_state
    from clew.intake.keeping import build_if_due, check

    _blind(kept)
    done = check(kept)
    assert done.missed > 0
    assert "failed its recall test" in caplog.text
    assert any("failed its test" in problem for problem in index_state().problems)
    told = world.verdicts(world.submit("NO", {"x.jpg": jpeg(pictures(1), quality=60)}))["x.jpg"]
    assert told.kind == "resembles"
    # The keeper builds anew at once, and all is well again.
    assert build_if_due(kept) is not None
    assert check(kept).missed == 0
    assert not any("failed its test" in problem for problem in index_state().problems)


def test_a_row_that_never_came_into_the_index_is_missed_by_the_guard(kept):
    from clew.intake.keeping import check

    # As if a build had lost everything but its canaries: the index by itself has nothing to complain of.
    from clew.matching.recall import canaries
    from clew.matching.segment import Segment

    ids, bits = canaries()
    kept.store.keep(Segment.build(ids, bits), watermark=kept.kept.watermark, source=kept.kept.source)
    assert check(kept).missed > 0


def test_the_guard_runs_once_a_minute_for_each_machine(kept, monkeypatch):
    from clew.intake import keeping

    assert keeping.check_if_due(kept) is not None
    assert keeping.check_if_due(kept) is None
    monkeypatch.setattr(keeping, "machine", lambda: "another")
    assert keeping.check_if_due(kept) is not None
    monkeypatch.setattr(keeping, "CHECK_EVERY", dt.timedelta(0))
    assert keeping.check_if_due(kept) is not None


def test_while_another_process_is_at_it_nothing_is_built_or_checked(kept, monkeypatch):
    from clew.intake import keeping

    monkeypatch.setattr(type(kept), "is_build_due", True)
    with kept.store.building():
        assert keeping.build_if_due(kept) is None
        assert keeping.check_if_due(kept) is None


def test_a_build_is_due_when_as_much_came_since_as_is_held(kept, monkeypatch):
    from clew.intake import keeping, recognition

    assert not kept.is_build_due
    assert keeping.build_if_due(kept) is None
    monkeypatch.setattr(recognition, "INDEX_DELTA_ROWS_MAX", -1)
    assert kept.is_build_due
    assert keeping.build_if_due(kept).watermark >= kept.kept.watermark


def test_the_keeper_works_by_itself_and_survives_what_fails(kept, monkeypatch, caplog):
    from clew.intake import keeping
    from clew.intake.models import RecallCheck

    calls = []

    def failing(_recognised):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("away")
        if len(calls) == 2:
            raise keeping.RecallLost(missed=1, probes=1)

    monkeypatch.setattr(keeping, "build_if_due", failing)
    with keeping.Keeper(every_seconds=0.05):
        until = time.monotonic() + 20
        while (len(calls) < 3 or not RecallCheck.objects.using("service").exists()) and time.monotonic() < until:
            time.sleep(0.05)
    assert len(calls) >= 3
    assert RecallCheck.objects.using("service").exists()
    assert caplog.text.count("could not be looked after") == 2


def test_old_checks_are_forgotten(kept):
    from clew.intake.keeping import CHECKS_KEPT_FOR, check
    from clew.intake.models import RecallCheck
    from clew.kernel.clock import now

    old = check(kept)
    RecallCheck.objects.using("service").filter(id=old.id).update(checked_at=now() - CHECKS_KEPT_FOR * 2)
    check(kept)
    assert not RecallCheck.objects.using("service").filter(id=old.id).exists()


def test_a_hundred_thousand_rows_are_read_as_they_are(database, world, pictures, jpeg):
    """Binary COPY is taken apart by us; every row must come out as it went in."""
    from django.db import connections

    from clew.intake.signature_rows import horizon, rows_before

    world.submit("PT", {"a.jpg": jpeg(pictures(1))})
    with connections["service"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_signature (media_id, kind, time_ms, bits, algorithm) "
            "SELECT m.id, 'pdq-frame', n, sha256(int4send(n)), 'test' FROM catalogue_media m, generate_series(1, 100000) n"
        )
    ids, bits = rows_before(horizon())
    with connections["service"].cursor() as cursor:
        cursor.execute("SELECT id, bits FROM catalogue_signature ORDER BY id")
        rows = cursor.fetchall()
    order = np.argsort(ids)
    assert ids[order].tolist() == [row[0] for row in rows]
    assert bits[order].tobytes() == b"".join(bytes(row[1]) for row in rows)


def test_the_state_is_told_in_metrics_and_on_the_page(kept, world):
    from django.test import Client

    from clew.access.keys import create_key
    from clew.intake.keeping import check

    check(kept)
    watching = world.found("CO", kind="coordinator", roles=("coordinator", "national_administrator"))
    key = create_key(watching, "test")
    answer = Client().get("/api/v1/metrics", headers={"Authorization": f"Bearer {key}"})
    told = dict(line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#"))
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert float(told["clew_index_trusted"]) == 1
    assert float(told["clew_index_segment_rows"]) == kept.kept.rows
    assert [float(value) for name, value in told.items() if name.startswith("clew_recall_missed")] == [0]
    assert Client().get("/api/v1/metrics").status_code == 401
    page = world.client("CO").get("/status/").content.decode()
    assert "Nothing needs attention" in page
    assert f"{kept.kept.rows} rows" in page


def _losing(monkeypatch, store):
    """What is built from now on fails its test; how often that was tried."""
    from dataclasses import replace

    from clew.matching.errors import RecallLost
    from clew.matching.store import LOOKS

    tried = []

    def lost(_segment):
        tried.append(1)
        raise RecallLost(missed=1, probes=1)

    monkeypatch.setattr(store, "_form", replace(LOOKS, known_answers=lost))
    return tried


def test_a_segment_that_keeps_failing_is_built_less_and_less_often_and_that_is_told(kept, monkeypatch, caplog):
    from clew.intake.index_state import index_state
    from clew.intake.keeping import build_if_due, check
    from clew.kernel.clock import now
    from clew.matching import store_failures

    monkeypatch.setattr(type(kept), "is_build_due", True)
    tried = _losing(monkeypatch, kept.store)
    # The first is built anew at once, the one after it is not.
    for _ in range(20):
        assert build_if_due(kept) is None
    assert len(tried) == 2
    assert "next try at" in caplog.text
    assert any("looks on this machine failed its test 2 times in a row" in told for told in index_state().problems)
    for count in range(3, 7):
        later = now() + dt.timedelta(hours=count)
        monkeypatch.setattr(store_failures, "now", lambda later=later: later)
        assert build_if_due(kept) is None
        assert build_if_due(kept) is None
        assert len(tried) == count
    moment = now()
    waits = [store_failures.Failed(count, moment).next_try_at - moment for count in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[0].total_seconds() < 1
    assert waits[-1] == store_failures.WAIT_MAX
    # What passes in use ends the waiting.
    assert check(kept).missed == 0
    assert kept.store.failures.last() is None
    assert not any("in a row" in told for told in index_state().problems)


def test_an_index_that_passes_when_it_is_built_and_fails_in_use_waits_too(kept):
    from clew.intake.keeping import build_if_due, check

    for _ in range(2):
        _blind(kept)
        assert check(kept).missed > 0
        fresh = build_if_due(kept)
        if fresh is None:
            break
    assert fresh is None
    assert kept.store.failures.last().count == 2


def test_a_note_of_failures_that_is_damaged_stops_nothing(tmp_path):
    from clew.matching.store_failures import Failures

    failures = Failures(tmp_path)
    assert failures.add().count == 1
    (tmp_path / "failures.json").write_text("{")
    assert failures.last() is None
    assert not failures.is_waiting
    assert failures.add().count == 1
