"""Circumstances: through which door, in which session, from where, for what purpose and on what basis something is done (AU-3).

Set around a request by its door and around a program by its start; every entry written inside takes them up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum


class DoorKind(StrEnum):
    """How somebody came in."""

    PAGE = "page"
    API = "api"
    COMMAND = "command"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """As they are known; session and address enter the ledger as keyed hashes alone."""

    door: str = ""
    session: str | None = None
    address: str | None = None
    purpose: str = ""
    legal_basis: str = ""


#: Of the whole process, threads included: set once, by the command that starts it.
_of_the_process = Circumstances()
_of_the_call: ContextVar[Circumstances | None] = ContextVar("circumstances of a call", default=None)


def circumstances() -> Circumstances:
    """Those that hold at this moment."""
    return _of_the_call.get() or _of_the_process


@contextmanager
def under(**changes: str | None) -> Iterator[None]:
    """Change some of them for what happens inside: `under(purpose=…)`, `under(door=DoorKind.PAGE, session=…, address=…)`."""
    token = _of_the_call.set(replace(circumstances(), **changes))  # type: ignore[arg-type]  # each field by its name
    try:
        yield
    finally:
        _of_the_call.reset(token)


def note(**changes: str | None) -> None:
    """Change some of them from now on in this call: what turns out only on the way, such as the key that was shown."""
    _of_the_call.set(replace(circumstances(), **changes))  # type: ignore[arg-type]  # each field by its name


def begin(door: DoorKind, address: str) -> None:
    """Say what this whole process is; calls inside it may say more."""
    global _of_the_process  # noqa: PLW0603 - a process is one thing
    _of_the_process = Circumstances(door=door, address=address)
