"""How the ledger stands: what the status page, the doctor and the command line tell of it. No entry's content is in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clew.kernel.clock import now
from clew.ledger.models import Cosignature, WitnessState
from clew.ledger.signing import newest_checkpoint
from clew.ledger.stored_tree import StoredTree

#: A tree that grew is signed within a minute; twice that is late.
CHECKPOINT_LATE = dt.timedelta(minutes=2)
#: Witnesses may be away for a while; for so long nobody need look.
WITNESS_LATE = dt.timedelta(hours=1)
WITNESSES_SHOWN_FOR = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LedgerStanding:
    """Size of the tree, the newest checkpoint, and the witnesses."""

    size: int
    signed_size: int
    signed_at: dt.datetime | None
    #: How many witnesses have cosigned the newest checkpoint.
    cosignatures: int
    witnesses: list[WitnessState]

    @property
    def age_seconds(self) -> float | None:
        """How old the newest checkpoint is."""
        return (now() - self.signed_at).total_seconds() if self.signed_at else None

    @property
    def problems(self) -> list[str]:
        """What somebody should look at, in words."""
        found = []
        age = self.age_seconds
        if self.signed_size > self.size:
            found.append(f"THE LEDGER LOST ENTRIES: {self.signed_size} were signed, {self.size} are there.")
        if self.size > self.signed_size and age is not None and age > CHECKPOINT_LATE.total_seconds():
            found.append("The ledger grew and no checkpoint was signed for over two minutes. Is a worker running?")
        for witness in self.witnesses:
            if witness.is_grave:
                found.append(witness.problem)
            elif witness.problem and (witness.cosigned_at is None or now() - witness.cosigned_at > WITNESS_LATE):
                since = f"since {witness.cosigned_at:%Y-%m-%d %H:%M} UTC" if witness.cosigned_at else "so far"
                found.append(f"The witness {witness.name} has cosigned nothing {since}: {witness.problem}")
        return found


def ledger_standing() -> LedgerStanding:
    """For whoever runs the installation."""
    stored = newest_checkpoint()
    witnesses = WitnessState.objects.using("service").filter(asked_at__gte=now() - WITNESSES_SHOWN_FOR).order_by("name")
    cosigned = Cosignature.objects.using("service").filter(checkpoint_number=stored.number).count() if stored else 0
    return LedgerStanding(
        StoredTree().size,
        stored.size if stored else 0,
        stored.at if stored else None,
        cosigned,
        list(witnesses),
    )
