"""Tracebacks without values: where something failed and with what kind of error, but not the words of the error.

A database says in its error which row it refused, and Python says which text was no number: hashes, names, references. They reach no log.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

from clew.kernel.errors import ClewError

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LinesWithoutValues(logging.Formatter):
    """The formatter of every log line of ours."""

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's name
        """The traceback of a failure, without its words."""
        return without_values(ei[1]) if ei[1] is not None else ""


def without_values(failure: BaseException) -> str:
    """A failure and those that led to it, the first first: places in the source, kinds of error, and of a database's error its SQLSTATE."""
    chain: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = failure
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        places = "".join(traceback.format_tb(current.__traceback__))
        chain.append(f"Traceback (most recent call last):\n{places}{_kind(current)}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n\n".join(reversed(chain))


def _kind(failure: BaseException) -> str:
    kind = f"{type(failure).__module__}.{type(failure).__qualname__}"
    state = getattr(failure, "sqlstate", None)
    if isinstance(failure, ClewError):
        return kind
    return (
        f"{kind} (SQLSTATE {state})" if state else f"{kind} (its words are left out: they may hold what is protected)"
    )
