"""This installation as a witness of others: what it has seen of each ledger, kept for good, and its cosignature of what continues that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import connections, transaction

from clew.kernel.clock import now
from clew.ledger.actions import record
from clew.ledger.checkpoints import Checkpoint, cosign
from clew.ledger.durability import writing
from clew.ledger.errors import Forked, NoteBroken, OriginUnknown, RolledBack
from clew.ledger.keyring import signing_keys
from clew.ledger.models import SeenCheckpoint
from clew.ledger.notes import VerifierKey, require_signed
from clew.ledger.witness import Request, require_continuation


def add_checkpoint(request: Request, known: Iterable[VerifierKey]) -> str:
    """The witness's signature line, once what it saw is kept. Refusals of a rewritten past are put on record.

    Raises OriginUnknown, NoteBroken and SignatureFalse (403), and what `require_continuation` raises.
    """
    origin = request.checkpoint.origin
    key = next((key for key in known if key.name == origin), None)
    if key is None:
        raise OriginUnknown(origin=origin)
    try:
        require_signed(request.note, key)
    except NoteBroken:
        raise UnsignedByOrigin(origin=origin) from None
    try:
        return _keep(request, origin)
    except (RolledBack, Forked) as refusal:
        with transaction.atomic(using="service"):
            facts = {"origin": origin, "size": request.checkpoint.size, "seen": refusal.facts["seen"]}
            record("ledger:checkpoint:witness", actor=None, using="service", outcome=refusal.code, facts=facts)
        raise


class UnsignedByOrigin(NoteBroken):
    """The checkpoint is not signed by the key that this witness knows of {origin}. Nothing was signed."""

    status = 403


def _keep(request: Request, origin: str) -> str:
    witness, at = signing_keys().witness, now()
    with transaction.atomic(using="service"), connections["service"].cursor() as cursor:
        # What was seen last and what is seen now must not be changed by another call in between.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_of(origin)])
        new = require_continuation(seen_of(origin), request)
        with writing(connections["service"]):
            kept = SeenCheckpoint(origin=origin, size=new.size, root=new.root, note=str(request.note), at=at)
            SeenCheckpoint.objects.using("service").bulk_create([kept], ignore_conflicts=True)
    return cosign(request.note, witness, at)


def seen_of(origin: str) -> Checkpoint | None:
    """The largest checkpoint that was seen of a ledger."""
    found = SeenCheckpoint.objects.using("service").filter(origin=origin).order_by("-size").first()
    return Checkpoint(origin, found.size, bytes(found.root)) if found else None


def _lock_of(origin: str) -> int:
    return int.from_bytes(hashlib.sha256(b"clew witness " + origin.encode()).digest()[:8], "big", signed=True)
