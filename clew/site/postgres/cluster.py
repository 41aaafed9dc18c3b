"""The life of the embedded server: made once, started by whoever needs it first, stopped by whoever leaves last.

The server runs on its own, not as a child: any process of the installation may be killed, and the others keep their database.
Who uses it holds a shared lock; the last one out, who can have the lock alone, stops it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from clew.kernel.errors import ClewError
from clew.site.home import Home
from clew.site.postgres.account import account, refuse_unreachable
from clew.site.postgres.binaries import copied_for_everyone, major_version, programs
from clew.site.postgres.configuration import configuration

START_SECONDS_MAX = 60
SUPERUSER = "postgres"


class DatabaseNotMade(ClewError):
    """The embedded PostgreSQL could not be made: {why}. Nothing was kept of it. Free some space or set CLEW_HOME elsewhere, and start again."""


class DatabaseNotStarted(ClewError):
    """The embedded PostgreSQL did not start: {why}. Your data are as they were. Its log is in {log}."""


class DatabaseOfOtherVersion(ClewError):
    """The database in {path} was made by PostgreSQL {made}, the programs here are {found}. Nothing was changed. Bring it over with pg_dump and restore, or use Clew with those programs."""


class Cluster:
    """The embedded PostgreSQL of one home. Use it as `with Cluster(home()).in_use():`, or by `start` and `stop`."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._directory = home.postgres
        self._data = self._directory / "data"
        self._account = account()
        refuse_unreachable(self._directory, self._account)
        self._programs = programs()
        if self._account.user_id is not None:
            self._programs = copied_for_everyone(self._programs, self._directory)
        self._use: int | None = None

    @property
    def is_made(self) -> bool:
        """Whether there is a database here already."""
        return (self._data / "PG_VERSION").exists()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """A running server for as long as the block lasts."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def start(self) -> None:
        """Make the database if it is new, start the server if it does not run, and note that this process uses it."""
        if self._use is not None:
            return
        with self._alone():
            self._make()
            self._configure()
            if not self._is_running():
                self._clear_stale_pid()
                self._launch()
            self._use = self._users_lock(fcntl.LOCK_SH)

    def stop(self) -> None:
        """Note that this process needs the server no longer, and stop it when nobody else does."""
        if self._use is None:
            return
        os.close(self._use)
        self._use = None
        with self._alone():
            try:
                last = self._users_lock(fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._control("stop", "--mode=fast", "--wait")
            os.close(last)

    def ensure_database(self, name: str) -> None:
        """Create the database of this name if there is none."""
        secret = self._home.read_or_make_secret(SUPERUSER)
        where = {"host": str(self._home.postgres_socket), "user": SUPERUSER, "password": secret, "dbname": "postgres"}
        with psycopg.connect(**where, autocommit=True) as connection:  # type: ignore[arg-type]  # psycopg types its keywords one by one
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time makes, starts or stops."""
        with (self._home.run / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _users_lock(self, kind: int) -> int:
        # Not inherited: a child that outlives its parent would count as a user for ever.
        handle = os.open(self._home.run / "postgres-users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, kind)
        except BlockingIOError:
            os.close(handle)
            raise
        return handle

    def _make(self) -> None:
        version = self._data / "PG_VERSION"
        if version.exists():
            made, found = int(version.read_text().strip()), major_version(self._programs)
            if made != found:
                raise DatabaseOfOtherVersion(path=self._data, made=made, found=found)
            return
        for abandoned in self._directory.glob("making-*"):
            shutil.rmtree(abandoned)
        # Made under another name and renamed when whole: a killed start leaves nothing half-made in the way.
        draft = Path(tempfile.mkdtemp(dir=self._directory, prefix="making-"))
        self._account.own(draft)
        try:
            self._initialise(draft)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        draft.rename(self._data)

    def _initialise(self, draft: Path) -> None:
        secret = self._home.read_or_make_secret(SUPERUSER)
        # The server's user reads the password from a pipe, since root's secrets are none of its business.
        reading, writing = os.pipe()
        os.write(writing, secret.encode() + b"\n")
        os.close(writing)
        self._account.own(reading)
        locale = ["--no-locale"]
        if major_version(self._programs) >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        made = self._run(
            "initdb",
            *["--pgdata", str(draft), "--username", SUPERUSER, "--pwfile", f"/proc/self/fd/{reading}"],
            *["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions", *locale],
            pass_fds=[reading],
        )
        os.close(reading)
        if made.returncode != 0:
            raise DatabaseNotMade(why=_last_line(made))
        with (draft / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'clew.conf'\n")

    def _configure(self) -> None:
        socket = self._home.postgres_socket
        socket.mkdir(mode=0o700, exist_ok=True)
        # In a shared temporary directory somebody else may have been first; theirs is not used.
        if socket.is_symlink() or socket.stat().st_uid not in {os.getuid(), self._account.user_id}:
            raise DatabaseNotStarted(why=f"{socket} belongs to someone else", log=self._data / "log")
        self._account.own(socket)
        path = self._data / "clew.conf"
        path.write_text(configuration(socket))
        self._account.own(path)

    def _is_running(self) -> bool:
        return self._control("status").returncode == 0 and self._pid_is_ours()

    def _pid_is_ours(self) -> bool:
        """Whether the process of `postmaster.pid` is this server: after a restart of a container the number is often another's."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            return Path(f"/proc/{pid}/cwd").readlink() == self._data
        except (OSError, ValueError, IndexError):
            return False

    def _clear_stale_pid(self) -> None:
        if not self._pid_is_ours():
            with suppress(FileNotFoundError):
                (self._data / "postmaster.pid").unlink()

    def _launch(self) -> None:
        started = self._control(
            "start", "--wait", f"--timeout={START_SECONDS_MAX}", "--log", str(self._data / "start.log")
        )
        if started.returncode != 0:
            raise DatabaseNotStarted(why=_last_line(started), log=self._data / "log")

    def _control(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", verb, "--pgdata", str(self._data), *options)

    def _run(self, program: str, *options: str, pass_fds: list[int] | None = None) -> subprocess.CompletedProcess[str]:
        # Its own session, so that Ctrl-C at the terminal stops Clew and Clew stops the database, in that order.
        # Output goes to a file, not a pipe: the server inherits it and would hold a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [self._programs / program, *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                pass_fds=pass_fds or [],
                check=False,
                **self._account.spawning,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    return lines[-1].removeprefix("initdb: ").removeprefix("pg_ctl: ") if lines else f"status {done.returncode}"
