"""The vault's own connections to the database: what it writes stays, like its files, whatever becomes of its caller's transaction."""

from __future__ import annotations

import atexit
import os
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any, LiteralString

import psycopg

from clew.vault.errors import VaultUnreachable

#: Connections of one process at once, and those it keeps when idle: the embedded server has 60 for all.
_AT_ONCE, _IDLE = 4, 2
#: No limit of the server's operator may end a transaction in which a large file is being synced or sent.
_PATIENT = (
    "SELECT set_config(name, '0', true) FROM pg_settings"
    " WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout') AND setting <> '0'"
)
Connection = psycopg.Connection[tuple[Any, ...]]


class Connections:
    """Connections by the keywords of psycopg, opened at need and kept for the next; threads share them, forked processes do not."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = dict(parameters)
        self._lock, self._free = Lock(), BoundedSemaphore(_AT_ONCE)
        self._idle: list[Connection] = []
        self._process_id = os.getpid()
        atexit.register(self.close)

    @contextmanager
    def transaction(self, *, is_patient: bool = False) -> Iterator[Connection]:
        """A connection in a transaction of its own, committed at the end. Raises VaultUnreachable where the database does not answer."""
        with self._lent() as connection, connection.transaction():
            if is_patient:
                connection.execute(_PATIENT)
            yield connection

    def read(self, query: LiteralString, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of one question, with one journey to the server and back. Raises VaultUnreachable."""
        with self._lent() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        with self._free:
            connection = self._taken()
            try:
                yield connection
            except (psycopg.OperationalError, psycopg.InterfaceError) as failed:
                connection.close()
                raise VaultUnreachable(reason=f"its table of keys: {type(failed).__name__}") from None
            finally:
                self._put_back(connection)

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        if self._process_id == os.getpid():
            for connection in idle:
                connection.close()

    def _taken(self) -> Connection:
        with self._lock:
            if self._process_id != os.getpid():
                # Those belong to the parent, whose talk with the server must not be disturbed.
                self._forked, self._idle, self._process_id = self._idle, [], os.getpid()
            while self._idle:
                connection = self._idle.pop()
                if not _is_dropped(connection):
                    return connection
                connection.close()
        try:
            return psycopg.connect(**self._parameters, autocommit=True)
        except psycopg.OperationalError as failed:
            raise VaultUnreachable(reason=f"its table of keys: {type(failed).__name__}") from None

    def _put_back(self, connection: Connection) -> None:
        if connection.closed:
            return
        with self._lock:
            if len(self._idle) < _IDLE:
                self._idle.append(connection)
                return
        connection.close()


def _is_dropped(connection: Connection) -> bool:
    """Whether the server has let go of it while it was idle: then there is something to read, its end."""
    if connection.closed:
        return True
    readable, _, _ = select.select([connection.fileno()], [], [], 0)
    return bool(readable)
