"""P10: a rolled-back or forked ledger is found by whoever witnessed it: another installation, or a folder on another disk."""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))

from made_ledger import MOMENT, SIGNER, STRANGER, made

from clew.ledger.checkpoints import Checkpoint, checkpoint_of, require_cosigned
from clew.ledger.errors import (
    Forked,
    ForkedInPlace,
    NoteBroken,
    OldSizeImpossible,
    RolledBack,
    SeenSizeDiffers,
    SignatureFalse,
    SignedByAnother,
    WitnessFolderBroken,
)
from clew.ledger.notes import Note, parse_line, parse_note
from clew.ledger.tree import leaf_hash, root_of
from clew.ledger.witness import Request, require_continuation
from clew.ledger.witness_folder import WitnessFolder

FORKS = 1_000
PROOF_BYTES_MAX = 1_024


def _seen(ledger):
    return Checkpoint(SIGNER.name, len(ledger.leaves), root_of(ledger.hashes))


def test_a_thousand_forks_are_all_refused():
    chance = random.Random(10)
    for _ in range(FORKS):
        size = chance.randrange(1, 120)
        ledger = made(size)
        seen = _seen(ledger)
        # One leaf of the past is another, and any number of leaves came since.
        ledger.leaves[chance.randrange(size)][1] = leaf_hash(chance.randbytes(8))
        ledger.leaves += [[10**6 + more, leaf_hash(chance.randbytes(8))] for more in range(chance.randrange(40))]
        with pytest.raises(Forked) as refused:
            require_continuation(seen, ledger.request(size))
        assert isinstance(refused.value, ForkedInPlace) == (len(ledger.leaves) == size)
        assert "FORKED" in refused.value.message


def test_a_thousand_rollbacks_are_all_refused():
    chance = random.Random(11)
    for _ in range(FORKS):
        seen = _seen(made(size := chance.randrange(2, 120)))
        older = made(chance.randrange(1, size))
        with pytest.raises(RolledBack):
            require_continuation(seen, older.request(len(older.leaves)))


def test_what_continues_is_accepted_at_any_two_sizes():
    for size in range(0, 70, 3):
        for later in range(max(size, 1), 70, 7):
            new = require_continuation(_seen(made(size)) if size else None, made(later).request(size))
            assert new == _seen(made(later))


def test_a_proof_of_a_million_entries_is_under_a_kilobyte():
    from clew.ledger.proofs import consistency_ranges

    longest = max(len(consistency_ranges(size, 2**20 - 1)) for size in range(1, 2**20 - 1, 997))
    assert 32 * longest <= PROOF_BYTES_MAX


@pytest.mark.parametrize(
    ("old", "seen", "kind"), [(9, 5, OldSizeImpossible), (4, 5, SeenSizeDiffers), (0, 5, SeenSizeDiffers)]
)
def test_a_proof_from_elsewhere_is_refused_with_the_size_that_was_seen(old, seen, kind):
    request = made(8).request(min(old, 8))
    with pytest.raises(kind):
        require_continuation(_seen(made(seen)), Request(old, request.proof, request.note))


def test_a_folder_cosigns_what_continues_and_nothing_else(tmp_path):
    folder, key = WitnessFolder(tmp_path / "stick"), SIGNER.verifier
    assert folder.seen(key) is None
    for size in (3, 3, 10):
        request = made(size).request(folder.seen(key).size if folder.seen(key) else 0)
        line = folder.add(request, key, MOMENT)
        assert require_cosigned(Note(request.note.text, (parse_line(line),)), folder.signer.verifier) == MOMENT
    with pytest.raises(RolledBack):
        folder.add(made(9).request(9), key, MOMENT)
    forked = made(12)
    forked.leaves[4][1] = bytes(32)
    with pytest.raises(Forked):
        folder.add(forked.request(10), key, MOMENT)
    assert folder.seen(key) == _seen(made(10))


