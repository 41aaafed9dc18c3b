"""P17: grave acts need two people. Every act is tried in every way in which one person might do it alone, or do another than was granted."""

import datetime as dt
import threading
import uuid
from functools import partial

import pytest
from django.db import connections, transaction

from clew.access.grave_acts import GraveAct

REASON = "The court ordered that this be deleted."
SUBJECT = uuid.UUID(int=7)
FACTS = {"records": 3, "case": "C-1"}


@pytest.fixture
def office(world):
    """An organisation with an asker, the asker's second account, a decider, and one who may not decide."""
    from clew.access.actions import enlist_officer
    from clew.access.models import Officer

    def enlist(name, *roles):
        return enlist_officer(world.units["NO"], username=name, name=name, roles=roles, password="a long password here")

    people = {
        # Who confirms codes is a specialist too.
        "asker": enlist("asker", "national_administrator", "specialist"),
        "second": enlist("second", "national_administrator", "specialist"),
        "decider": enlist("decider", "national_administrator"),
        "specialist": enlist("specialist", "specialist"),
        "foreign": enlist_officer(
            world.units["PT"], username="foreign", name="F", roles=["national_administrator"], password="long password"
        ),
    }
    twins = Officer.objects.using("service").filter(id=people["second"].id)
    twins.update(person_id=people["asker"].person_id)
    askers = Officer.objects.using("service").filter(id__in=[people["asker"].id, people["second"].id])
    askers.update(certified_until=world.officer("NO").certified_until)
    for name in ("asker", "second"):
        people[name].refresh_from_db(using="service")
    return people


def _ask(office, act, **changes):
    from clew.access.approvals import ask

    return ask(
        office["asker"],
        act,
        **{"subject_kind": "case", "subject_id": SUBJECT, "facts": FACTS, "reason": REASON, **changes},
    )


def _decide(officer, approval, **changes):
    from clew.access.approvals import decide

    return decide(officer, approval.id, **{"digest": bytes(approval.request_digest), "grant": True, **changes})


def _use(officer, act, **changes):
    from clew.access.approvals import use

    with transaction.atomic(using="service"):
        return use(officer, act, **{"subject_kind": "case", "subject_id": SUBJECT, "facts": FACTS, **changes})


@pytest.fixture(params=list(GraveAct))
def act(request):
    return request.param


def test_granted_by_another_it_passes_once(office, act):
    from clew.access.approvals import ApprovalMissing

    approval = _ask(office, act)
    _decide(office["decider"], approval)
    assert _use(office["asker"], act).id == approval.id
    with pytest.raises(ApprovalMissing):
        _use(office["asker"], act)


def test_ungranted_refused_or_withdrawn_it_does_not_pass(office, act):
    from clew.access.approvals import ApprovalMissing, ApprovalSettled, withdraw

    with pytest.raises(ApprovalMissing):
        _use(office["asker"], act)
    refused = _ask(office, act)
    with pytest.raises(ApprovalMissing):
        _use(office["asker"], act)
    _decide(office["decider"], refused, grant=False)
    with pytest.raises(ApprovalMissing):
        _use(office["asker"], act)
    withdrawn = _ask(office, act)
    _decide(office["decider"], withdrawn)
    withdraw(office["asker"], withdrawn.id)
    with pytest.raises(ApprovalMissing):
        _use(office["asker"], act)
    for ended in (refused, withdrawn):
        with pytest.raises(ApprovalSettled):
            _decide(office["decider"], ended)


@pytest.mark.parametrize("who", ["asker", "second"])
def test_the_same_person_does_not_decide(office, act, who):
    from clew.access.approvals import ApprovalMissing, SamePerson

    approval = _ask(office, act)
    with pytest.raises(SamePerson):
        _decide(office[who], approval)
    with pytest.raises(ApprovalMissing):
        _use(office["asker"], act)


def test_accounts_found_to_be_of_one_person_after_the_grant_do_not_pass(office, act):
    from clew.access.approvals import SamePerson
    from clew.access.models import Officer

    _decide(office["decider"], _ask(office, act))
    Officer.objects.using("service").filter(id=office["decider"].id).update(person_id=office["asker"].person_id)
    with pytest.raises(SamePerson):
        _use(office["asker"], act)


