"""Preparation: roles, tables and policies, brought up to date by the tables' owner before anything is served."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import ProgrammingError, connections
from django.db.backends.utils import CursorWrapper
from psycopg import errors, sql

from clew.access.policies import REQUESTS_ROLE, SERVICE_ROLE, WEB_ROLE
from clew.kernel.errors import ClewError
from clew.site.databases import role_secret

SERVER_VERSION_MIN = 15


class ServerTooOld(ClewError):
    """This PostgreSQL is version {version}; Clew needs {needed} or newer. Nothing was changed. Upgrade the server, or unset CLEW_DATABASE_URL to use the embedded one."""


class RolesNotPermitted(ClewError):
    """The user of CLEW_DATABASE_URL may not create roles. Nothing was changed. Grant it CREATEROLE, or create {roles} yourself and set CLEW_WEB_DATABASE_URL and CLEW_SERVICE_DATABASE_URL."""


def prepare_database() -> None:
    """Make the two roles, migrate, and leave each role exactly the rights the migrations grant. Safe to repeat."""
    make_roles()
    with _uncollected():
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    connections["owner"].close()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave garbage lie: migrating makes thousands of model classes that refer to one another, and half of its time went into looking through them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def make_roles() -> None:
    """Make the two roles, or give them this home's passwords. Raises ServerTooOld, RolesNotPermitted."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10000
        if version < SERVER_VERSION_MIN:
            raise ServerTooOld(version=version, needed=SERVER_VERSION_MIN)
        for alias, role in (("default", WEB_ROLE), ("service", SERVICE_ROLE)):
            # A role with an address of its own was made by somebody else, with a password of theirs.
            if connections[alias].settings_dict["PASSWORD"] == role_secret(role):
                _make_role(cursor, role)
        _make_store_role(cursor)


def _make_role(cursor: CursorWrapper, role: str) -> None:
    """A login role that owns nothing, bypasses nothing and inherits nothing; its password follows the home's secret."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL("{} ROLE {} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD {}").format(
        sql.SQL(verb),
        sql.Identifier(role),
        sql.Literal(role_secret(role)),
    )
    _carry_out(cursor, statement)


def _make_store_role(cursor: CursorWrapper) -> None:
    """The role of the store of data subjects' requests: nobody signs in as it; the service may step into it and inherits nothing of it."""
    store, service = sql.Identifier(REQUESTS_ROLE), connections["service"].settings_dict["USER"]
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [REQUESTS_ROLE])
    if not cursor.fetchone():
        _carry_out(cursor, sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE").format(store))
    # Pg_has_role calls a superuser a member of everything; the list of members does not.
    cursor.execute(
        "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles s ON s.oid = m.member"
        " WHERE r.rolname = %s AND s.rolname = %s",
        [REQUESTS_ROLE, service],
    )
    if not cursor.fetchone():
        _carry_out(cursor, sql.SQL("GRANT {} TO {}").format(store, sql.Identifier(service)))


def _carry_out(cursor: CursorWrapper, statement: sql.Composed) -> None:
    try:
        cursor.execute(statement.as_string(None))
    except ProgrammingError as refused:
        if isinstance(refused.__cause__, errors.InsufficientPrivilege):
            raise RolesNotPermitted(roles=f"{WEB_ROLE}, {SERVICE_ROLE} and {REQUESTS_ROLE}") from None
        raise
