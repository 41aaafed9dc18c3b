"""Purging: by hand with a second person, in steps that survive being killed, beside senders of the same content, and with nothing left out."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import transaction

REASON = "The court ordered that this be deleted."
#: Tables whose rows refer to what a purge removes. A new one must say what a purge does with it (`clew.intake.purging.on_purge`).
REFERRING = {
    "catalogue_apart": "goes with the content; its owner's own with what it holds no more, by clew.review.purging_stacks",
    "catalogue_digests": "goes with the content",
    "catalogue_imprint": "goes with the content",
    "catalogue_look": "goes with the content",
    "catalogue_membership": "goes with series or content",
    "catalogue_outcome": "goes with the series",
    "catalogue_sighting": "goes with the submission",
    "catalogue_signature": "goes with the content",
    "catalogue_submission": "goes with the case",
    "catalogue_turnedlooks": "goes with the content",
    "cooperation_accessrequest": "goes, by clew.cooperation.purging",
    "cooperation_accesstask": "goes, by clew.cooperation.purging",
    "cooperation_alert": "goes, by clew.cooperation.purging",
    "demo_truth": "goes, by clew.demo.purging",
    "intake_match": "goes with the file; of others' the reference alone",
    "intake_parking": "goes with the content",
    "intake_receivedfile": "goes with the submission",
    "intake_statedhash": "goes with the submission",
    "intake_verdict": "goes with the submission",
    "review_likeness": "goes, by clew.review.search_purging",
    "review_outcomenotice": "stays without the series, by clew.review.purging: the good news is the officer's",
    "review_promotion": "goes, by clew.review.purging",
    "review_secondlook": "goes, by clew.review.purging",
    "review_stack": "goes, by clew.review.purging_stacks",
    "review_stackedsubmission": "goes, by clew.review.purging_stacks",
    "review_stackmember": "goes, by clew.review.purging_stacks",
    "review_stackmove": "goes, by clew.review.purging_stacks",
    "review_statement": "goes, by clew.review.purging",
    "review_votecall": "goes, by clew.review.purging",
    "review_worked": "goes, by clew.review.purging",
}


@pytest.fixture
def office(world):
    from clew.access.actions import enlist_officer

    world.officers["A2"] = enlist_officer(
        world.units["NO"], username="A2", name="A2", roles=["national_administrator"], password="a long password"
    )
    return world


def _case(reference="C-1"):
    from clew.catalogue.models import Case

    return Case.objects.using("service").get(reference=reference).id


def _granted(world, kind, record_id):
    from clew.access.approvals import decide
    from clew.intake.purge_acts import ask_purge

    approval = ask_purge(world.officer("NO"), kind, record_id, REASON)
    decide(world.officer("A2"), approval.id, digest=bytes(approval.request_digest), grant=True)
    return approval


def _purge(world, kind, record_id):
    from clew.intake.purge_acts import purge_record

    _granted(world, kind, record_id)
    return purge_record(world.officer("NO"), kind, record_id)


def _planned(record_id):
    """A purge that is planned and not begun."""
    from clew.catalogue.expiring import plan
    from clew.catalogue.models import Case
    from clew.catalogue.retention_models import PurgeCause

    with transaction.atomic(using="service"):
        row = Case.objects.using("service").get(id=record_id)
        return plan("case", row, cause=PurgeCause.EXPIRY, reason=REASON)


def _media(content):
    from clew.catalogue.models import Media

    return Media.objects.using("service").filter(digests__sha256=hashlib.sha256(content).digest()).first()


def _series(world, name, media, key="NO", **grounds):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership

    officer = world.officer(key)
    with acting_as(officer):
        series = create_series(officer, name, world.grounds(**grounds))
        state_membership(officer, series, [media.id], basis="seen")
    return series


def test_every_table_that_refers_to_what_goes_has_its_answer(installation, database):
    with database["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = ANY("
            "ARRAY['catalogue_case', 'catalogue_submission', 'catalogue_sighting', 'catalogue_series', 'catalogue_media', 'catalogue_signature',"
            " 'catalogue_imprint', 'intake_receivedfile', 'intake_verdict', 'intake_match']::regclass[])"
        )
        referring = {name for (name,) in cursor.fetchall()}
        assert sorted(referring ^ set(REFERRING)) == []


def test_by_hand_it_takes_two_and_exactly_what_was_granted(office, pictures, jpeg):
    from clew.access.approvals import ApprovalAltered, ApprovalMissing
    from clew.catalogue.models import Case
    from clew.intake.purge_acts import purge_record
    from clew.kernel.errors import NotFound, NotPermitted

    office.submit("NO", {"a.jpg": jpeg(pictures(1))})
    case = _case()
    with pytest.raises(ApprovalMissing):
        purge_record(office.officer("NO"), "case", case)
    _granted(office, "case", case)
    office.submit("NO", {"b.jpg": jpeg(pictures(2))})
    with pytest.raises(ApprovalAltered):
        purge_record(office.officer("NO"), "case", case)
    for key, refusal in (("PT", NotFound), ("HL", NotPermitted)):
        with pytest.raises(refusal):
            purge_record(office.officer(key), "case", case)
    assert Case.objects.using("service").filter(id=case).exists()
    purge = _purge(office, "case", case)
    assert (purge.state, purge.cause, purge.counts) == (
        "finished",
        "by hand",
        {"submissions": 2, "files": 2, "statements": 0, "contents": 2},
    )
    with pytest.raises(NotFound):
        purge_record(office.officer("NO"), "case", case)


def test_what_the_owner_is_told_does_not_show_whether_others_hold_it(office, pictures, jpeg):
    office.submit("NO", {"a.jpg": jpeg(pictures(1))}, reference="C-1")
    office.submit("NO", {"b.jpg": jpeg(pictures(2))}, reference="C-2")
    office.submit("PT", {"b.jpg": jpeg(pictures(2))}, outside="silent")
    from clew.catalogue.models import Case

    cases = Case.objects.using("service").filter(owner_organisation=office.organisations["NO"])
    purges = [_purge(office, "case", case) for case in cases.order_by("reference").values_list("id", flat=True)]
    assert purges[0].counts == purges[1].counts
    assert _media(jpeg(pictures(1))) is None
    assert _media(jpeg(pictures(2))) is not None


def test_a_hold_on_the_case_or_on_a_series_of_its_contents_stops_it(office, pictures, jpeg):
    import datetime as dt

    from clew.catalogue.retention import place_hold
    from clew.intake.purge_acts import ask_purge
    from clew.intake.purging import RecordHeld

    office.submit("NO", {"a.jpg": jpeg(pictures(1))})
    series = _series(office, "Blue sofa", _media(jpeg(pictures(1))))
    review_on = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)
    place_hold(office.officer("NO"), "series", series.id, reason=REASON, review_on=review_on)
    for kind, record_id in (("case", _case()), ("series", series.id)):
        with pytest.raises(RecordHeld):
            ask_purge(office.officer("NO"), kind, record_id, REASON)


def test_what_is_going_by_itself_is_not_purged_by_hand_as_well(office, pictures, jpeg):
    from clew.catalogue.retention import AlreadyAnswered
    from clew.intake.purge_acts import purge_record
    from clew.intake.purging import carry_out

    office.submit("NO", {"a.jpg": jpeg(pictures(1))})
    case = _case()
    _granted(office, "case", case)
    purge = _planned(case)
    with pytest.raises(AlreadyAnswered):
        purge_record(office.officer("NO"), "case", case)
    assert carry_out(purge.id).state == "finished"
    assert carry_out(purge.id).state == "finished"


def test_when_a_case_expires_its_owners_series_keep_the_content_for_their_own_time(office, pictures, jpeg):
    from clew.access.scope import acting_as
    from clew.catalogue.queries import media_of_series, series_for
    from clew.intake.purging import carry_out
    from clew.vault.opened import vault

    content = jpeg(pictures(1))
    office.submit("NO", {"a.jpg": content})
    media = _media(content)
    series = _series(office, "Blue sofa", media)
    carry_out(_planned(_case()).id)
    assert vault().open(_media(content).original_address) == content
    with acting_as(office.officer("NO")):
        assert [
            one.media_id for one in media_of_series(office.officer("NO"), series_for(office.officer("NO"), series.id))
        ] == [media.id]
    # By hand the series takes it along.
    _purge(office, "series", series.id)
    assert _media(content) is None
    assert not vault().exists(media.original_address)


def test_by_hand_a_case_takes_its_contents_out_of_the_owners_series_unless_another_case_brought_them(
    office, pictures, jpeg
):
    from clew.catalogue.models import Membership

    once, twice = jpeg(pictures(1)), jpeg(pictures(2))
    office.submit("NO", {"a.jpg": once, "b.jpg": twice}, reference="C-1")
    office.submit("NO", {"b.jpg": twice}, reference="C-2")
    _series(office, "Blue sofa", _media(once))
    _series(office, "Red chair", _media(twice))
    _purge(office, "case", _case("C-1"))
    assert _media(once) is None
    assert _media(twice) is not None
    assert Membership.objects.using("service").get().series.name == "Red chair"


def test_a_series_purged_by_hand_leaves_what_another_series_of_its_owner_holds(office, pictures, jpeg):
    from clew.intake.purging import carry_out

    content = jpeg(pictures(1))
    office.submit("NO", {"a.jpg": content})
    blue, red = (_series(office, name, _media(content)) for name in ("Blue sofa", "Red chair"))
    carry_out(_planned(_case()).id)
    _purge(office, "series", blue.id)
    assert _media(content) is not None
    _purge(office, "series", red.id)
    assert _media(content) is None


def test_what_its_owner_lets_go_goes_at_the_next_run_and_what_nobody_was_asked_about_waits(office, pictures, jpeg):
    import datetime as dt

    from clew.catalogue.models import Purge, RetentionTask
    from clew.catalogue.retention import answer_let_go
    from clew.intake.retention_run import run_retention
    from clew.kernel.clock import frozen_at

    begun = dt.datetime(2030, 3, 1, 9, tzinfo=dt.UTC)
    with frozen_at(begun):
        office.submit("NO", {"a.jpg": jpeg(pictures(1))}, reference="C-1")
        office.submit("NO", {"b.jpg": jpeg(pictures(2))}, reference="C-2")
    # No worker ran for years.
    late = begun + dt.timedelta(days=7 * 365)
    with frozen_at(late):
        assert run_retention() == 0
        task = RetentionTask.objects.using("service").get(record_id=_case("C-1"))
        answer_let_go(office.officer("NO"), task.id, REASON)
        assert run_retention() == 1
    assert Purge.objects.using("service").get().cause == "let go"
    with frozen_at(late + dt.timedelta(days=29)):
        assert run_retention() == 0
    with frozen_at(late + dt.timedelta(days=31)):
        assert run_retention() == 1
    assert _media(jpeg(pictures(2))) is None


def test_others_statements_on_a_content_they_never_brought_do_not_hold_it(office, pictures, jpeg):
    from clew.catalogue.models import Membership, Series

    content = jpeg(pictures(1))
    office.submit("NO", {"a.jpg": content}, sharing="members")
    _series(office, "Theirs", _media(content), key="PT")
    _purge(office, "case", _case())
    assert _media(content) is None
    assert Series.objects.using("service").get().name == "Theirs"
    assert not Membership.objects.using("service").exists()


def test_a_hash_list_and_what_lay_in_a_document_go_too(office, pictures, jpeg, database):
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from documents import docx
    from dumps import database_dump

    from clew.intake.actions import close_submission, open_submission, receive_hashes

    inside = jpeg(pictures(3))
    office.submit("NO", {"album.docx": docx({"one.jpg": inside})})
    officer = office.officer("NO")
    submission = open_submission(
        officer, case_reference="C-1", legal_basis="Act 1", grounds=office.grounds(), door="test"
    )
    bits = hashlib.sha256(b"known elsewhere").digest()
    receive_hashes(officer, submission.id, [("1", "line 1", "sha256", bits), ("2", "line 2", "pdq", bytes(range(32)))])
    close_submission(officer, submission.id)
    office.decide(submission)
    assert _media(inside) is not None
    _purge(office, "case", _case())
    dump = database_dump()
    for trace in (hashlib.sha256(inside).digest(), bits, bytes(range(32))):
        assert trace.hex().encode() not in dump
    with database["service"].cursor() as cursor:
        for table in (
            "catalogue_media",
            "catalogue_signature",
            "catalogue_imprint",
            "catalogue_digests",
            "intake_receivedfile",
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table


def test_what_waits_to_be_decided_goes_and_is_asked_for_no_more(office, pictures, jpeg, database):
    from clew.intake.pipeline import decide_waiting
    from clew.intake.tasks import ask_for_decisions
    from clew.vault.addresses import Namespace
    from clew.vault.opened import vault

    before = set(vault().addresses(Namespace.ORIGINALS))
    submission = office.submit("NO", {"a.jpg": jpeg(pictures(1))}, decide=False)
    ask_for_decisions(submission.id)
    _purge(office, "case", _case())
    assert decide_waiting(submission.id) == 0
    assert set(vault().addresses(Namespace.ORIGINALS)) == before
    with database["service"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE args->>'submission_id' = %s", [str(submission.id)]
        )
        assert cursor.fetchone() == (0,)


def test_alerts_about_what_went_are_gone(office, pictures, jpeg):
    from clew.cooperation.models import Alert

    office.submit("NO", {"a.jpg": jpeg(pictures(1))})
    office.submit("PT", {"b.jpg": jpeg(pictures(1))})
    assert Alert.objects.using("service").filter(owner_organisation=office.organisations["NO"]).exists()
    _purge(office, "case", _case_of(office, "NO"))
    assert not Alert.objects.using("service").filter(owner_organisation=office.organisations["NO"]).exists()


def _case_of(world, key):
    from clew.catalogue.models import Case

    return Case.objects.using("service").get(owner_organisation=world.organisations[key]).id


_WORKER = """
import sys, uuid, django
django.setup()
from clew.intake import purging
forget = purging._forget
def slowly(address):
    forget(address)
    print("deleted", flush=True)
    import time; time.sleep(0.05)
