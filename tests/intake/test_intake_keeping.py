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
    key = create_key(world.officer("NO"), "test")
    answer = Client().get("/api/v1/metrics", headers={"Authorization": f"Bearer {key}"})
    told = dict(line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#"))
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert float(told["clew_index_trusted"]) == 1
    assert float(told["clew_index_segment_rows"]) == kept.kept.rows
    assert [float(value) for name, value in told.items() if name.startswith("clew_recall_missed")] == [0]
    assert Client().get("/api/v1/metrics").status_code == 401
    page = world.client("NO").get("/status/").content.decode()
    assert "Nothing needs attention" in page
    assert f"{kept.kept.rows} rows" in page
