"""Turns: while one worker opens a film, which may take minutes, others decide what else waits, and nothing ends its transaction."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connections
from django.db.models import Q

from tests.films import film


@pytest.fixture
def rooms(pictures):
    return [pictures(number) for number in range(20, 24)]


@contextmanager
def _opened_slowly(monkeypatch, submission, content, *, before=()):
    """A worker in a thread that takes a batch of the submission and stays in the opening of one content until the block ends."""
    from clew.intake import pipeline

    is_opening, may_go_on, told = threading.Event(), threading.Event(), []
    fingerprint_of = pipeline.fingerprint_of

    def slowly(opened, **how):
        if opened == content:
            is_opening.set()
            assert may_go_on.wait(30)
        return fingerprint_of(opened, **how)

    def work():
        try:
            with connections["service"].cursor() as cursor:
                for setting in before:
                    cursor.execute(setting)
            told.append(pipeline.decide_waiting(submission.id))
        finally:
            is_opening.set()
            connections.close_all()

    monkeypatch.setattr(pipeline, "fingerprint_of", slowly)
    worker = threading.Thread(target=work)
    worker.start()
    assert is_opening.wait(30)
    try:
        yield told
    finally:
        may_go_on.set()
        worker.join()


def test_while_a_film_is_opened_another_worker_decides_everything_else(world, rooms, jpeg, monkeypatch):
    from clew.catalogue.models import Submission
    from clew.intake import pipeline

    monkeypatch.setattr(pipeline, "_IS_SMALL", Q(size_bytes__lte=0))
    long, other = film(rooms[:2], seconds=3), film(rooms[2:4], seconds=3)
    films = world.submit("NO", {"long.mp4": long, "other.mp4": other}, sharing="members", decide=False)
    alone = world.submit("PT", {"a.jpg": jpeg(rooms[3])}, decide=False)
    with _opened_slowly(monkeypatch, films, long) as told:
        assert pipeline.decide_waiting(alone.id) == 1
        assert pipeline.decide_waiting(films.id) == 1
        assert list(world.verdicts(films)) == ["other.mp4"]
        # What is being opened is nobody else's, and the submission is not finished.
        assert pipeline.decide_waiting(films.id) == 0
        assert Submission.objects.using("service").get(id=films.id).state == "closed"
        # A film that came meanwhile is met, also by the one that is still open.
        world.submit("PT", {"copy.mp4": film(rooms[:2], seconds=3, rate=12)}, reference="P-2", sharing="members")
    assert told == [1]
    assert world.verdicts(films)["long.mp4"].kind == "resembles"


def test_small_files_are_decided_together_before_large_ones(world, rooms, jpeg, monkeypatch):
    from clew.intake import pipeline

    small = [jpeg(room) for room in rooms[:2]]
    large = film(rooms, seconds=3)
    size_bytes = max(len(content) for content in small)
    assert size_bytes < len(large)
    monkeypatch.setattr(pipeline, "_IS_SMALL", Q(size_bytes__lte=size_bytes))
    submission = world.submit("NO", {"0.mp4": large, "1.jpg": small[0], "2.jpg": small[1]}, decide=False)
    assert pipeline.decide_waiting(submission.id) == 2
    assert set(world.verdicts(submission)) == {"1.jpg", "2.jpg"}
    assert pipeline.decide_waiting(submission.id) == 1


def test_the_databases_patience_with_idle_transactions_does_not_end_the_opening_of_a_film(world, rooms, monkeypatch):
    long = film(rooms[:2], seconds=3)
    submission = world.submit("NO", {"long.mp4": long}, decide=False)
    impatient = ["SET idle_in_transaction_session_timeout = '200ms'"]
    with _opened_slowly(monkeypatch, submission, long, before=impatient) as told:
        threading.Event().wait(0.6)
    assert told == [1]
    assert world.verdicts(submission)["long.mp4"].kind == "new"
