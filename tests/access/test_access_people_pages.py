"""Delegated administration: an administrator's pages on their own officers, and what they may not do."""

import datetime as dt
import time
import uuid

import pytest

from clew.kernel.clock import frozen_at, now

USER_KEY = "account_authentication_methods_user"


@pytest.fixture
def office(world):
    """Norway with two administrators and a specialist, Portugal with an administrator, and browsers of the administrators."""
    for key, unit, roles in (
        ("A1", "NO", "national_administrator"),
        ("A2", "NO", "national_administrator"),
        ("P1", "PT", "national_administrator"),
    ):
        _enlist(world, key, unit, roles)
    clients = {key: world.client(key) for key in ("A1", "A2", "P1")}
    for key, client in clients.items():
        confirm(client, world.officer(key))
    return clients


def _enlist(world, key, unit, *roles):
    from clew.access.actions import enlist_officer

    officer = enlist_officer(
        world.units[unit], username=key, name=f"Name {key}", roles=roles, password="a long password"
    )
    world.officers[key] = officer
    return officer


def confirm(client, officer):
    """What allauth notes when a factor is given."""
    session = client.session
    session[USER_KEY] = str(officer.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()


def reread(officer):
    from clew.access.models import Officer

    return Officer.objects.using("service").select_related("unit__organisation").get(id=officer.id)


def newcomer(world, **changes):
    return {
        "username": "eva", "name": "Eva", "email": "eva@no.example", "unit": world.units["NO"].id,
        "roles": ["specialist"], "clearance": "restricted", **changes,
    }  # fmt: skip


def secret_of(answer):
    return answer.content.decode().split("<code>")[1].split("</code>")[0]


def test_an_administrator_enlists_an_officer_whose_secret_opens_nothing_but_a_password_of_their_own(office, world):
    from django.test import Client

    from clew.access.models import Officer

    answer = office["A1"].post("/people/new/", newcomer(world))
    assert answer.status_code == 200, answer.content
    secret = secret_of(answer)
    eva = Officer.objects.using("service").get(username="eva")
    assert (eva.clearance, eva.roles, eva.is_certified) == ("restricted", ["specialist"], False)
    assert "eva" in office["A1"].get("/people/").content.decode()

    browser = Client()
    assert browser.post("/accounts/login/", {"login": "eva", "password": secret}).status_code == 302
    assert browser.get("/submissions/")["Location"] == "/accounts/password/change/"
    assert browser.get("/accounts/2fa/")["Location"] == "/accounts/password/change/"
    same = {"oldpassword": secret, "password1": secret, "password2": secret}
    assert "Choose another one" in browser.post("/accounts/password/change/", same).content.decode()
    chosen = {**same, "password1": "an own long password", "password2": "an own long password"}
    assert browser.post("/accounts/password/change/", chosen).status_code == 302
    assert browser.get("/submissions/")["Location"] == "/accounts/2fa/totp/activate/"
    eva.refresh_from_db(using="service")
    assert eva.enrolment_ends_at is None
    assert eva.check_password("an own long password")


def test_an_enrolment_secret_ends_after_three_days(office, world):
    from django.test import Client

    secret = secret_of(office["A1"].post("/people/new/", newcomer(world)))
    browser = Client()
    with frozen_at(now() + dt.timedelta(hours=73)):
        browser.post("/accounts/login/", {"login": "eva", "password": secret})
        late = browser.get("/accounts/password/change/")
        assert (late.status_code, "no longer valid" in late.content.decode()) == (403, True)
        assert browser.get("/accounts/password/change/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"roles": ["coordinator"]}, 422, "not one of the available choices"),
        ({"roles": []}, 422, "required"),
        ({"username": "NO.Officer"}, 409, "already an account"),
        ({"second_account_of": "pt.officer"}, 422, "no account of that name"),
        ({"email": "no address"}, 422, "valid email"),
    ],
)
def test_what_an_administrator_may_not_enlist(office, world, changes, status, words):
    from clew.access.models import Officer

    before = Officer.objects.using("service").count()
    answer = office["A1"].post("/people/new/", newcomer(world, **changes))
    assert (answer.status_code, words in answer.content.decode()) == (status, True), answer.content
    assert Officer.objects.using("service").count() == before


