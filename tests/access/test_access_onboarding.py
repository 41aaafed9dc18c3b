"""Onboarding: until its checklist is complete an organisation takes no part; suspended, it is out at once."""

import uuid

import pytest


@pytest.fixture
def joining(world):
    """A coordinator, and Iceland, which is being onboarded, with an administrator and a certified specialist."""
    from clew.access.actions import enlist_officer
    from clew.access.models import Organisation

    world.found("CO", kind="coordinator", roles=("coordinator",))
    world.found("IS", roles=("specialist",))
    world.officers["IA"] = enlist_officer(
        world.units["IS"], username="ia", name="IA", roles=["national_administrator"], password="a long password"
    )
    Organisation.objects.using("service").filter(key="is").update(state="onboarding")
    return reread(world.organisations["IS"])


def reread(row):
    return type(row).objects.using("service").get(id=row.id)


def fresh(world, key):
    from clew.access.models import Officer

    return Officer.objects.using("service").select_related("unit__organisation").get(id=world.officer(key).id)


def tick_all(world, organisation):
    from clew.access.onboarding import tick
    from clew.access.onboarding_steps import STEPS

    for step in STEPS:
        tick(fresh(world, "CO" if step.ticked_by == "coordinator" else "IA"), organisation.id, step.key, "seen")


def test_an_organisation_being_onboarded_submits_nothing_and_sees_nothing_of_others(joining, world, pictures, jpeg):
    from clew.access.scope import OrganisationNotActive, acting_as
    from clew.catalogue.actions import create_series
    from clew.catalogue.models import Series
    from clew.intake.actions import open_submission

    with acting_as(world.officer("NO")):
        create_series(world.officer("NO"), "Blue sofa", world.grounds(sharing="members"))
    officer = fresh(world, "IS")
    with acting_as(officer):
        assert not Series.objects.exists()
    with pytest.raises(OrganisationNotActive):
        open_submission(officer, case_reference="C", legal_basis="Act", grounds=world.grounds(), door="test")
    assert world.client("IS").get("/series/").status_code == 403
    assert world.client("IA").get("/people/").status_code == 200


def test_it_takes_part_once_every_required_step_is_ticked_and_not_before(joining, world):
    from clew.access.onboarding import StepsMissing, activate, withdraw_tick

    coordinator = fresh(world, "CO")
    with pytest.raises(StepsMissing, match="data-protection officer"):
        activate(coordinator, joining.id)
    tick_all(world, joining)
    withdraw_tick(fresh(world, "IA"), joining.id, "retention")
    with pytest.raises(StepsMissing, match="Retention is recorded"):
        activate(coordinator, joining.id)
    tick_all(world, joining)
    activate(coordinator, joining.id)
    assert reread(joining).state == "active"
    assert world.client("IS").get("/series/").status_code == 200


def test_each_step_is_ticked_by_whose_word_it_is(joining, world):
    from clew.access.models import OnboardingTick
    from clew.access.onboarding import StepNotYours, activate, tick
    from clew.access.standing import AccessEnded
    from clew.kernel.errors import InputRefused, NotFound, NotPermitted

    with pytest.raises(StepNotYours, match="the coordinator"):
        tick(fresh(world, "IA"), joining.id, "policy", "we signed it ourselves")
    with pytest.raises(StepNotYours, match="national administrator"):
        tick(fresh(world, "CO"), joining.id, "retention", "ten years")
    with pytest.raises(InputRefused):
        tick(fresh(world, "IA"), joining.id, "retention", "  ")
    for organisation_id, step in (
        (uuid.uuid4(), "retention"),
        (world.organisations["NO"].id, "retention"),
        (joining.id, "cake"),
    ):
        with pytest.raises(NotFound):
            tick(fresh(world, "IA"), organisation_id, step, "ten years")
    for key in ("IA", "IS", "NO"):
        with pytest.raises((NotPermitted, AccessEnded)):
            activate(fresh(world, key), joining.id)
    assert not OnboardingTick.objects.using("service").exists()


