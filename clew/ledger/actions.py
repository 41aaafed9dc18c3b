"""Verbs of the ledger: put an action on record, announce an event. Both write inside the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Protocol

from django.db import transaction

from clew.kernel.clock import now
from clew.kernel.events import Event
from clew.ledger.models import Announcement, Entry
from clew.ledger.rules import canonical_form, leaf_hash


class Actor(Protocol):
    """Whoever acts: an officer, as far as the ledger needs to know one."""

    @property
    def pk(self) -> Any:
        """The officer's id."""

    @property
    def organisation_id(self) -> uuid.UUID:
        """The id of the officer's organisation."""


def record(
    verb: str,
    *,
    actor: Actor | None,
    using: str,
    subject_kind: str = "",
    subject_id: uuid.UUID | None = None,
    outcome: str = "done",
    facts: dict[str, Any] | None = None,
) -> None:
    """Put one action on record, in the transaction that is open on the connection `using`.

    `facts` must be JSON and must hold no hash, file name or picture. Without an open transaction this is a programming error:
    an entry that could be committed apart from its action would prove nothing.
    """
    if not transaction.get_connection(using).in_atomic_block:
        message = "the ledger is written inside the action's transaction"
        raise transaction.TransactionManagementError(message)
    at = now()
    facts = {**(facts or {}), **_key_of(actor)}
    officer_id = actor.pk if actor else None
    organisation_id = actor.organisation_id if actor else None
    canonical = canonical_form(
        at=at,
        verb=verb,
        outcome=outcome,
        officer_id=officer_id,
        organisation_id=organisation_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        facts=facts,
    )
    # bulk_create asks for nothing back; the web role may insert entries but not read those of others.
    Entry.objects.using(using).bulk_create(
        [
            Entry(
                at=at,
                verb=verb,
                outcome=outcome,
                officer_id=officer_id,
                organisation_id=organisation_id,
                subject_kind=subject_kind,
                subject_id=subject_id,
                facts=facts,
                leaf_hash=leaf_hash(canonical),
            ),
        ]
    )


def _key_of(actor: Actor | None) -> dict[str, str]:
    """The API key by which the actor speaks, where they do."""
    key_id = getattr(actor, "key_id", None)
    return {"key": str(key_id)} if key_id else {}


def announce(event: Event, *, using: str) -> None:
    """Leave an event for the rooms above, in the transaction that is open on the connection `using`."""
    announce_all([event], using=using)


def announce_all(events: Iterable[Event], *, using: str) -> None:
    """The same for many, in their order."""
    Announcement.objects.using(using).bulk_create(
        [
            Announcement(
                event=type(event).__name__,
                body={
                    name: str(value) if isinstance(value, uuid.UUID) else value for name, value in asdict(event).items()
                },
            )
            for event in events
        ]
    )
