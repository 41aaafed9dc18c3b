"""Enlisting: the organisations, units and officers of the demo world, founded once, and how to sign in as them."""

from __future__ import annotations

from dataclasses import dataclass

from clew.access.actions import enlist_officer, found_organisation, set_up_unit
from clew.access.models import Officer, Organisation, Unit
from clew.access.second_factor import set_up_one_time_code
from clew.demo.organisations import ORGANISATIONS, DemoOfficer, DemoOrganisation


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody to sign in as."""

    username: str
    name: str
    organisation: str
    roles: tuple[str, ...]


def sign_ins() -> list[SignIn]:
    """Every officer of the demo world."""
    return [
        SignIn(officer.username, officer.name, found.name, officer.roles)
        for found in ORGANISATIONS
        for officer in found.officers
    ]


def enlist_everyone(*, password: str, code_secret: str) -> dict[str, Officer]:
    """Found whatever is not there yet; gives the first officer of each organisation by its key."""
    first = {}
    for demo in ORGANISATIONS:
        unit = _unit(demo, _organisation(demo))
        officers = [_officer(unit, officer, password, code_secret) for officer in demo.officers]
        first[demo.key] = officers[0]
    return first


def _organisation(demo: DemoOrganisation) -> Organisation:
    found = Organisation.objects.using("service").filter(key=demo.key).first()
    return found or found_organisation(key=demo.key, name=demo.name, kind=demo.kind, country=demo.country)


def _unit(demo: DemoOrganisation, organisation: Organisation) -> Unit:
    found = Unit.objects.using("service").filter(organisation=organisation, name=demo.unit).first()
    return found or set_up_unit(
        organisation,
        name=demo.unit,
        contact_email=demo.email,
        contact_phone=demo.phone,
        purpose_default="victim-identification",
        legal_basis_default="Demonstration Act, section 1",
    )


def _officer(unit: Unit, demo: DemoOfficer, password: str, code_secret: str) -> Officer:
    found = Officer.objects.using("service").filter(username=demo.username).first()
    if found is None:
        found = enlist_officer(unit, username=demo.username, name=demo.name, roles=demo.roles, password=password)
    # The last step: an officer who has a code is complete.
    set_up_one_time_code(found, code_secret)
    return Officer.objects.using("service").select_related("unit__organisation").get(id=found.id)
