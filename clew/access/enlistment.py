"""Enlistment by those in charge: an account in one's own organisation, opened by a secret that is told once and lives three days."""

from __future__ import annotations

import datetime as dt
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections, transaction
from django.db.models.functions import Lower

from clew.access.actions import refuse_unknown_roles
from clew.access.endings import end_sessions
from clew.access.grants import is_within_clearance, refused_roles
from clew.access.models import Confidentiality, Officer, Organisation, Unit
from clew.access.permissions import Permission, Role
from clew.access.standing import end_others, require_standing
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import ENROLMENT_HOURS_MAX
from clew.ledger.actions import record

_ENLISTING = int.from_bytes(b"clewenli", "big")


class RoleNotYours(ClewError):
    """You may not grant or take away {roles}. Nothing was changed. Ask whoever runs this installation."""

    status = 403


class ClearanceAboveYours(ClewError):
    """That clearance is above your own, or there is none of that name. Nothing was changed. Choose one up to yours."""

    status = 403


class UsernameTaken(ClewError):
    """There is already an account of that name. No account was made. Choose another name."""

    status = 409


class AdministratorThere(ClewError):
    """This organisation has a national administrator, who enlists its officers. No account was made. Ask them."""

    status = 409


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is to be enlisted: `second_account_of` names an account of the same person, where there is one."""

    username: str
    name: str
    email: str
    roles: Sequence[str]
    clearance: str = Confidentiality.RESTRICTED
    second_account_of: str = ""


@dataclass(frozen=True, slots=True)
class Enlisted:
    """An account and the secret that opens it, which is told this once."""

    officer: Officer
    secret: str


def enlist(administrator: Officer, unit_id: uuid.UUID, newcomer: Newcomer) -> Enlisted:
    """Enlist an officer into a unit of one's own organisation."""
    with transaction.atomic(using="service"):
        actor = require_standing(administrator, Permission.OFFICER_ENLIST)
        unit = Unit.objects.using("service").select_related("organisation").filter(id=unit_id).first()
        if unit is None or unit.organisation_id != actor.organisation_id:
            raise NotFound
        if not is_within_clearance(newcomer.clearance, actor.clearance):
            raise ClearanceAboveYours
        return _enlist(actor, unit, newcomer)


def enlist_first_administrator(coordinator: Officer, organisation_id: uuid.UUID, newcomer: Newcomer) -> Enlisted:
    """Enlist the national administrator of an organisation that has none, into its first unit; everybody else is enlisted by them."""
    with transaction.atomic(using="service"):
        actor = require_standing(coordinator, Permission.ORGANISATION_OVERSEE)
        organisation = Organisation.objects.using("service").select_for_update().filter(id=organisation_id).first()
        if organisation is None:
            raise NotFound
        unit = (
            Unit.objects.using("service")
            .select_related("organisation")
            .filter(organisation=organisation)
            .order_by("id")
            .first()
        )
        if unit is None:
            raise InputRefused(reason="This organisation has no unit yet. No account was made. Set up a unit first.")
        role = Role.NATIONAL_ADMINISTRATOR.value
        if (
            Officer.objects.using("service")
            .filter(unit__organisation=organisation, is_active=True, roles__contains=[role])
            .exists()
        ):
            raise AdministratorThere
        return _enlist(actor, unit, newcomer)


def renew_secret(officer: Officer, *, actor: Officer | None) -> str:
    """Void an officer's password and sessions, and open the account with a new secret; inside the service's transaction."""
    secret = _secret()
    officer.set_password(secret)
    end_others([officer.id])
    Officer.objects.using("service").filter(id=officer.id).update(
        password=officer.password, enrolment_ends_at=_ends_at()
    )
    end_sessions([officer.id])
    record("access:officer:renew", actor=actor, using="service", subject_kind="officer", subject_id=officer.id)
    return secret


def choose_password(officer: Officer, password: str) -> None:
    """Give the officer the password they chose; with it an enrolment is over."""
    officer.set_password(password)
    officer.enrolment_ends_at = None
    with transaction.atomic(using="service"):
        found = Officer.objects.using("service").filter(id=officer.id)
        found.update(password=officer.password, enrolment_ends_at=None)
        record("access:password:choose", actor=officer, using="service", subject_kind="officer", subject_id=officer.id)


def _enlist(actor: Officer, unit: Unit, newcomer: Newcomer) -> Enlisted:
    refuse_unknown_roles(newcomer.roles)
    refused = refused_roles(actor.roles, unit.organisation.kind, before=(), after=newcomer.roles)
    if refused:
        raise RoleNotYours(roles=", ".join(refused))
    username, name, email = newcomer.username.strip(), newcomer.name.strip(), normalised_email(newcomer.email)
    if not username or not name or not email:
        raise InputRefused(
            reason="An account needs a user name, the person's name and their e-mail address. No account was made. Fill them in."
        )
    with connections["service"].cursor() as cursor:
        # Of two accounts of one person made at the same time the later must see the earlier.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ENLISTING])
    if Officer.objects.using("service").annotate(lower=Lower("username")).filter(lower=username.lower()).exists():
        raise UsernameTaken
    secret = _secret()
    officer = Officer(
        id=new_id(),
        username=username,
        name=name,
        email=email,
        unit=unit,
        roles=sorted(set(newcomer.roles)),
        clearance=newcomer.clearance,
        person_id=person_behind(
            email, second_account_of=newcomer.second_account_of, organisation_id=unit.organisation_id
        ),
        enrolment_ends_at=_ends_at(),
    )
    officer.set_password(secret)
    officer.save(using="service", force_insert=True)
    facts = {
        "roles": officer.roles,
        "clearance": officer.clearance,
        "unit": str(unit.id),
        "organisation": str(unit.organisation_id),
    }
    record(
        "access:officer:enlist",
        actor=actor,
        using="service",
        subject_kind="officer",
        subject_id=officer.id,
        facts=facts,
    )
    return Enlisted(officer, secret)


def person_behind(email: str, *, second_account_of: str, organisation_id: uuid.UUID) -> uuid.UUID:
    """The person of a new account: whoever has the account named (of the same organisation) or the same e-mail address, or somebody new.

    People are the same across organisations: two accounts of one person in two countries still are one person.
    """
    everybody = Officer.objects.using("service")
    if second_account_of:
        named = everybody.filter(username=second_account_of.strip(), unit__organisation=organisation_id).first()
        if named is None:
            raise InputRefused(
                reason="There is no account of that name in your organisation. No account was made. Look at the spelling."
            )
        return named.person_id
    same = everybody.filter(email__iexact=email).order_by("created_at").first() if email else None
    return same.person_id if same else new_id()


def normalised_email(text: str) -> str:
    """An address as it is compared: without spaces around it, one form of each letter, small letters."""
    return unicodedata.normalize("NFKC", text.strip()).casefold()


def _secret() -> str:
    # 96 random bits in groups that can be read over a telephone.
    text = secrets.token_hex(12)
    return "-".join(text[start : start + 6] for start in range(0, len(text), 6))


def _ends_at() -> dt.datetime:
    return now() + dt.timedelta(hours=ENROLMENT_HOURS_MAX)
