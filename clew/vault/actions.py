"""Verbs of the vault that change keys: rotate an organisation's, destroy what is left of a rotation, destroy content, destroy all keys of an organisation."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from clew.access.approvals import ask, use
from clew.access.grave_acts import GraveAct
from clew.access.models import Approval, Officer
from clew.kernel.errors import NotFound
from clew.ledger.actions import Actor, record
from clew.vault.addresses import BlobAddress
from clew.vault.destruction import destroy_object, destroy_organisation_keys, require_destroyable
from clew.vault.opened import envelopes, vault
from clew.vault.rotation import Rotated, end_former_keys, rotate


def rotate_keys(
    organisation_id: uuid.UUID, *, actor: Actor | None = None, said: Callable[[int], None] = lambda _count: None
) -> Rotated:
    """Bring an organisation's wraps under a fresh key while everybody goes on; on record with its counts."""
    done = rotate(envelopes(), organisation_id, said=said)
    facts = {"rewrapped": done.rewrapped, "damaged": done.damaged, "resumed": done.is_resumed}
    _record("vault:key:rotate", actor, "organisation", organisation_id, facts)
    return done


def destroy_former_keys(organisation_id: uuid.UUID, *, actor: Actor | None = None) -> int:
    """Destroy the keys that a rotation has left; how many. Backups made before it open no more."""
    count = end_former_keys(envelopes(), organisation_id)
    _record("vault:key:destroy_former", actor, "organisation", organisation_id, {"keys": count})
    return count


def destroy_content(
    address: BlobAddress,
    *,
    media_id: uuid.UUID,
    organisation_id: uuid.UUID | None,
    derived: Sequence[BlobAddress] = (),
    actor: Actor | None = None,
) -> bool:
    """Destroy what an organisation (None: everybody) holds of a content, as a purge asks for; whether it is gone for all. On record first."""
    facts = {"for": str(organisation_id) if organisation_id else "all"}
    _record("vault:content:destroy", actor, "media", media_id, facts)
    return destroy_object(vault(), address, organisation_id=organisation_id, derived=derived)


def ask_to_destroy_keys(officer: Officer, organisation_id: uuid.UUID, reason: str) -> Approval:
    """Ask that every key of the officer's own organisation be destroyed; another person of it decides."""
    _require_own(officer, organisation_id)
    about: dict[str, Any] = {"subject_kind": "organisation", "subject_id": organisation_id}
    return ask(officer, GraveAct.KEY_DESTROY, reason=reason, **about)


def destroy_all_keys(officer: Officer, organisation_id: uuid.UUID) -> int:
    """Destroy every key of the officer's own organisation, and with them what nobody else has brought; how many keys.

    A grave act: another person must have granted exactly this. Used up and on record before the first key goes.
    """
    _require_own(officer, organisation_id)
    require_destroyable(envelopes(), organisation_id)
    about: dict[str, Any] = {"subject_kind": "organisation", "subject_id": organisation_id}
    with transaction.atomic(using="service"):
        approval = use(officer, GraveAct.KEY_DESTROY, **about)
        facts = {"approval": str(approval.id)}
        record("vault:key:destroy", actor=officer, using="service", facts=facts, **about)
    count = destroy_organisation_keys(vault(), organisation_id)
    _record("vault:key:destroyed", officer, "organisation", organisation_id, {"keys": count})
    return count


def _require_own(officer: Officer, organisation_id: uuid.UUID) -> None:
    # Two people of one organisation decide about it, and about no other.
    if officer.organisation_id != organisation_id:
        raise NotFound


def _record(verb: str, actor: Actor | None, kind: str, subject_id: uuid.UUID, facts: Mapping[str, object]) -> None:
    with transaction.atomic(using="service"):
        record(verb, actor=actor, using="service", subject_kind=kind, subject_id=subject_id, facts=dict(facts))
