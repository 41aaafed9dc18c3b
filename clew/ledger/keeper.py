"""The ledger's keeper: in every worker a thread that grows the tree, signs checkpoints and asks witnesses, whatever else the worker does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Self

from django.db import connections

from clew.kernel.errors import ClewError
from clew.ledger.signing import sign_if_grown
from clew.ledger.stored_tree import grow
from clew.ledger.witness_asking import Witness, ask_all

log = logging.getLogger("clew.ledger")

ROUND_EVERY_SECONDS = 10


class LedgerKeeper:
    """Rounds every ten seconds; one process of all does the work, the others find nothing to do. Use as a context manager."""

    def __init__(self, witnesses: Sequence[Witness] = (), every_seconds: float = ROUND_EVERY_SECONDS) -> None:
        self._witnesses = witnesses
        self._every_seconds = every_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper of the ledger", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        """End, after the step it is at."""
        self._ended.set()
        self._thread.join()

    def round(self) -> None:
        """One round. A step that fails leaves the next ones to be tried."""
        for step in (grow, sign_if_grown, self._ask):
            _guarded(step)

    def _ask(self) -> None:
        if self._witnesses:
            ask_all(self._witnesses)

    def _keep(self) -> None:
        while not self._ended.wait(self._every_seconds):
            self.round()
        connections.close_all()


def _guarded(step: Callable[[], object]) -> None:
    """A database that is away must not end the keeper; a damaged ledger is told again and again, until somebody looks."""
    try:
        step()
    except ClewError as told:
        log.error("%s", told.message)  # noqa: TRY400 - the words are whole; a trace would add the inside of the program
    except Exception:
        log.exception("the ledger could not be looked after")
        connections.close_all()