def test_nobody_is_enlisted_into_a_foreign_unit_above_ones_clearance_or_without_a_fresh_sign_in(office, world):
    from clew.access.enlistment import ClearanceAboveYours, Newcomer, RoleNotYours, enlist
    from clew.access.models import Officer
    from clew.kernel.errors import NotFound, NotPermitted

    admin = world.officer("A1")
    person = Newcomer("eva", "Eva", "eva@no.example", ["specialist"])
    for unit in (world.units["PT"].id, uuid.uuid4()):
        with pytest.raises(NotFound):
            enlist(admin, unit, person)
        assert office["A1"].post("/people/new/", newcomer(world, unit=unit)).status_code == 422
    Officer.objects.using("service").filter(id=admin.id).update(clearance="official")
    with pytest.raises(ClearanceAboveYours):
        enlist(admin, world.units["NO"].id, person)
    with pytest.raises(RoleNotYours, match="coordinator"):
        enlist(admin, world.units["NO"].id, Newcomer("eva", "Eva", "e@no.example", ["coordinator"], "official"))
    with pytest.raises(NotPermitted):
        enlist(world.officer("NO"), world.units["NO"].id, person)
    assert world.client("A2").post("/people/new/", newcomer(world))["Location"].startswith("/accounts/")


def test_accounts_with_one_address_or_said_to_be_one_persons_share_the_person(office, world):
    from clew.access.enlistment import Newcomer, enlist

    units, admin = world.units, world.officer("A1")
    first = enlist(admin, units["NO"].id, Newcomer("e1", "Eva", "Eva@No.example ", ["specialist"])).officer
    same = enlist(admin, units["NO"].id, Newcomer("e2", "Eva", "eva@no.example", ["auditor"])).officer
    said = enlist(
        admin, units["NO"].id, Newcomer("e3", "Eva", "other@no.example", ["auditor"], second_account_of="e1")
    ).officer
    abroad = enlist(
        world.officer("P1"), units["PT"].id, Newcomer("e4", "Eva", "EVA@no.example", ["specialist"])
    ).officer
    other = enlist(admin, units["NO"].id, Newcomer("e5", "Eva", "eva2@no.example", ["specialist"])).officer
    assert first.person_id == same.person_id == said.person_id == abroad.person_id != other.person_id


def test_roles_clearance_and_certification_change_what_a_browser_may_do_at_once(office, world):
    specialist, browser = world.officer("NO"), world.client("NO")
    page = f"/people/{specialist.id}/"
    assert browser.get("/series/").status_code == 200
    assert office["A1"].post(f"{page}roles/", {"roles": ["auditor"]}).status_code == 302
    assert browser.get("/series/").status_code == 403
    office["A1"].post(f"{page}roles/", {"roles": ["specialist"]})
    assert browser.get("/series/").status_code == 200
    assert office["A1"].post(f"{page}revocation/", {"reason": "course was void"}).status_code == 302
    shut = browser.get("/series/")
    assert (shut.status_code, "no valid certification" in shut.content.decode()) == (403, True)
    today = now().date()
    form = {"what": "Course", "certified_on": today, "expires_on": today + dt.timedelta(days=30)}
    assert "reauthenticate" in world.client("A2").post(f"{page}certification/", form)["Location"]
    assert browser.get("/series/").status_code == 403
    assert office["A1"].post(f"{page}certification/", form).status_code == 302
    assert browser.get("/series/").status_code == 200
    with frozen_at(now() + dt.timedelta(days=32)):
        assert world.officer("NO").organisation.is_member
        assert not reread(specialist).is_certified
    assert office["A1"].post(f"{page}clearance/", {"clearance": "official"}).status_code == 302
    assert reread(specialist).clearance == "official"
    assert office["A1"].post(f"{page}certification/", {**form, "expires_on": "never"}).status_code == 422
    assert office["A1"].post(f"{page}clearance/", {"clearance": "cosmic"}).status_code == 403


def test_the_second_factor_and_the_password_are_renewed_and_sessions_end(office, world):
    from allauth.mfa.models import Authenticator

    specialist, browser = world.officer("NO"), world.client("NO")
    page = f"/people/{specialist.id}/"
    assert office["A1"].post(f"{page}factor/").status_code == 302
    assert not Authenticator.objects.using("service").filter(user_id=specialist.id).exists()
    assert browser.get("/series/")["Location"].startswith("/accounts/login/")
    secret = secret_of(office["A1"].post(f"{page}secret/"))
    assert reread(specialist).check_password(secret)
    assert reread(specialist).enrolment_ends_at is not None


