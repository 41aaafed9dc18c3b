"""The door to the store of data subjects' requests: a transaction in a database role of its own, for a data protection officer and nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, transaction

from clew.access.approvals import present
from clew.access.models import Officer
from clew.access.permissions import Permission, Role
from clew.access.policies import REQUESTS_ROLE
from clew.access.scope import require
from clew.kernel.errors import ClewError
from clew.kernel.events import Event
from clew.ledger.actions import announce_all, record

#: What an entry is about, and nothing more: that the data protection officer was at work.
COMPLIANCE = "compliance"
_ENTER = f"SELECT set_config('role', '{REQUESTS_ROLE}', true), set_config('clew.requests_of', %s, true)"
_LEAVE = "SELECT set_config('role', 'none', true), set_config('clew.requests_of', '', true)"


class RoleNotSeparate(ClewError):
    """Requests of data subjects are for an officer who holds no other role. Nothing was read or changed. Ask your administrator for an account of its own."""

    status = 403


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An officer whose entry belongs to no organisation: nobody on the police side reads it."""

    pk: uuid.UUID
    organisation_id: Any = None


@dataclass(slots=True)
class Desk:
    """The store, opened: for whom, which request is being worked on, and what is to be announced once it is closed."""

    officer: Officer
    about: uuid.UUID | None = None
    events: list[Event] = field(default_factory=list)


@contextmanager
def opened_store(officer: Officer, permission: Permission, verb: str) -> Iterator[Desk]:
    """Open the store for the requests of the officer's organisation, on the service's connection; what was done is put on record with it.

    Inside, the transaction has the rights of the store's role and no others: whatever else is asked for fails.
    """
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, permission)
        if set(actor.roles) != {Role.DATA_PROTECTION_OFFICER.value}:
            raise RoleNotSeparate
        desk = Desk(actor)
        with connections["service"].cursor() as cursor:
            cursor.execute(_ENTER, [str(actor.organisation_id)])
            yield desk
            cursor.execute(_LEAVE)
        announce_all(desk.events, using="service")
        record(
            f"access:compliance:{verb}",
            actor=Unnamed(actor.pk),
            using="service",
            subject_kind=COMPLIANCE,
            subject_id=desk.about,
        )


def note_refusal(officer: Officer, refusal: ClewError) -> None:
    """Put on record that something was refused at the store, for nobody on the police side to read."""
    with transaction.atomic(using="service"):
        record(
            "access:compliance:refuse",
            actor=Unnamed(officer.pk),
            using="service",
            subject_kind=COMPLIANCE,
            outcome=refusal.code,
        )
