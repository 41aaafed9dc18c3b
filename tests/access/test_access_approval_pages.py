"""The pages of two-person acts: the second person reads the request, proves that it is they, and decides exactly this."""

import time

import pytest

USER_KEY = "account_authentication_methods_user"
REASON = "The court ordered that this be deleted."


@pytest.fixture
def asked(world):
    """A request of Norway's first administrator; browsers of both administrators and of Portugal's."""
    from clew.access.actions import enlist_officer
    from clew.access.approvals import ask
    from clew.access.grave_acts import GraveAct

    for key, unit in (("A1", "NO"), ("A2", "NO"), ("P1", "PT")):
        world.officers[key] = enlist_officer(
            world.units[unit], username=key, name=key, roles=["national_administrator"], password="a long password"
        )
    approval = ask(
        world.officer("A1"), GraveAct.RECORD_PURGE, subject_kind="case", facts={"case": "C-9"}, reason=REASON
    )
    return approval, {key: world.client(key) for key in ("A1", "A2", "P1")}


def confirm(client, officer):
    """What allauth notes when a factor is given."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session[USER_KEY] = str(officer.pk)
    session.save()


def test_the_second_person_reads_it_and_grants_it(asked, world):
    from clew.access.models import Approval

    approval, clients = asked
    page = f"/approvals/{approval.id}/"
    text = clients["A2"].get(page).content.decode()
    assert REASON in text
    assert "C-9" in text
    assert "Confirm that it is you" in text
    answer = {"request": bytes(approval.request_digest).hex(), "answer": "grant"}
    unsure = clients["A2"].post(f"{page}decide/", answer, headers={"Referer": f"http://testserver{page}"})
    assert (unsure.status_code, unsure["Location"]) == (302, f"/accounts/2fa/reauthenticate/?next={page}")
    assert Approval.objects.using("service").get().state == "waiting"
    confirm(clients["A2"], world.officer("A2"))
    assert "Grant exactly this" in clients["A2"].get(page).content.decode()
    assert clients["A2"].post(f"{page}decide/", {**answer, "request": "00"}).status_code == 409
    assert clients["A2"].post(f"{page}decide/", {**answer, "request": "no digest"}).status_code == 409
    assert clients["A2"].post(f"{page}decide/", answer).status_code == 302
    assert Approval.objects.using("service").get().state == "granted"
    assert "Granted" in clients["A1"].get("/approvals/").content.decode()


def test_the_asker_is_offered_no_decision_and_makes_none(asked, world):
    approval, clients = asked
    confirm(clients["A1"], world.officer("A1"))
    page = f"/approvals/{approval.id}/"
    assert "Grant exactly this" not in clients["A1"].get(page).content.decode()
    answer = {"request": bytes(approval.request_digest).hex(), "answer": "grant"}
    assert clients["A1"].post(f"{page}decide/", answer).status_code == 403
    assert clients["A1"].post(f"{page}withdraw/").status_code == 302
    assert "Withdrawn" in clients["A1"].get(page).content.decode()


def test_to_another_country_it_does_not_exist(asked, world):
    approval, clients = asked
    confirm(clients["P1"], world.officer("P1"))
    page = f"/approvals/{approval.id}/"
    assert clients["P1"].get(page).status_code == 404
    answer = {"request": bytes(approval.request_digest).hex(), "answer": "grant"}
    assert clients["P1"].post(f"{page}decide/", answer).status_code == 404
    assert clients["P1"].post(f"{page}withdraw/").status_code == 404
    assert "Nothing was asked for yet" in clients["P1"].get("/approvals/").content.decode()
