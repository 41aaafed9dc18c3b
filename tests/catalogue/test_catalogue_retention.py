"""Retention: terms by collection, the question half a year before, its answers, reminders, and holds; by action and by page."""

import datetime as dt

import pytest

from clew.access.data_protection import SHIPPED, read_policy
from clew.catalogue import retention_rules as rules
from clew.kernel.clock import frozen_at

BEGUN = dt.datetime(2030, 3, 1, 9, tzinfo=dt.UTC)
ASKED = dt.datetime(2034, 9, 2, 9, tzinfo=dt.UTC)
REASON = "The trial goes on and needs it."
POLICY = read_policy(SHIPPED.read_text() + "\n[countries.NO]\ngeneral = 3\n")


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("collection", "country", "chosen", "expires", "asked"),
    [
        ("general", "PT", None, "2035-03-01", "2034-09-01"),
        ("general", "NO", None, "2033-03-01", "2032-09-01"),
        ("general", "PT", "2031-01-31", "2031-01-31", "2030-07-31"),
        ("general", "PT", "2050-01-01", "2035-03-01", "2034-09-01"),
        ("icse", "NO", None, "2129-03-01", "2128-09-01"),
    ],
)
def test_a_record_expires_by_its_collection_or_earlier_where_its_owner_says(
    collection, country, chosen, expires, asked
):
    found = rules.expiry(POLICY, collection, country, BEGUN.date(), day(chosen) if chosen else None)
    assert (found, rules.review_day(POLICY, found)) == (day(expires), day(asked))
    assert rules.review_day(POLICY, found, day("2030-06-01")) == day("2030-06-01")


def test_an_extension_counts_from_now_or_never_passes_the_first_limit():
    today = day("2034-10-01")
    assert rules.extension_latest(POLICY, "general", "PT", BEGUN.date(), today) == day("2039-10-01")
    assert rules.extension_latest(POLICY, "icse", "PT", BEGUN.date(), today) == day("2129-03-01")


@pytest.mark.parametrize(("days_left", "due"), [(120, 0), (90, 1), (31, 1), (30, 2), (7, 3), (-1, 3)])
def test_reminders_come_nearer_to_the_end(days_left, due):
    assert rules.reminders_by(days_left, (90, 30, 7)) == due


@pytest.fixture
def kept(world, pictures, jpeg):
    """Norway's case of one picture, and a series; begun in 2030."""
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series
    from clew.catalogue.models import Case

    with frozen_at(BEGUN):
        world.submit("NO", {"a.jpg": jpeg(pictures(1))}, reference="N-1")
        officer = world.officer("NO")
        with acting_as(officer):
            series = create_series(officer, "Blue sofa", world.grounds())
    return {"case": Case.objects.using("service").get().id, "series": series.id}


def _row(kind, kept):
    from clew.catalogue.retention import RECORDS

    return RECORDS[kind].objects.using("service").get(id=kept[kind])


def _task():
    from clew.catalogue.models import RetentionTask

    return RetentionTask.objects.using("service").order_by("-asked_at", "-id").first()


def _ask(moment):
    from clew.catalogue.retention import ask_owners

    with frozen_at(moment):
        return ask_owners()


def test_cases_and_series_begin_in_the_collections_of_the_policy(kept):
    case, series = _row("case", kept), _row("series", kept)
    assert (case.collection, case.kept_since, case.expires_on) == ("general", day("2030-03-01"), day("2035-03-01"))
    assert (case.review_on, series.collection, series.expires_on) == (day("2034-09-01"), "icse", day("2129-03-01"))


def test_an_owner_names_another_collection_and_an_earlier_day(world):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series
    from clew.catalogue.retention import Term
    from clew.kernel.errors import InputRefused

    officer = world.officer("NO")
    with frozen_at(BEGUN), acting_as(officer):
        term = Term("general", day("2031-03-01"))
        series = create_series(officer, "Red chair", world.grounds(term=term))
        assert (series.collection, series.expires_on, series.review_on) == (
            "general",
            day("2031-03-01"),
            day("2030-09-01"),
        )
        for wrong in (Term("elsewhere"), Term("general", BEGUN.date())):
            with pytest.raises(InputRefused):
                create_series(officer, "Green lamp", world.grounds(term=wrong))


def test_the_unit_is_asked_once_and_reminded_and_never_before_its_day(kept):
    assert _ask(ASKED - dt.timedelta(days=2)) == 0
    assert _ask(ASKED) == 1
    assert _ask(ASKED) == 0
    for moment, reminders in (("2034-12-02", 1), ("2034-12-03", 1), ("2035-01-30", 2), ("2035-02-25", 3)):
        _ask(dt.datetime.fromisoformat(moment + "T09:00+00:00"))
        assert _task().reminders == reminders


