"""What can be wrong with the ledger, its keys, its notes and its witnesses, in words for whoever must act on it."""

from __future__ import annotations

from clew.kernel.errors import ClewError


class LedgerUnwritable(ClewError):
    """The ledger cannot be written at this moment, so nothing is shown and nothing was changed. Try again soon; whoever runs Clew finds the cause with `clew doctor`."""

    status = 503
    exit_status = 3


class LedgerKeyMissing(ClewError):
    """The ledger was given no {what} key at the start of this program. Nothing was written. Start Clew by its own commands, which hand the keys in."""


class LedgerKeyBroken(ClewError):
    """The ledger's key {name} is not 32 bytes in base 64. Nothing was signed. Bring it back from your backup, or correct the setting."""


class LedgerDamaged(ClewError):
    """The ledger's tree does not agree with what was signed before: {why}. Nothing was added to it or signed. Run `clew ledger verify` and keep what it says."""


class SignedByAnother(ClewError):
    """Earlier checkpoints of this ledger were signed by another key than this machine's. Nothing was signed. Give every machine the same CLEW_LEDGER_KEY and CLEW_LEDGER_NAME."""


class NoteBroken(ClewError):
    """This is no signed note: {why}. Nothing was believed of it."""

    status = 400


class SignatureFalse(ClewError):
    """The signature of {name} does not fit the note. Nothing was believed of it. Somebody changed the note, or signed it with another key."""

    status = 403


class NotInTree(ClewError):
    """There is no entry {sequence} in the ledger's tree. Nothing was proved. It is added within a minute of being written; look at the number, or try again."""

    status = 404


class ExportUnreadable(ClewError):
    """{path} is no export of a ledger: {why}. Nothing was verified. Export it again, or look at the path."""


class OriginUnknown(ClewError):
    """This witness does not know the ledger {origin}. Nothing was signed. Add its key to CLEW_WITNESS_KEYS."""

    status = 404


class OldSizeImpossible(ClewError):
    """The old size, {old}, is larger than the checkpoint's, {size}. Nothing was signed. A ledger only grows."""

    status = 400


class SeenSizeDiffers(ClewError):
    """The witness last saw {seen} entries, not {old}. Nothing was signed. Send the proof from the size that it saw."""

    status = 409


class RolledBack(ClewError):
    """ROLLED BACK: the witness has seen {seen} entries of {origin}, and now there are {size}. Nothing was signed. Entries are missing: find out which copy of the database runs."""

    status = 409


class Forked(ClewError):
    """FORKED: what {origin} shows now at {size} entries does not continue what the witness saw at {seen}. Nothing was signed. The past was rewritten: keep both checkpoints as evidence."""

    status = 422


class ForkedInPlace(Forked):
    """FORKED: {origin} shows another tree of {size} entries than the one of {seen} that the witness saw. Nothing was signed. The past was rewritten: keep both checkpoints as evidence."""

    status = 409


class WitnessFolderBroken(ClewError):
    """The witness's folder {path} cannot be used: {why}. Nothing was signed. A witness that forgets is none: bring the folder back from its backup."""