def test_the_pages_show_the_coordinator_all_and_an_administrator_their_own(joining, world):
    pages = {key: world.client(key) for key in ("CO", "IA")}
    listed = pages["CO"].get("/organisations/").content.decode()
    assert "Bureau NO" in listed
    assert "Officer NO" not in listed
    assert pages["IA"].get("/organisations/").status_code == 403
    own = pages["IA"].get("/onboarding/", follow=True)
    assert (own.status_code, "Being onboarded" in own.content.decode()) == (200, True)
    for foreign in (world.organisations["NO"].id, uuid.uuid4()):
        assert pages["IA"].get(f"/organisations/{foreign}/").status_code == 404
    address = f"/organisations/{joining.id}/"
    assert (
        pages["IA"].post(f"{address}step/", {"step": "retention", "evidence": "Act 4", "answer": "tick"}).status_code
        == 302
    )
    assert "Act 4" in pages["CO"].get(address).content.decode()
    # Letting somebody in asks who it is again, putting them out does not.
    assert "reauthenticate" in pages["CO"].post(f"{address}state/", {"answer": "activate"})["Location"]
    assert world.confirmed("CO").post(f"{address}state/", {"answer": "activate"}).status_code == 409
    assert pages["CO"].post(f"{address}state/", {"answer": "suspend", "reason": ""}).status_code == 422
    assert pages["IA"].post(f"{address}state/", {"answer": "suspend", "reason": "x"}).status_code == 403


def test_a_suspended_organisation_is_out_at_once_and_the_coordinator_cannot_suspend_their_own(joining, world):
    from django.contrib.sessions.models import Session

    from clew.access.keys import create_key, officer_of_key
    from clew.access.onboarding import OwnOrganisation, suspend

    browser, secret = world.client("NO"), create_key(world.officer("NO"), "x")
    assert browser.get("/series/").status_code == 200
    before = Session.objects.using("service").count()
    suspend(fresh(world, "CO"), world.organisations["NO"].id, "keys were lost")
    assert Session.objects.using("service").count() == before - 1
    assert browser.get("/series/")["Location"].startswith("/accounts/login/")
    assert officer_of_key(secret) is None
    # Also who signs in anew is shown out, and their session deleted.
    again = world.client("NO")
    assert again.get("/series/")["Location"].startswith("/accounts/login/")
    assert Session.objects.using("service").count() == before - 1
    assert fresh(world, "NO").permissions == frozenset()
    with pytest.raises(OwnOrganisation):
        suspend(fresh(world, "CO"), world.organisations["CO"].id, "to see what happens")


def test_the_coordinator_founds_an_organisation_and_enlists_its_first_administrator_and_no_second(joining, world):
    from clew.access.enlistment import AdministratorThere, Newcomer, RoleNotYours, enlist_first_administrator
    from clew.access.models import Officer, Organisation

    unit = {"unit-name": "Desk", "unit-contact_email": "d@fi.example", "unit-contact_phone": "+358"}
    form = {"key": "fi", "name": "Bureau FI", "kind": "bureau", "country": "fi", **unit}
    answer = world.client("CO").post("/organisations/new/", form)
    assert answer.status_code == 302, answer.content
    made = Organisation.objects.using("service").get(key="fi")
    assert (made.state, made.country) == ("onboarding", "FI")
    first = Newcomer("aino", "Aino", "aino@fi.example", ["national_administrator"])
    with pytest.raises(RoleNotYours):
        enlist_first_administrator(fresh(world, "CO"), made.id, Newcomer("x", "X", "x@fi.example", ["specialist"]))
    enlist_first_administrator(fresh(world, "CO"), made.id, first)
    assert Officer.objects.using("service").get(username="aino").unit.organisation_id == made.id
    with pytest.raises(AdministratorThere):
        enlist_first_administrator(fresh(world, "CO"), made.id, Newcomer("y", "Y", "y@fi.example", first.roles))
    assert world.client("CO").get(f"/organisations/{made.id}/administrator/").status_code == 200
