"""Signing: checkpoints of the tree, made when it has grown, each proved to continue the one before; and the proofs of single entries."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass

from django.db import connections, transaction

from clew.kernel.clock import now
from clew.ledger.actions import stated_by
from clew.ledger.checkpoints import Checkpoint, checkpoint_of, hash_of
from clew.ledger.durability import writing
from clew.ledger.errors import LedgerDamaged, NoteBroken, NotInTree, SignatureFalse, SignedByAnother
from clew.ledger.keyring import signing_keys
from clew.ledger.models import Cosignature, Entry, Leaf, StoredCheckpoint
from clew.ledger.notes import Note, VerifierKey, parse_line, parse_note, require_signed
from clew.ledger.proofs import prove_consistency, prove_inclusion, root_at
from clew.ledger.rules import canonical_form
from clew.ledger.stored_tree import TREE_LOCK, StoredTree
from clew.ledger.tree import EMPTY_ROOT, leaf_hash, verify_consistency, verify_inclusion

#: A grown tree is signed this long after the last signature; with the keeper's rounds that is once a minute at the latest.
CHECKPOINT_EVERY = dt.timedelta(seconds=30)
_PROOF_HEADING = "c2sp.org/tlog-proof@v1"


def newest_checkpoint() -> StoredCheckpoint | None:
    """The last that was signed."""
    return StoredCheckpoint.objects.using("service").order_by("-number").first()


def sign_if_grown(*, at_once: bool = False) -> StoredCheckpoint | None:
    """A checkpoint, if the tree grew since the last and that is half a minute old (or `at_once`).

    Raises LedgerDamaged rather than sign a tree that does not continue what was signed before, and SignedByAnother.
    """
    signer = signing_keys().signer
    with transaction.atomic(using="service"):
        with connections["service"].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TREE_LOCK])
            if not cursor.fetchone()[0]:
                return None
        last, tree = newest_checkpoint(), StoredTree()
        size = tree.size
        if size == 0 or (last and (size == last.size or (now() - last.at < CHECKPOINT_EVERY and not at_once))):
            return None
        if last is not None:
            _require_same_signer(last, signer.verifier)
        checkpoint = Checkpoint(signer.name, size, root_at(tree.read, size))
        _require_continuation(tree, last, checkpoint)
        made = StoredCheckpoint(
            number=last.number + 1 if last else 1,
            size=size,
            root=checkpoint.root,
            note=str(checkpoint.signed(signer)),
            at=now(),
        )
        with writing(connections["service"]):
            StoredCheckpoint.objects.using("service").bulk_create([made])
    return made


def _require_same_signer(last: StoredCheckpoint, key: VerifierKey) -> None:
    try:
        require_signed(parse_note(last.note), key)
    except NoteBroken:
        raise SignedByAnother from None
    except SignatureFalse:
        raise LedgerDamaged(why=f"the signature of checkpoint {last.number} is false") from None


def _require_continuation(tree: StoredTree, last: StoredCheckpoint | None, new: Checkpoint) -> None:
    size, root = (last.size, bytes(last.root)) if last else (0, EMPTY_ROOT)
    proof = prove_consistency(tree.read, size, new.size)
    if not verify_consistency(size, root, new.size, new.root, proof):
        raise LedgerDamaged(why=f"its {new.size} entries do not continue the {size} signed before")


def note_of(stored: StoredCheckpoint) -> Note:
    """The checkpoint's note with the signatures of all witnesses who have seen it."""
    lines = Cosignature.objects.using("service").filter(checkpoint_number=stored.number).order_by("witness")
    note = parse_note(stored.note)
    return Note(note.text, (*note.signatures, *(parse_line(found.line) for found in lines)))


def prove_entry(sequence: int) -> str:
    """The proof that an entry is in the ledger (C2SP tlog-proof), with the entry itself; signs a checkpoint where none covers it.

    Raises NotInTree, and LedgerDamaged where the entry is no longer what was hashed.
    """
    leaf = Leaf.objects.using("service").filter(entry_sequence=sequence).first()
    entry = Entry.objects.using("service").filter(sequence=sequence).first()
    if leaf is None or entry is None:
        raise NotInTree(sequence=sequence)
    stored = newest_checkpoint()
    if stored is None or stored.size <= leaf.index:
        stored = sign_if_grown(at_once=True) or stored
    if stored is None or stored.size <= leaf.index:
        raise NotInTree(sequence=sequence)
    tree, canonical = StoredTree(), canonical_form(stated_by(entry))
    proof = prove_inclusion(tree.read, leaf.index, stored.size)
    if not verify_inclusion(leaf_hash(canonical), leaf.index, stored.size, proof, bytes(stored.root)):
        raise LedgerDamaged(why=f"entry {sequence} is not what was hashed when it was written")
    hashes = "".join(f"{base64.b64encode(hash_).decode()}\n" for hash_ in proof)
    extra = base64.b64encode(canonical).decode()
    return f"{_PROOF_HEADING}\nextra {extra}\nindex {leaf.index}\n{hashes}\n{note_of(stored)}"


@dataclass(frozen=True, slots=True)
class ProvedEntry:
    """What a proof shows, once it holds."""

    index: int
    canonical: bytes
    checkpoint: Checkpoint
    note: Note


def check_proof(written: str, key: VerifierKey) -> ProvedEntry:
    """Verify a proof of an entry against the ledger's public key, with nothing else at hand. Raises NoteBroken, SignatureFalse."""
    heading, _, rest = written.partition("\n\n")
    lines, note = heading.split("\n"), parse_note(rest)
    try:
        title, extra, index, *hashes = lines
        canonical = base64.b64decode(extra.removeprefix("extra "), validate=True)
        at = int(index.removeprefix("index "))
    except ValueError:
        raise NoteBroken(why="it is no proof of an entry") from None
    if title != _PROOF_HEADING:
        raise NoteBroken(why="it is no proof of an entry")
    require_signed(note, key)
    checkpoint = checkpoint_of(note)
    if checkpoint.origin != key.name:
        raise NoteBroken(why=f"it is of {checkpoint.origin}, the key of {key.name}")
    proof = [hash_of(line) for line in hashes]
    if not verify_inclusion(leaf_hash(canonical), at, checkpoint.size, proof, checkpoint.root):
        raise NoteBroken(why="the entry is not where the proof says")
    return ProvedEntry(at, canonical, checkpoint, note)