purging._forget = slowly
purging.PURGE_BLOBS_AT_ONCE = 2
purging.carry_out(uuid.UUID(sys.argv[1]))
print("done", flush=True)
"""


def test_killed_at_any_step_it_is_taken_up_again_and_done_once(office, pictures, jpeg, database):
    from clew.catalogue.models import DoomedBlob, Purge
    from clew.intake.retention_run import run_retention
    from clew.ledger.models import Entry
    from clew.vault.opened import vault

    office.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(4)})
    addresses = [_media(jpeg(pictures(n))).original_address for n in range(4)]
    purge = _planned(_case())
    states = set()
    for kill_after in (1, 2, 1):
        worker = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _WORKER, str(purge.id)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ.copy(),
        )
        seen = 0
        for line in worker.stdout:
            seen += line.startswith("deleted")
            if seen >= kill_after:
                time.sleep(0.02)
                worker.send_signal(signal.SIGKILL)
                break
        worker.wait(timeout=60)
        worker.stdout.close()
        states.add(Purge.objects.using("service").get().state)
    assert states == {"removed"}
    assert DoomedBlob.objects.using("service").filter(deleted_at__isnull=True).exists()
    assert run_retention() == 1
    assert run_retention() == 0
    assert [address for address in addresses if vault().exists(address)] == []
    assert Entry.objects.using("service").filter(verb="catalogue:record:purge").count() == 1
    assert Entry.objects.using("service").filter(verb="catalogue:record:purged").count() == 1


def test_who_sends_the_same_content_between_the_steps_keeps_it(office, pictures, jpeg):
    from clew.intake import purging
    from clew.vault.opened import vault

    content = jpeg(pictures(1))
    office.submit("NO", {"a.jpg": content})
    purge = _planned(_case())
    purging._remove(purge.id)
    sent = office.submit("PT", {"b.jpg": content}, decide=False)
    purging.carry_out(purge.id)
    office.decide(sent)
    media = _media(content)
    assert vault().open(media.original_address) == content
    assert vault().exists(media.thumbnail_address)
    assert office.verdicts(sent)["b.jpg"].kind == "new"


def test_who_sealed_before_the_deletion_and_noted_after_it_seals_again(office, pictures, jpeg, monkeypatch):
    from clew.intake import actions, purging
    from clew.intake.resealing import GoneMeanwhile
    from clew.vault.opened import vault

    content, large = jpeg(pictures(1)), jpeg(pictures(2))
    office.submit("NO", {"a.jpg": content, "l.jpg": large})
    addresses = [_media(one).original_address for one in (content, large)]
    purge = _planned(_case())
    note = actions._acknowledge

    def late(*args):
        purging.carry_out(purge.id)
        return note(*args)

    monkeypatch.setattr(actions, "_acknowledge", late)
    officer = office.officer("PT")
    submission = actions.open_submission(
        officer, case_reference="P-1", legal_basis="Act 1", grounds=office.grounds(), door="test"
    )
    actions.receive_files(officer, submission.id, [("1", "b.jpg", content)])
    assert [vault().exists(address) for address in addresses] == [True, False]
    with pytest.raises(GoneMeanwhile):
        _sent_as_stream(officer, submission, large, monkeypatch, addresses[1])
    monkeypatch.undo()
    actions.receive_files(officer, submission.id, [("2", "l.jpg", iter([large]))])
    actions.close_submission(officer, submission.id)
    office.decide(submission)
    assert {verdict.kind for verdict in office.verdicts(submission).values()} == {"new"}


def _sent_as_stream(officer, submission, content, monkeypatch, address):
    from clew.intake import actions
    from clew.vault.opened import vault

    note = actions._acknowledge

    def deleted_meanwhile(*args):
        vault().delete(address)
        return note(*args)

    monkeypatch.setattr(actions, "_acknowledge", deleted_meanwhile)
    actions.receive_files(officer, submission.id, [("2", "l.jpg", iter([content]))])


def test_hash_only_retention_recognises_what_is_brought_again_by_its_former_owner_alone(
    office, pictures, jpeg, monkeypatch
):
    from dataclasses import replace

    from clew.access.data_protection import policy
    from clew.catalogue import tombstones
    from clew.intake import purge_rows

    content = jpeg(pictures(1))
    sha256 = hashlib.sha256(content).digest()
    keeping = replace(policy(), keeps_exact_hash=True)
    for room in (tombstones, purge_rows):
        monkeypatch.setattr(room, "policy", lambda: keeping)
    office.submit("NO", {"a.jpg": content})
    _purge(office, "case", _case())
    norway, portugal = office.organisations["NO"].id, office.organisations["PT"].id
    assert list(tombstones.purged_before(norway, [sha256, bytes(32)])) == [sha256]
    assert tombstones.purged_before(portugal, [sha256]) == {}
    again = office.submit("NO", {"again.jpg": content}, reference="C-2")
    assert "purged on" in office.verdicts(again)["again.jpg"].reason
    other = office.submit("PT", {"b.jpg": content}, reference="C-3")
    assert "purged" not in office.verdicts(other)["b.jpg"].reason


def test_by_pages_what_would_go_is_shown_asked_granted_and_done(office, pictures, jpeg):
    from clew.access.approvals import decide
    from clew.access.models import Approval

    office.submit("NO", {"a.jpg": jpeg(pictures(1))})
    page = f"/purges/case/{_case()}/"
    client = office.client("NO")
    shown = client.get(page).content.decode()
    assert "Ask a second person" in shown
    assert "<dt>Files</dt><dd>1</dd>" in shown
    assert office.client("PT").get(page).status_code == 404
    assert client.post(page, {"reason": "court"}).status_code == 422
    assert client.post(page, {"reason": REASON}).status_code == 302
    approval = Approval.objects.using("service").get()
    decide(office.officer("A2"), approval.id, digest=bytes(approval.request_digest), grant=True)
    assert "Confirm that it is you" in client.get(page).content.decode()
    assert client.post(f"{page}now/")["Location"].startswith("/accounts/")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(office.officer("NO").pk)
    session.save()
    assert "Purge exactly this" in client.get(page).content.decode()
    assert client.post(f"{page}now/").status_code == 302
    assert client.get(page).status_code == 404
    assert "Two people of its owner decided so".lower() in client.get("/retention/").content.decode().lower()
