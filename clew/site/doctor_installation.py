"""The doctor looks at the installation: home, key ring, vault, database, tables, clock, ledger, index, workers. It makes and starts nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from clew.kernel.clock import now
from clew.site.doctor_ledger import ledger_finding
from clew.site.findings import Finding, Outcome, all_unknown, found, looked_at
from clew.site.home import Home, open_home
from clew.site.installation import set_up_django
from clew.site.preparation import SERVER_VERSION_MIN
from clew.vault.keys import FILE_NAME, KEYS_VARIABLE, KeyRing
from clew.vault.store import Vault

CONNECT_SECONDS_MAX = 5
#: Clocks of two machines that keep time differ by far less.
CLOCK_SECONDS_MAX = 5.0
_OF_THE_HOME = ("key ring", "vault")
_OF_THE_DATABASE = ("tables", "clock", "ledger", "index", "workers", "scrub")


def installation_findings(path: Path) -> Iterator[Finding]:
    """How the installation at `path` stands, as far as there is one."""
    if not path.is_dir():
        words = "no installation yet: it is made by the first `clew up` or `make demo`"
        yield from all_unknown(("home", *_OF_THE_HOME, "database", *_OF_THE_DATABASE), Outcome.NOT_YET, words)
        return
    home = looked_at("home", lambda: _home(path))
    yield home
    if not home.is_fine:
        yield from all_unknown((*_OF_THE_HOME, "database", *_OF_THE_DATABASE), Outcome.UNKNOWN, "see home")
        return
    opened = Home(path.resolve())
    yield looked_at("key ring", lambda: _key_ring(opened))
    yield looked_at("vault", lambda: _vault(opened))
    database = looked_at("database", lambda: _database(opened))
    yield database
    if database.outcome is Outcome.WELL:
        yield from _findings_in_the_database()
    else:
        unknown = Outcome.NOT_YET if database.outcome is Outcome.NOT_YET else Outcome.UNKNOWN
        yield from all_unknown(_OF_THE_DATABASE, unknown, "see database")


def _home(path: Path) -> Finding:
    # Raises where it is another user's or open to others; a mode that Clew mends by itself is not worth a word.
    open_home(path)
    return found("home", os.access(path, os.W_OK | os.X_OK), str(path.resolve()))


def _key_ring(home: Home) -> Finding:
    file = home.path / "keys" / FILE_NAME
    if not os.environ.get(KEYS_VARIABLE, "").strip():
        if not file.exists():
            return Finding("key ring", Outcome.NOT_YET, "made at the first start")
        mode = stat.S_IMODE(file.stat().st_mode)
        where = f"in its file, mode {mode:o}"
    else:
        where = f"from {KEYS_VARIABLE}"
    count = len(KeyRing.load_or_create(file.parent).ids)
    return Finding("key ring", Outcome.WELL, f"{count} key{'s' if count > 1 else ''} {where}")


def _vault(home: Home) -> Finding:
    url = os.environ.get("CLEW_VAULT_URL") or str(home.path / "vault")
    is_bucket = bool(urlsplit(url).scheme)
    if not is_bucket and not Path(url).exists():
        return Finding("vault", Outcome.NOT_YET, "made at the first start")
    ring_file = home.path / "keys" / FILE_NAME
    if not os.environ.get(KEYS_VARIABLE, "").strip() and not ring_file.exists():
        return Finding("vault", Outcome.UNKNOWN, "it is there, but no key ring: see key ring")
    Vault(url, KeyRing.load_or_create(ring_file.parent)).try_writing()
    # A bucket's address may carry credentials.
    where = f"{urlsplit(url).scheme}://{urlsplit(url).hostname}" if is_bucket else url
    return Finding("vault", Outcome.WELL, f"a trial object was written, found and removed: {where}")


def _database(home: Home) -> Finding:
    given = os.environ.get("CLEW_DATABASE_URL", "")
    if not given and not (home.path / "postgres" / "data" / "PG_VERSION").exists():
        return Finding("database", Outcome.NOT_YET, "made at the first start")
    from clew.site.databases import owner_url

    try:
        told = conninfo_to_dict(owner_url())
    except psycopg.Error:
        return Finding("database", Outcome.BAD, "CLEW_DATABASE_URL cannot be read as an address")
    try:
        with psycopg.connect(**{**told, "connect_timeout": CONNECT_SECONDS_MAX}) as connection:  # type: ignore[arg-type]  # psycopg types its keywords one by one
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as refused:
        help_ = "" if given else " The embedded one runs while `clew up` does."
        return Finding("database", Outcome.BAD, f"it does not answer: {_reason(refused, told).rstrip('?.')}.{help_}")
    whose = "your own" if given else "the embedded one"
    return found("database", version >= SERVER_VERSION_MIN, f"PostgreSQL {version}, {whose}")


def _reason(refused: psycopg.Error, told: Mapping[str, object]) -> str:
    """The last line of what the driver says, without the password should it be in there."""
    lines = [line.strip() for line in str(refused).splitlines() if line.strip()]
    line = lines[-1] if lines else type(refused).__name__
    secret = str(told.get("password") or "")
    return (line.replace(secret, "…") if secret else line).rstrip(".")


def _findings_in_the_database() -> Iterator[Finding]:
    set_up_django()
    from django.db import DatabaseError, connections

    tables = looked_at("tables", _tables)
    yield tables
    if tables.outcome is not Outcome.WELL:
        yield from all_unknown(_OF_THE_DATABASE[1:], Outcome.UNKNOWN, "see tables")
        return
    for name, look in (
        ("clock", _clock),
        ("ledger", ledger_finding),
        ("index", _index),
        ("workers", _workers),
        ("scrub", _scrub),
    ):
        try:
            yield looked_at(name, look)
        except DatabaseError as failed:
            yield Finding(name, Outcome.BAD, f"the database refused: {type(failed).__name__}")
    connections.close_all()


def _tables() -> Finding:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    done = len(executor.loader.applied_migrations)
    if not done:
        return Finding("tables", Outcome.NOT_YET, "made at the first start")
    if missing:
        return Finding("tables", Outcome.BAD, f"{len(missing)} migrations are still to be made: `clew up` makes them")
    return Finding("tables", Outcome.WELL, f"up to date, {done} migrations")


def _clock() -> Finding:
    from django.db import connections

    from clew.ledger.models import Entry

    before = now()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    apart = abs((there - before).total_seconds())
    newest = Entry.objects.using("owner").order_by("-sequence").values_list("at", flat=True).first()
    ahead = (newest - now()).total_seconds() if newest else 0.0
    if ahead > CLOCK_SECONDS_MAX:
        return Finding("clock", Outcome.BAD, f"{now():%Y-%m-%d %H:%M:%S} UTC: {ahead:.0f} s before the newest entry")
    words = f"{now():%Y-%m-%d %H:%M:%S} UTC, {apart:.1f} s from the database's"
    return found("clock", apart <= CLOCK_SECONDS_MAX, words)


def _index() -> Finding:
    from clew.intake.index_state import index_state

    state = index_state()
    if state.segment is None:
        words = f"no segment yet, {state.signatures:,} looks are read from the database"
    else:
        trusted = "trusted" if state.segment.is_trusted else "not trusted"
        words = f"a segment of {state.segment.rows:,} rows, {trusted}; {state.signatures:,} looks held"
    if state.is_damaged:
        words += "; the note of the one in use is damaged"
    for name, failed in state.failed.items():
        words += f"; {name} failed {failed.count:,} in a row, next try {failed.next_try_at:%H:%M:%S} UTC"
    is_well = not state.is_damaged and not state.failed and (state.segment is None or state.segment.is_trusted)
    return found("index", is_well, words)


def _workers() -> Finding:
    from clew.intake.index_state import CHECK_LATE_SECONDS, index_state

    state = index_state()
    if not state.checks:
        return Finding("workers", Outcome.BAD, "none was ever seen; `clew up` or `clew worker` starts one")
    ages = {check.machine: (now() - check.checked_at).total_seconds() for check in state.checks}
    told = ", ".join(f"{machine} {age:.0f} s ago" for machine, age in sorted(ages.items()))
    jails = "; ".join(f"{report.machine}: jail {report.grade.level}" for report in state.jails)
    words = f"last seen: {told}" + (f" ({jails})" if jails else "")
    return found("workers", min(ages.values()) <= CHECK_LATE_SECONDS, words)


def _scrub() -> Finding:
    from clew.vault.scrub_state import scrub_state

    state = scrub_state()
    if state is None:
        return Finding("scrub", Outcome.NOT_YET, "the vault was not opened to its end yet: a worker does so each week")
    return found("scrub", not state.problems, " ".join([state.sentence, *state.problems]))
