"""How the renderer's inner loops are compiled: kept on disk between runs, without the interpreter's lock, with free order of sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

#: Reordering sums is harmless here; "not a number" and infinity keep their meaning.
FAST = {"contract", "reassoc", "arcp", "nsz"}

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a function at its first call; to the type checker it stays the function it is."""
    return cast("_Function", numba.njit(cache=True, nogil=True, fastmath=FAST)(function))
