"""Requests of data subjects: clocks, steps and answers, in a store that no police role reads, by page, by SQL or in the ledger."""

import datetime as dt
import uuid

import pytest
from django.db import ProgrammingError, transaction

from clew.kernel.clock import frozen_at

DAY = dt.datetime(2031, 1, 10, 8, tzinfo=dt.UTC)
WORDS = "Please tell me whether you hold pictures of me; I am Zdenka Q."


@pytest.fixture
def office(world):
    """A data protection officer of Norway and one of Portugal, and Norway's police roles."""
    world.found("DP", roles=("data_protection_officer",))
    _move(world, "DP", "NO")
    world.found("DQ", roles=("data_protection_officer",))
    _move(world, "DQ", "PT")
    for key, role in (("AD", "national_administrator"), ("AU", "auditor"), ("CO", "coordinator")):
        world.found(key, roles=(role,))
        _move(world, key, "NO")
    return world


def _move(world, key, to):
    from clew.access.models import Officer

    officers = Officer.objects.using("service").select_related("unit__organisation")
    officers.filter(id=world.officers[key].id).update(unit=world.units[to])
    world.officers[key] = officers.get(id=world.officers[key].id)


def _enter(office, key="DP", **changes):
    from clew.access.subject_requests import enter_request

    with frozen_at(DAY):
        told = {"kind": "access", "received_on": DAY.date(), "person": "Zdenka Q.", "contact": "Box 7", "words": WORDS}
        return enter_request(office.officer(key), **{**told, **changes})


def _listed(office, key="DP"):
    from clew.access.subject_request_queries import requests_listed

    return requests_listed(office.officer(key))


def test_a_request_runs_its_course_by_its_clocks(office):
    from clew.access.subject_request_queries import request_opened
    from clew.access.subject_requests import answer_request, decide_request, take_step

    officer, request_id = office.officer("DP"), _enter(office)
    with frozen_at(DAY):
        opened = request_opened(officer, request_id)
        assert (opened.person, opened.words, opened.line.is_overdue) == ("Zdenka Q.", WORDS, False)
        assert opened.line.clocks.acknowledge_by == dt.date(2031, 2, 10)
        assert "neither confirm nor deny" in opened.templates["neither confirmed nor denied"]
    with frozen_at(DAY + dt.timedelta(days=32)):
        assert _listed(office)[0].is_overdue
        take_step(officer, request_id, "acknowledged")
        assert not _listed(office)[0].is_overdue
    with frozen_at(dt.datetime(2031, 3, 1, tzinfo=dt.UTC)):
        take_step(officer, request_id, "admitted")
        assert _listed(office)[0].clocks.decide_by == dt.date(2031, 7, 1)
    with frozen_at(dt.datetime(2031, 7, 2, tzinfo=dt.UTC)):
        assert _listed(office)[0].is_overdue
        decide_request(officer, request_id, "neither confirmed nor denied")
        answer_request(officer, request_id, "It was examined.")
        opened = request_opened(officer, request_id)
        assert (opened.answer, opened.line.request.state, opened.line.is_overdue) == (
            "It was examined.",
            "answered",
            False,
        )
        assert {step.verb for step in opened.steps} == {
            "access:compliance:enter",
            "access:compliance:read",
            "access:compliance:step",
        }


@pytest.mark.parametrize(("kind", "decide_by"), [("access", 5), ("correction", 10), ("deletion", 10)])
def test_correction_and_deletion_have_longer_clocks(office, kind, decide_by):
    from clew.access.subject_requests import take_step

    request_id = _enter(office, kind=kind)
    with frozen_at(DAY):
        take_step(office.officer("DP"), request_id, "acknowledged")
        take_step(office.officer("DP"), request_id, "admitted")
        assert _listed(office)[0].clocks.decide_by == dt.date(2031, decide_by, 10)


def test_no_step_is_skipped_repeated_or_taken_back(office):
    from clew.access.subject_requests import StepNotPossible, answer_request, decide_request, take_step

    officer, request_id = office.officer("DP"), _enter(office)
    for wrong in ("admitted", "received", "answered", "nonsense"):
        with pytest.raises(StepNotPossible):
            take_step(officer, request_id, wrong)
    with pytest.raises(StepNotPossible):
        decide_request(officer, request_id, "granted")
    with pytest.raises(StepNotPossible):
        answer_request(officer, request_id, "words")
    take_step(officer, request_id, "acknowledged")
    with pytest.raises(StepNotPossible):
        take_step(officer, request_id, "acknowledged")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "praise"},
        {"person": " "},
        {"words": ""},
        {"received_on": dt.date(2031, 1, 11)},
        {"words": "x" * 10_001},
    ],
)
def test_what_is_no_request_is_not_entered(office, wrong):
    from clew.kernel.errors import InputRefused

    with pytest.raises(InputRefused):
        _enter(office, **wrong)
    assert _listed(office) == []