def test_a_folder_believes_one_key_and_does_not_forget(tmp_path):
    folder, key = WitnessFolder(tmp_path), SIGNER.verifier
    folder.add(made(3).request(0), key, MOMENT)
    with pytest.raises(SignedByAnother):
        folder.seen(STRANGER.verifier)
    request = made(4).request(3)
    forged = Note(request.note.text.replace("4", "5", 1), request.note.signatures)
    with pytest.raises(SignatureFalse):
        folder.add(Request(3, request.proof, forged), key, MOMENT)
    (tmp_path / "witness.key").unlink()
    with pytest.raises(WitnessFolderBroken):
        folder.add(made(4).request(3), key, MOMENT)
    (seen_file,) = tmp_path.glob("*.seen")
    seen_file.write_text("nothing")
    with pytest.raises(WitnessFolderBroken):
        folder.seen(key)


@pytest.fixture
def witness(database, monkeypatch):
    """This installation as a witness of the made ledger, asked as another would ask it."""
    from django.conf import settings
    from django.test import Client

    monkeypatch.setattr(settings, "CLEW_WITNESS_KEYS", str(SIGNER.verifier))

    def ask(request):
        return Client().post("/api/v1/witness/add-checkpoint", str(request).encode(), content_type="text/plain")

    return ask


def test_another_installation_cosigns_what_continues(witness):
    from clew.ledger.keyring import signing_keys

    for old, size in ((0, 4), (4, 4), (4, 300), (300, 301)):
        request = made(size).request(old)
        answer = witness(request)
        assert answer.status_code == 200, answer.content
        note = parse_note(f"{request.note}{answer.content.decode()}")
        require_cosigned(note, signing_keys().witness.verifier)


def test_another_installation_refuses_the_rest_as_the_protocol_says(witness, monkeypatch):
    from django.conf import settings

    from clew.ledger.models import Entry, SeenCheckpoint

    assert witness(made(20).request(0)).status_code == 200
    for old in (0, 7):
        answer = witness(made(30).request(old))
        assert (answer.status_code, answer["Content-Type"], answer.content) == (409, "text/x.tlog.size", b"20\n")
    rolled_back = witness(made(19).request(19))
    assert (rolled_back.status_code, rolled_back.content) == (409, b"20\n")
    forked = made(30)
    forked.leaves[4][1] = bytes(32)
    assert witness(forked.request(20)).status_code == 422
    other = made(20)
    other.leaves[4][1] = bytes(32)
    assert witness(other.request(20)).status_code == 409
    good = made(30).request(20)
    assert witness(Request(31, good.proof, good.note)).status_code == 400
    stranger = Checkpoint(STRANGER.name, 30, bytes(32)).signed(STRANGER)
    assert witness(Request(20, good.proof, stranger)).status_code == 403
    unknown = Checkpoint("elsewhere.example", 30, bytes(32)).signed(STRANGER)
    assert witness(Request(20, good.proof, unknown)).status_code == 404
    for body in ("", "old x\n\n", f"old 0\nnot base 64\n\n{good.note}", "old 0\n\nno note"):
        assert witness(body).status_code == 400, body
    refused = Entry.objects.using("service").filter(verb="ledger:checkpoint:witness")
    assert sorted(refused.values_list("outcome", flat=True)) == ["Forked", "ForkedInPlace", "RolledBack"]
    assert SeenCheckpoint.objects.using("service").count() == 1
    assert witness(good).status_code == 200
    monkeypatch.setattr(settings, "CLEW_WITNESS_KEYS", "")
    assert witness(good).status_code == 404


def test_a_note_is_read_back_as_it_was_written_and_torn_ones_are_refused():
    request = made(5).request(2)
    again = Request.parse(str(request))
    assert (again.old, again.proof, str(again.note)) == (2, request.proof, str(request.note))
    assert checkpoint_of(again.note) == _seen(made(5))
    for torn in ("", "text\n", "text\n\n— nobody x\n", "\x07\n\n— a AAAA\n"):
        with pytest.raises(NoteBroken):
            parse_note(torn)
