"""The turn: one batch of an installation at a time is matched and catalogued, so that of two that meet the later one sees the earlier."""

from __future__ import annotations

from django.db import connections

#: A number of our own among the database's advisory locks.
_TURN = int.from_bytes(b"clewturn", "big")


def wait_for_turn() -> None:
    """Wait until nobody else has the turn; it ends with the transaction that is open on the service's connection.

    Opening files and searching for parts of them, which takes nearly all of the time, is done before, on all cores.
    """
    with connections["service"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def take_time() -> None:
    """While a film is opened nothing is asked of the database; a limit of its operator on waiting would end the transaction, and the film
    would be opened again and again.
    """
    with connections["service"].cursor() as cursor:
        # Not every version of the database knows both.
        cursor.execute(
            "SELECT set_config(name, '0', true) FROM pg_settings"
            " WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout') AND setting <> '0'"
        )
