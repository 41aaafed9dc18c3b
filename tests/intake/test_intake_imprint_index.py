"""Imprint indexes: they follow the database, are kept in segments that were tested, and what is removed is gone at once."""

import pytest

from clew.intake import part_search
from clew.intake.imprint_forms import SCENES
from clew.intake.imprint_index import ImprintIndex
from clew.matching.errors import RecallLost
from clew.matching.recall import RecallReport

SIZE = {"width": 640, "height": 480}


@pytest.fixture
def held(world, pictures, jpeg):
    """Three pictures in a shared submission."""
    files = {f"{number}.jpg": jpeg(pictures(number, **SIZE)) for number in (3, 4, 5)}
    return world.submit("PT", files, sharing="members")


@pytest.fixture
def asks(world, pictures, jpeg):
    """What an index of this process says of a part of picture 3: the verdict, by a check."""
    from clew.intake.actions import check
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail

    part = fingerprint_of(jpeg(pictures(3, **SIZE)[100:400, 150:600].copy()), jail=process_jail())
    return lambda: check(world.officer("NO"), [part])[0].kind.value


def _index():
    return next(search.index for search in part_search.part_searches().all if search.index.form is SCENES)


def test_a_new_process_finds_what_came_before_with_and_without_a_segment(held, asks):
    assert asks() == "resembles"
    part_search.forget_part_searches()
    assert asks() == "resembles"
    kept = _index().build()
    assert (kept.rows, kept.probes) == (3, 3)
    part_search.forget_part_searches()
    assert asks() == "resembles"
    assert _index().kept == kept
    assert _index().rows == 3


def test_what_comes_after_the_segment_is_found_beside_it(held, asks, world, pictures, jpeg):
    _index().build()
    part_search.forget_part_searches()
    world.submit("PT", {"6.jpg": jpeg(pictures(6, **SIZE))}, sharing="members", reference="C-2")
    _index().refresh()
    assert _index().rows == 4
    assert asks() == "resembles"


def test_what_is_removed_is_gone_at_once(held, asks):
    from clew.catalogue.models import Imprint

    _index().build()
    assert asks() == "resembles"
    Imprint.objects.using("service").all().delete()
    assert asks() == "new"


def test_a_damaged_segment_is_not_used_and_everything_is_read_from_the_database(held, asks, caplog):
    kept = _index().build()
    path = _index().store._folder / kept.name
    part_search.forget_part_searches()
    content = bytearray(path.read_bytes())
    content[4100] ^= 255
    path.write_bytes(bytes(content))
    assert asks() == "resembles"
    assert "the index file of scenes is not used" in caplog.text
    assert _index().kept is None


def test_a_segment_that_finds_too_little_is_refused_and_the_old_one_stays(held):
    index = _index()
    kept = index.build()
    blind = RecallReport(10, ((1, 0),) * 5)
    losing = ImprintIndex(_with_check(index.form, lambda *_asked: blind))
    with pytest.raises(RecallLost):
        losing.build()
    assert index.store.current() == kept


def test_an_index_that_finds_too_little_is_trusted_no_more_and_built_anew(held, world):
    from clew.intake.keeping import build_imprints_if_due, check_imprints
    from clew.intake.models import RecallCheck
    from clew.ledger.models import Entry

    kept = _index().build()
    losing = ImprintIndex(_with_check(SCENES, lambda *_asked: RecallReport(10, ((1, 0),) * 5)))
    losing.refresh()
    done = check_imprints(losing)
    assert (done.index, done.probes, done.missed, done.is_lost) == ("scenes", 10, 5, True)
    assert Entry.objects.using("service").filter(verb="intake:index:distrust").count() == 1
    assert not _index().store.current().is_trusted
    _index().refresh()
    fresh = build_imprints_if_due(_index())
    assert fresh is not None
    assert fresh.name != kept.name
    assert fresh.is_trusted
    assert not check_imprints(_index()).is_lost
    assert RecallCheck.objects.using("service").filter(index="scenes").count() == 2


def _with_check(form, check):
    from dataclasses import replace

    return replace(form, check=check)


def test_an_imprint_that_is_set_aside_is_no_match_and_the_answer_says_so(held, world, pictures, jpeg):
    from clew.catalogue.models import Sighting
    from clew.intake.parking import park

    world.found("CO", kind="coordinator", roles=("coordinator",))
    media = Sighting.objects.using("service").get(path="3.jpg").media_id
    park(world.officer("CO"), media, "a test card")
    asked = world.submit("NO", {"part.jpg": jpeg(pictures(3, **SIZE)[100:400, 150:600].copy())})
    verdict = world.verdicts(asked)["part.jpg"]
    assert verdict.kind == "new"
    assert "set aside" in verdict.reason


def test_the_web_role_reads_no_imprint(held, database):
    with database["default"].cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("SELECT count(*) FROM catalogue_imprint")


def test_of_two_batches_decided_at_once_the_later_sees_the_parts_of_the_earlier(world, pictures, jpeg, monkeypatch):
    """What was committed between the search and the batch's turn is compared one by one."""
    from clew.intake import pipeline
    from clew.intake.models import Match

    whole = pictures(3, **SIZE)
    first = world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members", decide=False)
    second = world.submit("NO", {"part.jpg": jpeg(whole[100:400, 150:600].copy())}, decide=False)
    waited = pipeline.wait_for_turn

    def overtaken():
        monkeypatch.setattr(pipeline, "wait_for_turn", waited)
        _in_another_thread(world, first)
        waited()

    monkeypatch.setattr(pipeline, "wait_for_turn", overtaken)
    world.decide(second)
    assert Match.objects.using("service").filter(verdict__submission=second, basis="scene").count() == 1


def _in_another_thread(world, submission):
    import threading

    from django.db import connections

    def decide():
        world.decide(submission)
        connections.close_all()

    worker = threading.Thread(target=decide)
    worker.start()
    worker.join()


def test_an_index_that_is_whole_passes_its_check(held):
    report, is_lost = _index().check()
    assert not is_lost
    assert report.probes >= 1
    assert report.missed == ()


def test_a_segment_of_imprints_that_keeps_failing_is_built_less_and_less_often_and_that_is_told(held, monkeypatch):
    from clew.intake.index_state import index_state
    from clew.intake.keeping import build_imprints_if_due, check_imprints

    asked = []

    def blind(*_asked):
        asked.append(1)
        return RecallReport(10, ((1, 0),) * 5)

    losing = ImprintIndex(_with_check(SCENES, blind))
    monkeypatch.setattr(ImprintIndex, "is_build_due", True)
    for _ in range(10):
        assert build_imprints_if_due(losing) is None
    assert len(asked) == 2
    assert any("scenes on this machine failed its test 2 times" in told for told in index_state().problems)
    assert not check_imprints(_index()).is_lost
    assert build_imprints_if_due(_index()) is not None
