"""Verbs of the ledger: put an action on record, announce an event. Both write inside the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any, Protocol

from django.db import transaction

from clew.kernel.clock import now
from clew.kernel.events import Event
from clew.ledger.circumstances import circumstances
from clew.ledger.durability import writing
from clew.ledger.keyring import keyed_hash, mark_of
from clew.ledger.models import Announcement, Entry
from clew.ledger.rules import (
    FORMAT,
    Stated,
    canonical_form,
    leaf_hash,
    plain,
    settled,
    text_of_id,
    text_of_json,
    text_of_moment,
)

PURPOSE_CHARACTERS_MAX = 200
LEGAL_BASIS_CHARACTERS_MAX = 300

#: How many entries this call has written: a door whose action wrote none writes one itself.
_written: ContextVar[int] = ContextVar("entries written", default=0)
Sensitive = Mapping[str, str | bytes | Sequence[str | bytes]]


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
    sensitive: Sensitive | None = None,
) -> None:
    """Put one action on record, in the transaction that is open on the connection `using`, with the circumstances that hold.

    `facts` must be JSON and must hold no hash, file name or picture; such values go into `sensitive`, by what they are
    (`sensitive={"path": …, "sha256": […]}`), of which a mark by key alone is kept (`keyring.mark_of`). Raises LedgerUnwritable. Without an open
    transaction this is a programming error: an entry that could be committed apart from its action would prove nothing.
    """
    connection = transaction.get_connection(using)
    if not connection.in_atomic_block:
        message = "the ledger is written inside the action's transaction"
        raise transaction.TransactionManagementError(message)
    around = circumstances()
    entry = Entry(
        at=now(),
        format=FORMAT,
        verb=verb,
        outcome=outcome,
        officer_id=actor.pk if actor else None,
        organisation_id=actor.organisation_id if actor else None,
        subject_kind=subject_kind,
        subject_id=subject_id,
        facts=settled({**(facts or {}), **_key_of(actor)}),
        door=around.door,
        session_hash=keyed_hash("session", around.session) if around.session else None,
        address_hash=keyed_hash("address", around.address) if around.address else None,
        purpose=plain(around.purpose, PURPOSE_CHARACTERS_MAX),
        legal_basis=plain(around.legal_basis, LEGAL_BASIS_CHARACTERS_MAX),
        sensitive={kind: _keyed(kind, value) for kind, value in (sensitive or {}).items()},
    )
    entry.leaf_hash = leaf_hash(canonical_form(stated_by(entry)))
    with writing(connection):
        # bulk_create asks for nothing back; the web role may insert entries but not read those of others.
        Entry.objects.using(using).bulk_create([entry])
    _written.set(_written.get() + 1)


def entries_written() -> int:
    """How many entries this call, or this thread, has written so far."""
    return _written.get()


def stated_by(entry: Entry) -> Stated:
    """What an entry states, as the text of its canonical form."""
    return Stated(
        format=entry.format,
        at=text_of_moment(entry.at),
        verb=entry.verb,
        outcome=entry.outcome,
        officer=text_of_id(entry.officer_id),
        organisation=text_of_id(entry.organisation_id),
        subject_kind=entry.subject_kind,
        subject_id=text_of_id(entry.subject_id),
        facts=text_of_json(entry.facts),
        session=_hex(entry.session_hash),
        address=_hex(entry.address_hash),
        door=entry.door,
        purpose=entry.purpose,
        legal_basis=entry.legal_basis,
        sensitive=text_of_json(entry.sensitive),
    )


def _hex(hash_: bytes | memoryview | None) -> str | None:
    return bytes(hash_).hex() if hash_ is not None else None


def _keyed(kind: str, value: str | bytes | Sequence[str | bytes]) -> str | list[str]:
    if isinstance(value, str | bytes):
        return mark_of(kind, value)
    return [mark_of(kind, one) for one in value]


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