ACTS = ("roles", "clearance", "certification", "revocation", "factor", "secret", "disable", "enable")


def test_officers_of_others_and_absent_ones_look_the_same_and_stay_as_they_are(office, world):
    before = reread(world.officer("PT"))
    for act in ("", *(f"{act}/" for act in ACTS)):
        form = {
            "roles": ["auditor"],
            "clearance": "official",
            "reason": "x",
            "what": "C",
            "certified_on": now().date(),
            "expires_on": now().date(),
        }
        answers = []
        for officer_id in (world.officer("PT").id, uuid.uuid4()):
            address = f"/people/{officer_id}/{act}"
            answers.append(office["A1"].post(address, form) if act else office["A1"].get(address))
        assert [answer.status_code for answer in answers] == [404, 404], act
    after = reread(world.officer("PT"))
    assert (after.roles, after.is_active, after.password, after.clearance) == (
        before.roles, before.is_active, before.password, before.clearance,
    )  # fmt: skip


def test_nobody_changes_their_own_accounts_or_an_officer_whose_role_is_not_theirs_to_give(office, world):
    from clew.access.models import Officer

    own = world.officer("A1")
    Officer.objects.using("service").filter(id=world.officer("A2").id).update(person_id=own.person_id)
    coordinator = _enlist(world, "C1", "NO", "coordinator")
    for officer in (own, world.officer("A2"), coordinator):
        for act in ("roles", "disable", "factor"):
            form = {"roles": ["specialist"], "reason": "x"}
            assert office["A1"].post(f"/people/{officer.id}/{act}/", form).status_code == 403, (officer, act)
        assert reread(officer).is_active
    assert office["A1"].post(f"/people/{world.officer('NO').id}/roles/", {"roles": ["coordinator"]}).status_code == 403


def test_what_is_done_to_an_officer_is_on_record(office, world):
    from clew.ledger.models import Entry

    page = f"/people/{world.officer('NO').id}/"
    office["A1"].post(f"{page}disable/", {"reason": "left the unit"})
    office["A1"].post(f"{page}enable/")
    office["P1"].post(f"{page}disable/", {"reason": "mischief"})
    entries = Entry.objects.using("service").filter(verb__startswith="access:officer").order_by("sequence")
    told = [(entry.verb, entry.officer_id, entry.outcome) for entry in entries if entry.officer_id]
    assert told == [
        ("access:officer:disable", world.officer("A1").id, "done"),
        ("access:officer:enable", world.officer("A1").id, "done"),
        ("access:officer:disable", world.officer("P1").id, "NotFound"),
    ]
    assert entries.get(verb="access:officer:disable", outcome="done").facts["reason"] == "left the unit"


def test_units_are_set_up_and_the_register_is_exported_safely(office, world):
    from clew.access.models import Officer

    unit = {"name": "Desk", "contact_email": "d@no.example", "contact_phone": "+47"}
    assert office["A1"].post("/people/units/new/", unit).status_code == 302
    assert office["A1"].post("/people/units/new/", unit).status_code == 422
    Officer.objects.using("service").filter(id=world.officer("A2").id).update(
        name="=cmd", person_id=world.officer("A1").person_id
    )
    answer = office["A1"].get("/people/register.csv")
    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"].startswith("text/csv")
    assert len(lines) == 1 + 3
    assert any("'=cmd" in line for line in lines)
    assert "pt.officer" not in answer.content.decode()
    assert sorted(line.rsplit(",", 1)[1] for line in lines[1:]) == ["1", "1", "2"]
    assert world.client("NO").get("/people/register.csv").status_code == 403


def test_every_page_of_people_opens(office, world):
    for address in (
        "/people/",
        f"/people/{world.officer('NO').id}/",
        "/people/new/",
        "/people/units/new/",
        "/people/keys/",
        "/people/review/",
        "/keys/",
        "/submissions/held/",
    ):
        answer = office["A1"].get(address, follow=True)
        assert answer.status_code == 200, address