def test_kept_on_with_a_reason_it_expires_later_and_is_asked_about_again(world, kept):
    from clew.catalogue.retention import AlreadyAnswered, answer_keep

    _ask(ASKED)
    task, until = _task(), day("2038-01-01")
    with frozen_at(ASKED):
        answer_keep(world.officer("NO"), task.id, until, REASON)
        with pytest.raises(AlreadyAnswered):
            answer_keep(world.officer("NO"), task.id, until, REASON)
    row = _row("case", kept)
    assert (row.expires_on, row.review_on, _task().answer, _task().reason) == (until, day("2037-07-01"), "keep", REASON)
    assert _ask(ASKED + dt.timedelta(days=30)) == 0
    assert _ask(dt.datetime(2037, 7, 1, tzinfo=dt.UTC)) == 1


@pytest.mark.parametrize(
    ("until", "reason"), [("2039-09-03", REASON), ("2034-09-02", REASON), ("2038-01-01", "needed")]
)
def test_no_extension_beyond_the_collection_into_the_past_or_without_a_reason(world, kept, until, reason):
    from clew.catalogue.retention import answer_keep
    from clew.kernel.errors import InputRefused

    _ask(ASKED)
    with frozen_at(ASKED), pytest.raises(InputRefused):
        answer_keep(world.officer("NO"), _task().id, day(until), reason)
    assert _row("case", kept).expires_on == day("2035-03-01")


def test_nobody_else_answers_shortens_or_holds(world, kept):
    from clew.catalogue.retention import answer_keep, answer_let_go, place_hold, shorten
    from clew.kernel.errors import NotFound, NotPermitted

    _ask(ASKED)
    task = _task()
    for key, refusal in (("PT", NotFound), ("HL", NotPermitted)):
        officer = world.officer(key)
        with frozen_at(ASKED), pytest.raises(refusal):
            answer_keep(officer, task.id, day("2038-01-01"), REASON)
        with frozen_at(ASKED), pytest.raises(refusal):
            answer_let_go(officer, task.id, REASON)
        with frozen_at(ASKED), pytest.raises(refusal):
            shorten(officer, "case", kept["case"], day("2034-12-01"))
        with frozen_at(ASKED), pytest.raises(refusal):
            place_hold(officer, "case", kept["case"], reason=REASON, review_on=day("2035-01-01"))
    assert (_task().answer, _row("case", kept).expires_on) == ("", day("2035-03-01"))


def test_who_is_not_cleared_for_a_record_decides_nothing_about_it(world, kept):
    """It is told as one that is gone; to let it go unseen would be to purge it."""
    from clew.access.models import Officer
    from clew.catalogue.models import Case
    from clew.catalogue.retention import answer_let_go, place_hold, shorten
    from clew.intake.purge_acts import ask_purge, purge_facts
    from clew.kernel.errors import NotFound

    _ask(ASKED)
    Case.objects.using("service").update(confidentiality="confidential")
    Officer.objects.using("service").filter(id=world.officer("NO").id).update(clearance="restricted")
    officer = Officer.objects.get(id=world.officer("NO").id)
    for act in (
        lambda: answer_let_go(officer, _task().id, REASON),
        lambda: shorten(officer, "case", kept["case"], day("2034-12-01")),
        lambda: place_hold(officer, "case", kept["case"], reason=REASON, review_on=day("2035-01-01")),
        lambda: purge_facts(officer, "case", kept["case"]),
        lambda: ask_purge(officer, "case", kept["case"], REASON),
    ):
        with frozen_at(ASKED), pytest.raises(NotFound):
            act()
    assert (_task().answer, _row("case", kept).expires_on) == ("", day("2035-03-01"))
    Officer.objects.using("service").filter(id=officer.id).update(clearance="confidential")
    with frozen_at(ASKED):
        answer_let_go(Officer.objects.get(id=officer.id), _task().id, REASON)
    assert _task().answer == "let go"


def test_an_owner_only_shortens(world, kept):
    from clew.catalogue.retention import shorten
    from clew.kernel.errors import InputRefused, NotFound

    with frozen_at(BEGUN):
        for wrong in ("2035-03-01", "2040-01-01", "2030-03-01"):
            with pytest.raises(InputRefused):
                shorten(world.officer("NO"), "case", kept["case"], day(wrong))
        shorten(world.officer("NO"), "case", kept["case"], day("2032-01-01"))
        with pytest.raises(NotFound):
            shorten(world.officer("NO"), "submission", kept["case"], day("2031-01-01"))
    assert _row("case", kept).expires_on == day("2032-01-01")