def test_another_organisations_officer_finds_nothing(office):
    from clew.access.subject_request_queries import request_opened
    from clew.kernel.errors import NotFound

    request_id = _enter(office)
    assert _listed(office, "DQ") == []
    for absent in (request_id, uuid.uuid4()):
        with pytest.raises(NotFound):
            request_opened(office.officer("DQ"), absent)


@pytest.mark.parametrize("key", ["NO", "AD", "AU", "CO", "HL"])
def test_police_roles_get_not_permitted_and_nothing_else(office, key):
    request_id = _enter(office)
    client = office.client(key)
    pages = [client.get(f"/subject-requests/{rest}") for rest in ("", "new/", f"{request_id}/", f"{uuid.uuid4()}/")]
    pages += [client.post(f"/subject-requests/{request_id}/{rest}/") for rest in ("step", "freeze")]
    assert {page.status_code for page in pages} == {403}
    for page in pages:
        assert b"Your role does not include access:subject_request:" in page.content
        assert b"Zdenka" not in page.content
        assert str(request_id).encode() not in page.content
    assert b"Requests of data subjects" not in client.get("/").content


def test_the_data_protection_officer_works_by_pages_and_opens_nothing_else(office):
    client = office.client("DP")
    entered = {"kind": "deletion", "received_on": "2026-01-05", "person": "Zdenka Q.", "contact": "", "words": WORDS}
    answer = client.post("/subject-requests/new/", entered)
    page = answer["Location"]
    shown = client.get(page).content.decode()
    assert WORDS in shown
    assert "acknowledged" in shown
    assert client.post(f"{page}step/", {"state": "acknowledged"}).status_code == 302
    assert client.post(f"{page}step/", {"state": "acknowledged"}).status_code == 409
    assert client.post(f"{page}freeze/", {"kind": "case", "record": "no id"}).status_code == 404
    assert "acknowledged" in client.get("/subject-requests/").content.decode()
    for closed in ("/series/", "/submissions/", "/retention/", "/audit/", "/approvals/"):
        assert client.get(closed).status_code == 403


def test_who_holds_another_role_too_is_refused(office):
    from clew.access.models import Officer
    from clew.access.subject_store import RoleNotSeparate

    both = ["data_protection_officer", "specialist"]
    Officer.objects.using("service").filter(id=office.officer("DP").id).update(roles=both)
    with pytest.raises(RoleNotSeparate):
        _listed(office)


@pytest.mark.parametrize("table", ["access_subjectrequest", "access_subjectfreeze"])
@pytest.mark.parametrize("alias", ["default", "service"])
def test_by_sql_neither_web_nor_service_reads_or_writes_the_store(office, database, alias, table):
    from clew.access.scope import acting_as

    _enter(office)
    for sql in (
        f"SELECT count(*) FROM {table}",
        f"DELETE FROM {table}",
        f"UPDATE {table} SET organisation_id = organisation_id",
    ):
        with (
            acting_as(office.officer("NO"), using=alias),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(using=alias),
            database[alias].cursor() as cursor,
        ):
            cursor.execute(sql)


def test_the_web_role_cannot_step_into_the_stores_role_and_the_stores_role_sees_nothing_unset_and_nothing_else(
    office, database
):
    _enter(office)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        database["default"].cursor() as cursor,
    ):
        cursor.execute("SET LOCAL ROLE clew_requests")
    with transaction.atomic(using="service"), database["service"].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE clew_requests")
        cursor.execute("SELECT count(*) FROM access_subjectrequest")
        assert cursor.fetchone() == (0,)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using="service"):
            cursor.execute("SELECT count(*) FROM catalogue_case")


def test_what_was_written_is_sealed_and_the_ledger_of_the_police_side_shows_nothing(office, database):
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parents[1]))
    from dumps import database_dump

    from clew.access.scope import acting_as
    from clew.ledger.models import Entry

    office.client("DP").get(f"/subject-requests/{_enter(office)}/")
    dump = database_dump()
    for word in (b"Zdenka", WORDS.encode(), WORDS.encode().hex().encode()):
        assert word not in dump
    assert Entry.objects.using("service").filter(verb__startswith="access:compliance:").count() == 2
    for key in ("NO", "AD", "AU"):
        with acting_as(office.officer(key)):
            assert not Entry.objects.filter(verb__contains="compliance").exists()
            told = Entry.objects.filter(officer_id=office.officer("DP").id).exclude(verb__startswith="access:session:")
            assert not told.exists()
