"""The installation: its database running and Django set up, for as long as a command needs them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import connections

from clew.access.declared import running_command
from clew.kernel.errors import ClewError
from clew.ledger.circumstances import DoorKind, begin
from clew.site.home import home
from clew.site.postgres import Cluster

EMBEDDED_DATABASE = "clew"


class NotPrepared(ClewError):
    """There is no Clew in {path} yet. Nothing was changed. Start it once with `clew up` (or `make demo`), or set CLEW_HOME to where it is."""


def set_up_django() -> None:
    """Make models and settings usable in this process; a second time changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clew.site.settings")
    django.setup()


@contextmanager
def installation(*, is_starting: bool = False) -> Iterator[None]:
    """A database to work with: one's own, or the embedded one, started if it does not run and stopped when nobody uses it.

    `is_starting` brings roles, tables and policies up to date; without it an installation that was never started is refused.
    """
    cluster = None if os.environ.get("CLEW_DATABASE_URL") else Cluster(home())
    if cluster is not None and not is_starting and not cluster.is_made:
        raise NotPrepared(path=home().path)
    try:
        if cluster is not None:
            cluster.start()
            cluster.ensure_database(EMBEDDED_DATABASE)
        set_up_django()
        begin(DoorKind.COMMAND, socket.gethostname())
        _prepare() if is_starting else _refuse_unprepared()
        _note_command()
        yield
    finally:
        if cluster is not None:
            _let_go()
            cluster.stop()


def _note_command() -> None:
    """Put the command that runs on record, if no action of its own does."""
    said = running_command()
    if said is not None and said.is_noted_at_once:
        from django.db import transaction

        from clew.ledger.actions import record
        from clew.ledger.errors import LedgerUnwritable

        try:
            with transaction.atomic(using="service"):
                record(said.verb, actor=None, using="service")
        except LedgerUnwritable:
            if not said.is_diagnosis:
                raise


def _prepare() -> None:
    # Imports the models, which only exist once Django is set up.
    from clew.site.preparation import prepare_database

    prepare_database()


def _refuse_unprepared() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('django_migrations') IS NOT NULL AND to_regclass('intake_verdict') IS NOT NULL"
        )
        (is_prepared,) = cursor.fetchone()
    connections["owner"].close()
    if not is_prepared:
        raise NotPrepared(path=home().path)


def _let_go() -> None:
    if django.apps.apps.ready:
        connections.close_all()
