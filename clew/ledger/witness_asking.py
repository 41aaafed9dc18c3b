"""Asking witnesses: other installations that are sent each new checkpoint and answer with their cosignature. One that is away stops nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from django.db import transaction

from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.ledger.checkpoints import require_cosigned
from clew.ledger.errors import LedgerKeyBroken
from clew.ledger.models import Cosignature, StoredCheckpoint, WitnessState
from clew.ledger.notes import Note, SignatureKind, VerifierKey, parse_lines, parse_note
from clew.ledger.proofs import prove_consistency
from clew.ledger.signing import newest_checkpoint
from clew.ledger.stored_tree import StoredTree
from clew.ledger.witness import Request

log = logging.getLogger("clew.ledger")

#: A witness that takes longer is asked again in the next round.
SECONDS_MAX = 10
_CONFLICT, _FALSE_PROOF = 409, 422
_ANSWER_CHARACTERS_MAX = 16 * 1024
_PROBLEM_CHARACTERS_MAX = 300


@dataclass(frozen=True, slots=True)
class Witness:
    """Another installation: its public key, and the address to which `/add-checkpoint` is added."""

    key: VerifierKey
    url: str


def witnesses_of(setting: str) -> list[Witness]:
    """From `KEY URL, KEY URL`. Raises LedgerKeyBroken."""
    found = []
    for one in filter(None, (part.strip() for part in setting.split(","))):
        text, _, url = one.partition(" ")
        key = VerifierKey.parse(text)
        if key.kind is not SignatureKind.COSIGNATURE or not url.strip().startswith(("https://", "http://")):
            raise LedgerKeyBroken(name=key.name)
        found.append(Witness(key, url.strip().rstrip("/")))
    return found


def origins_of(setting: str) -> list[VerifierKey]:
    """The keys of the ledgers to witness, from `KEY, KEY`. Raises LedgerKeyBroken."""
    keys = [VerifierKey.parse(part) for part in setting.split(",") if part.strip()]
    for key in keys:
        if key.kind is not SignatureKind.NOTE:
            raise LedgerKeyBroken(name=key.name)
    return keys


class WitnessAnswer(ClewError):
    """The witness {name} answered: {words}."""


class WitnessDisagrees(WitnessAnswer):
    """The witness {name} does not recognise this ledger's past: {words}. Either this database is an older copy, or its past was rewritten. Keep everything and run `clew ledger verify`."""


def ask_all(witnesses: Sequence[Witness]) -> int:
    """Have each witness cosign the newest checkpoint, as far as it has not; how many did now. Never raises for a witness's sake."""
    stored = newest_checkpoint()
    if stored is None:
        return 0
    done = 0
    with httpx.Client(timeout=SECONDS_MAX, trust_env=False) as client:
        for witness in witnesses:
            if Cosignature.objects.using("service").filter(checkpoint_number=stored.number, witness=witness.key.name):
                continue
            done += _asked(client, witness, stored)
    return done


def _asked(client: httpx.Client, witness: Witness, stored: StoredCheckpoint) -> bool:
    state = WitnessState.objects.using("service").filter(name=witness.key.name).first()
    state = state or WitnessState(name=witness.key.name, asked_at=now())
    was_grave, state.asked_at = state.is_grave, now()
    try:
        line = _cosignature(client, witness, stored, state)
    except (ClewError, httpx.HTTPError, ValueError) as failed:
        state.problem = (failed.message if isinstance(failed, ClewError) else type(failed).__name__)[
            :_PROBLEM_CHARACTERS_MAX
        ]
        state.is_grave = isinstance(failed, WitnessDisagrees)
        if state.is_grave and not was_grave:
            log.error("%s", state.problem)  # noqa: TRY400 - the words are whole
    else:
        state.problem, state.is_grave, state.cosigned_at, state.size = "", False, now(), stored.size
    with transaction.atomic(using="service"):
        state.save(using="service")
        if state.is_grave and not was_grave:
            facts = {"witness": state.name, "size": stored.size, "seen": state.size}
            record("ledger:witness:disagree", actor=None, using="service", facts=facts)
        if not state.problem:
            kept = Cosignature(
                checkpoint_number=stored.number, witness=witness.key.name, key=str(witness.key), line=line, at=now()
            )
            Cosignature.objects.using("service").bulk_create([kept], ignore_conflicts=True)
    return not state.problem


def _cosignature(client: httpx.Client, witness: Witness, stored: StoredCheckpoint, state: WitnessState) -> str:
    """The witness's line; where it saw another size than we think, it is asked once more from there."""
    answer = _send(client, witness, stored, min(state.size, stored.size))
    if answer.status_code == _CONFLICT and (text := answer.text.strip()).isdecimal():
        state.size = int(text)
        if state.size > stored.size:
            words = f"it has seen {state.size} entries, and here are {stored.size}"
            raise WitnessDisagrees(name=witness.key.name, words=words)
        answer = _send(client, witness, stored, state.size)
    if answer.status_code in {_CONFLICT, _FALSE_PROOF}:
        raise WitnessDisagrees(name=witness.key.name, words=_words(answer))
    if not answer.is_success:
        raise WitnessAnswer(name=witness.key.name, words=_words(answer))
    note = parse_note(stored.note)
    for signature in parse_lines(answer.text[:_ANSWER_CHARACTERS_MAX]):
        if signature.is_of(witness.key):
            require_cosigned(Note(note.text, (signature,)), witness.key)
            return signature.line
    raise WitnessAnswer(name=witness.key.name, words="without a signature of its key")


def _send(client: httpx.Client, witness: Witness, stored: StoredCheckpoint, old: int) -> httpx.Response:
    proof = prove_consistency(StoredTree().read, old, stored.size)
    request = Request(old, proof, parse_note(stored.note))
    return client.post(f"{witness.url}/add-checkpoint", content=str(request).encode())


def _words(answer: httpx.Response) -> str:
    """What it says, if it says it as a Clew does; else the bare status."""
    try:
        return str(json.loads(answer.text)["message"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"
