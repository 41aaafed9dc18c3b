"""Loading: the demo world comes in through the product, once, and every verdict is what its truth says it must be."""

import csv

import pytest

from clew.demo.plan import SMALL

SIGN_IN = {"password": "a long password for tests", "code_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}


@pytest.fixture
def loaded(database):
    from clew.demo.load import load_demo

    load_demo(**SIGN_IN, size=SMALL)


def _verdicts():
    """Each file of the demo world with its verdict, its truth and its submission."""
    from clew.demo.models import Truth

    return list(
        Truth.objects.using("service").select_related("file__verdict", "file__submission__owner_unit", "series")
    )


def _counts():
    from clew.access.models import Officer
    from clew.catalogue.models import Media, Membership, Series, Submission
    from clew.demo.models import Truth

    return [kind.objects.using("service").count() for kind in (Officer, Media, Series, Membership, Submission, Truth)]


def test_every_file_has_the_verdict_its_truth_asks_for(loaded):
    seen = set()
    for truth in _verdicts():
        verdict, submission = truth.file.verdict.kind, truth.file.submission
        if "-ARCHIVE-" in submission.case.reference or truth.series is None:
            wanted = {"new"}
        elif (
            truth.series.outside == "silent" and truth.series.owner_organisation_id != submission.owner_organisation_id
        ):
            # Silence of the owner; others may have brought copies of it since.
            continue
        elif not truth.change:
            wanted = {"known"}
        else:
            assert truth.is_near != truth.is_part
            wanted = {"resembles", "known"}
        assert verdict in wanted, (truth.shot, truth.change, truth.file.verdict.reason)
        seen.add(verdict)
    assert seen == {"known", "resembles", "new"}


def test_the_demo_s_own_strangers_wait_for_no_closer_look_and_what_a_user_sends_does(loaded, tmp_path):
    from clew.access.models import Officer
    from clew.demo.developing import original_of
    from clew.demo.plan import STRANGERS_FROM, Shot
    from clew.intake.closer import waiting_for_a_closer_look
    from clew.intake.models import Verdict
    from clew.intake.sources import FoundMember
    from clew.site.local_office import LocalOffice
    from clew.site.office import Details

    assert Verdict.objects.using("service").filter(kind="new").exists()
    assert not waiting_for_a_closer_look().exists()
    officer = Officer.objects.using("service").select_related("unit__organisation").get(username="emi.sato")
    office = LocalOffice(officer)
    opened = office.open(Details(case_reference="N-1"))
    office.send(opened.id, [FoundMember("a", "a.jpg", original_of(Shot(STRANGERS_FROM, 0)))])
    office.close(opened.id)
    while office.decided(opened.id)[0] == 0:
        pass
    assert [verdict.file.path for verdict in waiting_for_a_closer_look()] == ["a.jpg"]


def test_a_match_within_a_series_names_that_series(loaded):
    from clew.intake.models import Match

    for truth in _verdicts():
        if truth.series is None or truth.file.verdict.kind != "known":
            continue
        series = set(
            Match.objects.using("service")
            .filter(verdict=truth.file.verdict, distance=0)
            .values_list("series_id", flat=True)
        )
        assert series <= {truth.series_id, None}


def test_the_holders_of_what_was_met_have_alerts(loaded):
    from clew.cooperation.models import Alert

    assert Alert.objects.using("service").exists()


def test_loading_again_changes_nothing(loaded):
    from clew.demo.load import is_loaded, load_demo

    before = _counts()
    load_demo(**SIGN_IN, size=SMALL)
    assert is_loaded()
    assert _counts() == before


def test_a_load_that_was_interrupted_is_finished_and_nothing_is_doubled(database, monkeypatch):
    from clew.demo import load

    class Interrupted(Exception):
        pass

    def stop(_words, done, _total):
        if done > 25:
            raise Interrupted

    with pytest.raises(Interrupted):
        load.load_demo(**SIGN_IN, size=SMALL, progress=stop)
    assert not load.is_loaded()
    load.load_demo(**SIGN_IN, size=SMALL)
    interrupted = _counts()
    assert load.is_loaded()
    assert interrupted[-1] == len(_verdicts()) == load.plan(SMALL).file_count


def test_there_is_somebody_of_every_role_to_sign_in_as(loaded):
    from clew.access.models import Officer
    from clew.access.permissions import ROLE_NAMES
    from clew.access.second_factor import current_one_time_code
    from clew.demo.load import sign_ins

    assert {role for one in sign_ins() for role in one.roles} == ROLE_NAMES
    for one in sign_ins():
        officer = Officer.objects.using("service").get(username=one.username)
        assert officer.check_password(SIGN_IN["password"])
        assert len(current_one_time_code(officer)) == 6


def test_the_web_role_cannot_read_the_truth(loaded, database):
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError), database["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM demo_truth")


def test_the_samples_get_the_verdicts_written_beside_them(loaded, tmp_path):
    from clew.access.models import Officer
    from clew.demo.samples import TRUTH, write_samples
    from clew.intake.sources import find_all
    from clew.site.cli_evidence import _results
    from clew.site.local_office import LocalOffice
    from clew.site.reading import Reader

    folder = tmp_path / "samples"
    write_samples(folder)
    officer = Officer.objects.using("service").select_related("unit__organisation").get(username="emi.sato")
    found = list(find_all([folder]))
    with Reader(lambda _grade: None) as reader:
        results = _results(LocalOffice(officer), found, reader.fingerprints(found))
    verdicts = {result["path"].removeprefix(f"{folder}/"): result["verdict"] for result in results}
    with (tmp_path / TRUTH).open(encoding="utf-8") as file:
        wanted = {row["path"]: row["verdict"] for row in csv.DictReader(file)}
    assert verdicts == wanted
    assert set(wanted.values()) == {"known", "resembles", "new", "unreadable"}


def test_samples_that_are_there_are_left_as_they_are(tmp_path):
    from clew.demo.samples import write_samples

    (tmp_path / "samples").mkdir()
    write_samples(tmp_path / "samples")
    assert list(tmp_path.rglob("*")) == [tmp_path / "samples"]