def test_a_wrong_role_neither_asks_nor_decides_nor_carries_out(office, act, world):
    from clew.access.approvals import ApprovalMissing, ask
    from clew.access.models import Officer
    from clew.kernel.errors import NotFound, NotPermitted

    approval = _ask(office, act)
    with pytest.raises(NotPermitted):
        _decide(office["specialist"], approval)
    with pytest.raises(NotFound):
        _decide(office["foreign"], approval)
    with pytest.raises(NotPermitted):
        ask(world.officer("HL"), act, subject_kind="case", reason=REASON)
    _decide(office["decider"], approval)
    with pytest.raises(ApprovalMissing):
        _use(office["second"], act)
    Officer.objects.using("service").filter(id=office["asker"].id).update(roles=["auditor"])
    with pytest.raises(NotPermitted):
        _use(office["asker"], act)


def test_a_decider_who_may_no_more_decide_has_granted_nothing(office, act):
    from clew.access.actions import disable_officer
    from clew.kernel.errors import ClewError

    _decide(office["decider"], _ask(office, act))
    disable_officer(office["decider"])
    with pytest.raises(ClewError):
        _use(office["asker"], act)


def test_a_disabled_officer_neither_asks_nor_decides_nor_carries_out(office, act):
    from clew.access.actions import disable_officer
    from clew.kernel.errors import NotPermitted

    approval = _ask(office, act)
    _decide(office["decider"], approval)
    waiting = _ask(office, act)
    for name in ("asker", "decider"):
        disable_officer(office[name])
    with pytest.raises(NotPermitted):
        _use(office["asker"], act)
    with pytest.raises(NotPermitted):
        _ask(office, act)
    with pytest.raises(NotPermitted):
        _decide(office["decider"], waiting)


@pytest.mark.parametrize(
    "change",
    [{"facts": {"records": 4, "case": "C-1"}}, {"facts": {}}, {"facts": {**FACTS, "also": "C-2"}}],
)
def test_what_was_granted_is_carried_out_and_nothing_else(office, act, change):
    from clew.access.approvals import ApprovalAltered

    _decide(office["decider"], _ask(office, act))
    with pytest.raises(ApprovalAltered):
        _use(office["asker"], act, **change)
    assert _use(office["asker"], act)


@pytest.mark.parametrize("change", [{"subject_id": uuid.UUID(int=8)}, {"subject_kind": "series"}])
def test_a_grant_fits_no_other_record(office, act, change):
    from clew.access.approvals import ApprovalMissing

    _decide(office["decider"], _ask(office, act))
    with pytest.raises(ApprovalMissing):
        _use(office["asker"], act, **change)


def test_a_grant_fits_no_other_act(office):
    from clew.access.approvals import ApprovalMissing

    _decide(office["decider"], _ask(office, GraveAct.RECORD_PURGE))
    for other in set(GraveAct) - {GraveAct.RECORD_PURGE}:
        with pytest.raises(ApprovalMissing):
            _use(office["asker"], other)


def test_a_decision_repeats_the_request_it_is_of(office, act):
    from clew.access.approvals import ApprovalAltered

    first, second = _ask(office, act), _ask(office, act)
    with pytest.raises(ApprovalAltered):
        _decide(office["decider"], first, digest=bytes(second.request_digest))
    with pytest.raises(ApprovalAltered):
        _decide(office["decider"], first, digest=b"")


def test_its_time_is_limited_before_and_after_the_grant(office, act):
    from clew.access.approvals import ApprovalExpired
    from clew.kernel.clock import frozen_at, now

    approval = _ask(office, act)
    with frozen_at(now() + dt.timedelta(days=7, seconds=1)), pytest.raises(ApprovalExpired):
        _decide(office["decider"], approval)
    with frozen_at(now() + dt.timedelta(days=6)):
        _decide(office["decider"], approval)
    with frozen_at(now() + dt.timedelta(days=7, seconds=1)), pytest.raises(ApprovalExpired):
        _use(office["asker"], act)
    with frozen_at(now() + dt.timedelta(days=6, hours=23)):
        assert _use(office["asker"], act)


