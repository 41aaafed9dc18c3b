"""Declared doors: whom each call, command and job is open to, and the verb under which it is on record. One without a declaration stays shut."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from clew.access.permissions import Permission
from clew.kernel.errors import ClewError

F = TypeVar("F", bound=Callable[..., Any])


class Who(StrEnum):
    """To whom a door is open that asks for no officer's permission."""

    ANYBODY = "anybody"
    INSTALLATION = "whoever runs the installation"
    SERVICE = "the trusted service"
    WITNESSED = "ledgers that this installation witnesses"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a door says of itself."""

    opens: Permission | Who
    verb: str
    #: Put on record when it is opened; otherwise its action does, with what it did.
    is_noted_at_once: bool = False
    #: It must work while the ledger cannot be written, for it finds out why.
    is_diagnosis: bool = False


class DoorUndeclared(ClewError):
    """{name} says neither to whom it is open nor how it is put on record. Nothing was done. This is a fault of Clew: tell its makers."""


def declares(opens: Permission | Who, verb: str, *, noted: bool = False) -> Callable[[F], F]:
    """Say it of a call of the API, a command or a job. `noted`: the door itself puts it on record, for its action does not."""

    def decorate(function: F) -> F:
        vars(function)["declared"] = Declared(opens, verb, noted)
        return function

    return decorate


#: What the command that runs in this process says of itself.
_running: ContextVar[Declared | None] = ContextVar("the command that runs", default=None)


def command(opens: Permission | Who, verb: str, *, noted: bool = False, diagnosis: bool = False) -> Callable[[F], F]:
    """The same for a command of the command line, which while it runs is known by `running_command`. A `diagnosis` goes on where it cannot be noted."""

    def decorate(function: F) -> F:
        said = Declared(opens, verb, noted, diagnosis)

        @wraps(function)
        def run(*args: Any, **options: Any) -> Any:
            before = _running.set(said)
            try:
                return function(*args, **options)
            finally:
                _running.reset(before)

        vars(run)["declared"] = said
        return run  # type: ignore[return-value]  # functools.wraps keeps the signature for people and for typer, not for the type checker

    return decorate


def running_command() -> Declared | None:
    """What the command that runs says of itself; None where Clew is used as a library."""
    return _running.get()


def declared_of(function: Callable[..., Any]) -> Declared:
    """What a door says of itself. Raises `DoorUndeclared`."""
    found = getattr(function, "declared", None)
    if not isinstance(found, Declared):
        raise DoorUndeclared(name=getattr(function, "__qualname__", repr(function)))
    return found
