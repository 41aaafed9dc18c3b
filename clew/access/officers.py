"""Verbs on officers by the national administrator of their organisation: roles, clearance, certification, second factor, end and return."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Max

from clew.access.actions import refuse_unknown_roles
from clew.access.endings import end_access, end_sessions, give_access_back
from clew.access.enlistment import ClearanceAboveYours, RoleNotYours, renew_secret
from clew.access.grants import is_within_clearance, refused_roles
from clew.access.models import Certification, Officer
from clew.access.permissions import Permission
from clew.access.standing import end_others, require_standing
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import CERTIFICATION_DAYS_MAX
from clew.ledger.actions import record


class NotOneself(ClewError):
    """Nobody changes the rights of their own accounts. Nothing was changed. Ask another administrator, or the coordinator."""

    status = 403


@contextmanager
def _of_own(administrator: Officer, officer_id: uuid.UUID) -> Iterator[tuple[Officer, Officer]]:
    """The service's transaction, the administrator as of now, and an officer of their organisation, locked; foreign and absent are the same."""
    with transaction.atomic(using="service"):
        actor = require_standing(administrator, Permission.OFFICER_CHANGE)
        officer = (
            Officer.objects.using("service")
            # Who is about to commit refers to this row: its key stays free, or the two would wait for one another.
            .select_for_update(of=("self",), no_key=True)
            .select_related("unit__organisation")
            .filter(id=officer_id, unit__organisation=actor.organisation_id)
            .first()
        )
        if officer is None:
            raise NotFound
        if officer.person_id == actor.person_id:
            raise NotOneself
        # An officer with a role that is not the administrator's to give is not theirs to change either.
        refused = refused_roles(actor.roles, actor.organisation.kind, before=officer.roles, after=())
        if refused:
            raise RoleNotYours(roles=", ".join(refused))
        yield actor, officer


def change_roles(administrator: Officer, officer_id: uuid.UUID, roles: Sequence[str]) -> None:
    """Give an officer these roles and no others; in force with their next call."""
    with _of_own(administrator, officer_id) as (actor, officer):
        refuse_unknown_roles(roles)
        refused = refused_roles(actor.roles, actor.organisation.kind, before=officer.roles, after=roles)
        if refused:
            raise RoleNotYours(roles=", ".join(refused))
        set_roles(officer, roles, actor=actor)


def set_roles(officer: Officer, roles: Sequence[str], *, actor: Officer | None) -> None:
    """Write the roles, inside the service's transaction; what the officer has under way is judged by them."""
    end_others([officer.id])
    Officer.objects.using("service").filter(id=officer.id).update(roles=sorted(set(roles)))
    facts = {"before": sorted(officer.roles), "after": sorted(set(roles))}
    _record("access:officer:change_roles", actor, officer, **facts)


def set_clearance(administrator: Officer, officer_id: uuid.UUID, clearance: str) -> None:
    """Clear an officer up to this confidentiality: never further than oneself, and nobody who is cleared further than oneself."""
    with _of_own(administrator, officer_id) as (actor, officer):
        if not (
            is_within_clearance(clearance, actor.clearance) and is_within_clearance(officer.clearance, actor.clearance)
        ):
            raise ClearanceAboveYours
        end_others([officer.id])
        Officer.objects.using("service").filter(id=officer.id).update(clearance=clearance)
        _record("access:officer:set_clearance", actor, officer, before=officer.clearance, after=clearance)


def certify(
    administrator: Officer, officer_id: uuid.UUID, *, what: str, certified_on: dt.date, expires_on: dt.date
) -> None:
    """Record in what an officer was examined, on which day, and until when that counts."""
    with _of_own(administrator, officer_id) as (actor, officer):
        add_certification(officer, what=what, certified_on=certified_on, expires_on=expires_on, actor=actor)


def add_certification(
    officer: Officer, *, what: str, certified_on: dt.date, expires_on: dt.date, actor: Officer | None
) -> None:
    """Write a certification, inside the service's transaction."""
    today = now().date()
    latest = certified_on + dt.timedelta(days=CERTIFICATION_DAYS_MAX)
    if not what.strip() or certified_on > today or not today <= expires_on <= latest:
        raise InputRefused(
            reason=f"A certification says what was examined, on a day that is not to come, and ends after today and at most {CERTIFICATION_DAYS_MAX} days "
            "after the examination. Nothing was changed. Correct it and try again."
        )
    certification = Certification(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        officer=officer,
        what=what.strip()[:200],
        certified_by=actor,
        certified_on=certified_on,
        expires_on=expires_on,
    )
    Certification.objects.using("service").bulk_create([certification])
    _note_certified_until(officer)
    _record("access:officer:certify", actor, officer, what=certification.what, until=expires_on.isoformat())


def revoke_certifications(administrator: Officer, officer_id: uuid.UUID, reason: str) -> None:
    """Void every certification of an officer; what it opened is shut with their next call."""
    with _of_own(administrator, officer_id) as (actor, officer):
        end_others([officer.id])
        held = Certification.objects.using("service").filter(officer=officer, revoked_at=None)
        held.update(revoked_at=now())
        _note_certified_until(officer)
        _record("access:officer:revoke_certification", actor, officer, reason=reason.strip()[:300])


def _note_certified_until(officer: Officer) -> None:
    held = Certification.objects.using("service").filter(officer=officer, revoked_at=None)
    until = held.aggregate(last=Max("expires_on"))["last"]
    Officer.objects.using("service").filter(id=officer.id).update(certified_until=until)


def reset_second_factor(administrator: Officer, officer_id: uuid.UUID) -> None:
    """Take an officer's second factors away: with their next sign-in they set up new ones. For a lost or stolen device."""
    with _of_own(administrator, officer_id) as (actor, officer):
        Authenticator.objects.using("service").filter(user_id=officer.id).delete()
        end_sessions([officer.id])
        _record("access:factor:reset", actor, officer)


def renew_enrolment(administrator: Officer, officer_id: uuid.UUID) -> str:
    """Void an officer's password and give out a new secret, for whoever forgot theirs or came too late."""
    with _of_own(administrator, officer_id) as (actor, officer):
        return renew_secret(officer, actor=actor)


def disable(administrator: Officer, officer_id: uuid.UUID, reason: str) -> None:
    """End an officer's access, everywhere and at once."""
    with _of_own(administrator, officer_id) as (actor, officer):
        end_access(officer, actor=actor, reason=reason.strip()[:300])


def enable(administrator: Officer, officer_id: uuid.UUID) -> None:
    """Let a disabled officer in again."""
    with _of_own(administrator, officer_id) as (actor, officer):
        give_access_back(officer, actor=actor)


def _record(verb: str, actor: Officer | None, officer: Officer, **facts: object) -> None:
    record(verb, actor=actor, using="service", subject_kind="officer", subject_id=officer.id, facts=facts)
