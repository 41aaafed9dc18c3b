"""Showing this ledger to a witness that is a folder: its newest checkpoint, with the proof from what the folder saw last."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from clew.kernel.clock import now
from clew.ledger.actions import record
from clew.ledger.errors import Forked, LedgerDamaged, RolledBack
from clew.ledger.keyring import signing_keys
from clew.ledger.models import Cosignature
from clew.ledger.notes import parse_note
from clew.ledger.proofs import prove_consistency
from clew.ledger.signing import newest_checkpoint, sign_if_grown
from clew.ledger.stored_tree import StoredTree, grow
from clew.ledger.witness import Request
from clew.ledger.witness_folder import WitnessFolder


def witness_newest(path: Path) -> tuple[str, int]:
    """Have the folder cosign everything up to now; its signature line, kept with the checkpoint, and the size.

    Raises RolledBack and Forked, which are put on record, and WitnessFolderBroken.
    """
    grow()
    sign_if_grown(at_once=True)
    stored, folder = newest_checkpoint(), WitnessFolder(path)
    if stored is None:
        raise LedgerDamaged(why="it has no checkpoint, and so nothing to witness")
    key = signing_keys().signer.verifier
    seen = folder.seen(key)
    old = min(seen.size, stored.size) if seen else 0
    request = Request(old, prove_consistency(StoredTree().read, old, stored.size), parse_note(stored.note))
    try:
        line = folder.add(request, key, now())
    except (RolledBack, Forked) as refusal:
        with transaction.atomic(using="service"):
            facts = {"size": stored.size, "seen": refusal.facts["seen"]}
            record("ledger:witness:disagree", actor=None, using="service", outcome=refusal.code, facts=facts)
        raise
    with transaction.atomic(using="service"):
        witness = folder.signer.verifier
        kept = Cosignature(checkpoint_number=stored.number, witness=witness.name, key=str(witness), line=line, at=now())
        Cosignature.objects.using("service").bulk_create([kept], ignore_conflicts=True)
    return line, stored.size
