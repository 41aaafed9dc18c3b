"""The database in a backup: one moment of it, with its counts and the ledger's root, dumped and brought back by PostgreSQL's own programs."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from clew.ledger.tree import Frontier
from clew.site.backup_errors import DumpFailed
from clew.site.databases import owner_url
from clew.site.postgres.binaries import SYSTEM_DIRECTORIES, programs
from clew.vault.adoption import STILL_LOCK

#: Signed-in sessions and cached pages are not worth keeping, and a restored session would be a way in.
FLEETING_TABLES = ("django_session", "site_cache")
_PIECE_BYTES = 1024 * 1024
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database holds at one moment."""

    tables: dict[str, int]
    ledger_size: int
    ledger_root: str


@contextmanager
def one_moment() -> Iterator[tuple[Connection, str]]:
    """A connection that sees one moment of the database, and the name by which others see the same; objects keep their form meanwhile."""
    with connected() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [STILL_LOCK])
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        [(name,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
        yield connection, str(name)


@contextmanager
def connected() -> Iterator[Connection]:
    """A connection as the tables' owner."""
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        yield connection


def standing(connection: Connection) -> Standing:
    """The rows of every table, and the ledger's size and root."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s) ORDER BY 1",
        [list(FLEETING_TABLES)],
    ).fetchall()
    tables = {}
    for (name,) in names:
        [(count,)] = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchall()
        tables[str(name)] = int(count)
    with connection.transaction(), psycopg.ServerCursor(connection, "leaves") as cursor:
        # As the tree has them, and then those that it has yet to take up, as it will.
        cursor.execute(
            "SELECT e.leaf_hash FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_sequence = e.sequence"
            " ORDER BY l.index NULLS LAST, e.sequence"
        )
        tree = Frontier()
        tree.extend(bytes(leaf) for (leaf,) in cursor)
    return Standing(tables, tree.size, tree.root().hex())


def dumped(snapshot: str, server_version: int) -> Iterator[bytes]:
    """The dump of the moment with this name, piece by piece. Raises DumpFailed."""
    options = ["--format=custom", "--compress=1", "--no-owner", "--enable-row-security", f"--snapshot={snapshot}"]
    options += [f"--exclude-table-data={name}" for name in FLEETING_TABLES]
    with tempfile.TemporaryFile() as complaints:
        command = [str(_programs(server_version) / "pg_dump"), *options, *_where()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=_environment()) as running:
            assert running.stdout is not None
            while piece := running.stdout.read(_PIECE_BYTES):
                yield piece
        if running.returncode:
            raise DumpFailed(program="pg_dump", why=_told(complaints, running.returncode))


def bring_back(dump: Path, server_version: int) -> None:
    """Restore a dump into the empty database, whole or not at all. Raises DumpFailed."""
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--enable-row-security"]
    command = [str(_programs(server_version) / "pg_restore"), *options, *_where(), str(dump)]
    with tempfile.TemporaryFile() as complaints:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=complaints, env=_environment(), check=False)
        if done.returncode:
            raise DumpFailed(program="pg_restore", why=_told(complaints, done.returncode))


def server_version() -> int:
    """The major version of the server."""
    with connected() as connection:
        return connection.info.server_version // 10000


def _programs(version: int) -> Path:
    """The programs of the server's own version where they are installed, else the newest: those can read older servers."""
    own = SYSTEM_DIRECTORIES / str(version) / "bin"
    chosen = programs()
    if os.environ.get("CLEW_DATABASE_URL") and (own / "pg_dump").exists():
        return own
    if not (chosen / "pg_dump").exists():
        raise DumpFailed(program="pg_dump", why="it is not installed")
    return chosen


def _where() -> list[str]:
    told = conninfo_to_dict(owner_url())
    named = (("--host", "host"), ("--port", "port"), ("--username", "user"), ("--dbname", "dbname"))
    return [f"{option}={told[name]}" for option, name in named if told.get(name)]


def _environment() -> dict[str, str]:
    # The password goes by the environment, which other users of the machine cannot see; the command line they can.
    told = conninfo_to_dict(owner_url())
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "PGSSLROOTCERT", "PGSSLMODE"}}
    return {**kept, "LC_ALL": "C", "PGPASSWORD": str(told.get("password") or "")}


def _told(complaints: Any, status: int) -> str:
    """The first line of what went wrong, without the values that rows may have in it."""
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").splitlines()
    errors = [line for line in lines if "error:" in line]
    return errors[0].partition("error:")[2].partition("DETAIL")[0].strip()[:200] if errors else f"status {status}"
