"""Durability: an entry that cannot be written, or not be committed, is one error with a name of its own, whoever opened the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from clew.ledger.errors import LedgerUnwritable

_MARK = "clew_holds_entries"


@contextmanager
def writing(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Around the writing of an entry: what goes wrong is LedgerUnwritable, now or at the commit."""
    setattr(connection, _MARK, True)
    try:
        yield
    except Error as failed:
        raise LedgerUnwritable from failed


def guard_commits(sender: object, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Have a commit of entries that fails (a full disk, a lost server, a deferred rule) raise LedgerUnwritable.

    Connected to Django's signal for new connections: actions open their transactions themselves, and none may forget it.
    """
    del sender
    plain_commit, plain_rollback = type(connection).commit, type(connection).rollback

    def commit() -> None:
        try:
            plain_commit(connection)
        except Error as failed:
            # As Django does where a commit fails: roll back, and drop a connection that cannot even do that.
            try:
                plain_rollback(connection)
            except Error:
                with suppress(Error):
                    connection.close()
            if getattr(connection, _MARK, False):
                raise LedgerUnwritable from failed
            raise
        finally:
            setattr(connection, _MARK, False)

    def rollback() -> None:
        setattr(connection, _MARK, False)
        plain_rollback(connection)

    connection.commit = commit  # type: ignore[method-assign]  # Django has no other place to stand at a commit
    connection.rollback = rollback  # type: ignore[method-assign]