@pytest.mark.parametrize("column", ["facts", "reason", "act", "requested_by_id", "requester_person_id", "subject_id"])
def test_not_even_the_service_alters_a_request(office, act, column):
    from django.db import ProgrammingError

    from clew.access.models import Approval

    approval = _ask(office, act)
    other = {"facts": {"records": 9}, "reason": "x" * 30, "act": "other"}.get(column, office["second"].pk)
    with pytest.raises(ProgrammingError, match="not altered"):
        Approval.objects.using("service").filter(id=approval.id).update(**{column: other})


@pytest.mark.parametrize(
    "change",
    [
        {"state": "granted"},
        {"state": "granted", "decided_by": "asker", "decider_person_id": uuid.UUID(int=1)},
        {"state": "granted", "decided_by": "second", "decider_person_id": "asker"},
        {"state": "used"},
    ],
)
def test_not_even_the_service_grants_without_another_person(office, act, change):
    from django.db import ProgrammingError

    from clew.access.models import Approval

    approval = _ask(office, act)
    if "decided_by" in change:
        change = {**change, "decided_by": office[change["decided_by"]], "decided_digest": approval.request_digest}
    if change.get("decider_person_id") == "asker":
        change = {**change, "decider_person_id": office["asker"].person_id}
    with pytest.raises(ProgrammingError, match=r"forwards|another person"):
        Approval.objects.using("service").filter(id=approval.id).update(**change)
    with pytest.raises(ProgrammingError, match="stays on record"):
        Approval.objects.using("service").filter(id=approval.id).delete()


def _at_once(*calls):
    """Run each in a thread with connections of its own; which of them passed."""
    passed, start = [], threading.Barrier(len(calls))

    def run(number, call):
        start.wait()
        try:
            call()
        except Exception:  # noqa: BLE001 - whichever way it is refused
            return
        finally:
            connections.close_all()
        passed.append(number)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return passed


def test_of_several_at_once_one_passes(office, act):
    from clew.access.approvals import withdraw
    from clew.access.models import Approval

    for _round in range(3):
        approval = _ask(office, act)
        decided = _at_once(*[partial(_decide, office["decider"], approval)] * 4)
        assert len(decided) == 1
        used = _at_once(*[partial(_use, office["asker"], act)] * 4, partial(withdraw, office["asker"], approval.id))
        assert len(used) == 1
        state = Approval.objects.using("service").get(id=approval.id).state
        assert state == ("withdrawn" if used == [4] else "used")


def test_without_the_acts_own_transaction_a_grant_is_not_taken(office, act):
    from clew.access.approvals import use

    _decide(office["decider"], _ask(office, act))
    with pytest.raises(transaction.TransactionManagementError):
        use(office["asker"], act, subject_kind="case", subject_id=SUBJECT, facts=FACTS)


def test_an_act_that_fails_after_its_grant_was_taken_keeps_the_grant(office, act):
    from clew.access.approvals import use

    def fails():
        with transaction.atomic(using="service"):
            use(office["asker"], act, subject_kind="case", subject_id=SUBJECT, facts=FACTS)
            raise OSError("disk")

    _decide(office["decider"], _ask(office, act))
    with pytest.raises(OSError, match="disk"):
        fails()
    assert _use(office["asker"], act)


def test_every_step_is_on_record(office, act):
    from clew.ledger.models import Entry

    approval = _ask(office, act)
    _decide(office["decider"], approval)
    _use(office["asker"], act)
    entries = Entry.objects.using("service").filter(subject_id=approval.id).order_by("sequence")
    assert list(entries.values_list("verb", "officer_id")) == [
        ("access:approval:ask", office["asker"].pk),
        ("access:approval:decide", office["decider"].pk),
        ("access:approval:use", office["asker"].pk),
    ]
    assert {entry.facts["act"] for entry in entries} == {act.value}
