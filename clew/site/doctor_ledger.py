"""The doctor looks at the ledger: whether it can be written, durably, how large it is, when it was last signed, and what its witnesses say."""

from __future__ import annotations

from clew.ledger.errors import LedgerUnwritable
from clew.site.findings import Finding, Outcome, found


def ledger_finding() -> Finding:
    """Writes a trial entry that is taken back, and tells how the ledger stands."""
    from clew.ledger.standing import ledger_standing

    if refused := _refused():
        return Finding("ledger", Outcome.BAD, f"it cannot be written, so every page answers 503: {refused}")
    if (mode := _commit_mode()) == "off":
        return Finding(
            "ledger", Outcome.BAD, f"synchronous_commit is {mode}: an entry may be lost after it was acknowledged"
        )
    standing = ledger_standing()
    if standing.problems:
        return Finding("ledger", Outcome.BAD, " ".join(standing.problems))
    age = standing.age_seconds
    signed = "not signed yet" if age is None else f"{standing.signed_size:,} of them signed {age:.0f} s ago"
    words = f"{standing.size:,} entries in the tree, {signed}, {len(standing.witnesses)} witnesses"
    return found("ledger", True, words)


def _refused() -> str:
    """Why a trial entry could not be written; the database's own name of the reason, which holds no value. Empty where it could."""
    from django.db import transaction

    from clew.ledger.actions import record

    try:
        with transaction.atomic(using="service"):
            record("site:ledger:try", actor=None, using="service")
            transaction.set_rollback(True, using="service")
    except LedgerUnwritable as refusal:
        cause = refusal.__cause__.__cause__ if refusal.__cause__ else None
        return type(cause or refusal).__name__
    return ""


def _commit_mode() -> str:
    from django.db import connections

    with connections["service"].cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])