def test_a_hold_answers_the_question_and_has_a_day_of_review_within_the_year(world, kept):
    from clew.catalogue.retention import is_held, place_hold
    from clew.kernel.errors import InputRefused

    _ask(ASKED)
    with frozen_at(ASKED):
        for wrong in ("2034-09-02", "2035-09-03"):
            with pytest.raises(InputRefused):
                place_hold(world.officer("NO"), "case", kept["case"], reason=REASON, review_on=day(wrong))
        hold = place_hold(world.officer("NO"), "case", kept["case"], reason=REASON, review_on=day("2035-09-01"))
        assert not hold.is_review_due
    assert (_task().answer, is_held(kept["case"])) == ("hold", True)
    assert _ask(ASKED + dt.timedelta(days=100)) == 0
    assert _ask(ASKED + dt.timedelta(days=900)) == 0
    with frozen_at(ASKED + dt.timedelta(days=900)):
        assert hold.is_review_due


def test_by_pages_the_unit_reads_what_expires_and_answers(world, kept):
    _ask(ASKED)
    client, foreign = world.client("NO"), world.client("PT")
    assert "N-1" in client.get("/retention/").content.decode()
    assert "Nothing waits for your answer" in foreign.get("/retention/").content.decode()
    page = f"/retention/case/{kept['case']}/"
    with frozen_at(ASKED):
        # A session of today would be over by then.
        later, others = world.client("NO"), world.client("PT")
        assert "Is it still needed?" in later.get(page).content.decode()
        assert others.get(page).status_code == 404
        answer = {"answer": "keep", "until": "2038-01-01", "reason": REASON}
        address = f"/retention/tasks/{_task().id}/answer/"
        assert others.post(address, answer).status_code == 404
        assert later.post(address, {**answer, "until": "soon"}).status_code == 422
        assert later.post(address, answer).status_code == 302
        assert later.post(f"{page}shorten/", {"until": "2037-01-01"}).status_code == 302
        assert later.post(f"{page}hold/", {"review_on": "2035-01-01", "reason": REASON}).status_code == 302
        shown = later.get(page).content.decode()
    assert "2037-01-01" in shown
    assert REASON in shown
    assert REASON in world.client("NO").get("/retention/").content.decode()


def test_by_pages_a_hold_is_lifted_by_two(world, kept):
    import time

    from clew.access.actions import enlist_officer
    from clew.access.approvals import decide
    from clew.access.models import Approval
    from clew.catalogue.retention import is_held, place_hold

    for key in ("A1", "A2"):
        world.officers[key] = enlist_officer(
            world.units["NO"], username=key, name=key, roles=["national_administrator"], password="a long password"
        )
    review_on = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
    hold = place_hold(world.officer("NO"), "case", kept["case"], reason=REASON, review_on=review_on)
    client = world.client("A1")
    asked = client.post(f"/retention/holds/{hold.id}/ask/", {"reason": "The trial has ended for good."})
    approval = Approval.objects.using("service").get()
    assert asked["Location"] == f"/approvals/{approval.id}/"
    address, words = f"/retention/holds/{hold.id}/lift/", {"reason": "The trial has ended for good."}
    assert client.post(address, words)["Location"].startswith("/accounts/")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(world.officer("A1").pk)
    session.save()
    assert client.post(address, words).status_code == 403
    decide(world.officer("A2"), approval.id, digest=bytes(approval.request_digest), grant=True)
    assert client.post(address, words).status_code == 302
    assert not is_held(kept["case"])
    assert client.post(address, words).status_code == 404


def test_by_sql_as_the_web_role_questions_holds_purges_and_cautions_are_their_owners_alone(world, kept, database):
    from django.db import transaction

    from clew.access.scope import acting_as
    from clew.catalogue.caution import set_caution
    from clew.catalogue.expiring import plan
    from clew.catalogue.retention import place_hold
    from clew.catalogue.retention_models import PurgeCause

    _ask(ASKED)
    with frozen_at(ASKED):
        place_hold(world.officer("NO"), "series", kept["series"], reason=REASON, review_on=day("2035-01-01"))
        set_caution(world.officer("NO"), "series", kept["series"], REASON)
        with transaction.atomic(using="service"):
            plan("case", _row("case", kept), cause=PurgeCause.EXPIRY, reason=REASON)

    def rows(officer, table):
        with acting_as(officer), database["default"].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return cursor.fetchone()[0]

    for table in ("catalogue_retentiontask", "catalogue_legalhold", "catalogue_purge", "catalogue_caution"):
        assert [rows(officer, table) for officer in (world.officer("NO"), world.officer("PT"), None)] == [1, 0, 0], (
            table
        )
