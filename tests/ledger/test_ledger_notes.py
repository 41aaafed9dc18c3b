"""Notes, keys and cosignatures, against the examples of those who defined them."""

import datetime as dt

import pytest

from clew.ledger.checkpoints import Checkpoint, checkpoint_of, cosign, hash_of, require_cosigned
from clew.ledger.errors import LedgerKeyBroken, NoteBroken, SignatureFalse
from clew.ledger.keyring import seed_of
from clew.ledger.notes import Note, SignatureKind, Signer, VerifierKey, parse_line, parse_note, require_signed
from clew.ledger.witness_asking import origins_of, witnesses_of

#: The example of the Go package golang.org/x/mod/sumdb/note, where signed notes come from.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
MOMENT = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
WITNESS = Signer("witness.example", SignatureKind.COSIGNATURE, bytes(32))


def test_the_published_note_is_believed_and_a_changed_one_is_not():
    key, note = VerifierKey.parse(KEY), parse_note(NOTE)
    require_signed(note, key)
    assert (str(key), str(note)) == (KEY, NOTE)
    with pytest.raises(SignatureFalse):
        require_signed(parse_note(NOTE.replace("answer", "cause")), key)
    with pytest.raises(NoteBroken):
        require_signed(note, Signer("PeterNeumann", SignatureKind.NOTE, bytes(32)).verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AAAA",
        KEY.replace("c7", "c8"),
        KEY[:-4],
        KEY.replace("PeterN", "Peter N"),
        "+c74f20a3+ARpc",
    ],
)
def test_a_torn_key_is_refused(text):
    with pytest.raises(LedgerKeyBroken):
        VerifierKey.parse(text)


def test_a_cosignature_says_who_saw_what_and_when():
    note = Checkpoint("a.example", 7, bytes(32)).signed(Signer("a.example", SignatureKind.NOTE, bytes(32)))
    line = cosign(note, WITNESS, MOMENT)
    seen = Note(note.text, (*note.signatures, parse_line(line)))
    assert require_cosigned(seen, WITNESS.verifier) == MOMENT
    other = Checkpoint("a.example", 8, bytes(32)).signed(Signer("a.example", SignatureKind.NOTE, bytes(32)))
    with pytest.raises(SignatureFalse):
        require_cosigned(Note(other.text, (parse_line(line),)), WITNESS.verifier)
    with pytest.raises(NoteBroken):
        require_cosigned(note, WITNESS.verifier)


def test_a_checkpoint_is_read_as_the_specification_writes_it():
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    found = checkpoint_of(Note(text, ()))
    assert (found.origin, found.size, found.text) == ("example.com/behind-the-sofa", 20852163, text)
    assert checkpoint_of(Note(text + "an extension\n", ())) == found
    for torn in ("a\n1\n", "a\n01\n" + text.split("\n")[2] + "\n", text.replace("CsU", "Cs "), "\n1\nx\n"):
        with pytest.raises(NoteBroken):
            checkpoint_of(Note(torn, ()))
    with pytest.raises(NoteBroken):
        hash_of("AAAA")


def test_settings_name_witnesses_and_origins_by_their_keys():
    (witness,) = witnesses_of(f"{WITNESS.verifier} https://other.example/api/v1/witness/, ")
    assert (witness.key, witness.url) == (WITNESS.verifier, "https://other.example/api/v1/witness")
    assert origins_of(f" {KEY},") == [VerifierKey.parse(KEY)]
    for wrong in (f"{KEY} https://other.example", f"{WITNESS.verifier} ftp://other.example", str(WITNESS.verifier)):
        with pytest.raises(LedgerKeyBroken):
            witnesses_of(wrong)
    with pytest.raises(LedgerKeyBroken):
        origins_of(str(WITNESS.verifier))


def test_a_private_key_is_32_bytes_in_either_base_64():
    import base64

    seed = bytes([251, 255, 190, *range(29)])
    assert (
        seed_of("x", base64.b64encode(seed).decode())
        == seed_of("x", base64.urlsafe_b64encode(seed).decode()[:-1])
        == seed
    )
    for wrong in ("", "short", base64.b64encode(seed + b"x").decode(), "ü" * 43):
        with pytest.raises(LedgerKeyBroken):
            seed_of("x", wrong)
