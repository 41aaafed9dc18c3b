"""The embedded PostgreSQL: made once, started when needed, stopped when nobody needs it, and brought back after a crash."""

import os
import signal
import tempfile
from pathlib import Path

import psycopg
import pytest

from clew.site.home import open_home
from clew.site.postgres import Cluster


@pytest.fixture(scope="module")
def home():
    import shutil

    folder = Path(tempfile.mkdtemp(prefix="clew-pg-"))
    folder.chmod(0o711)
    yield open_home(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


def _asked(home, statement, database="postgres"):
    secret = home.read_or_make_secret("postgres")
    with psycopg.connect(
        host=str(home.postgres_socket), user="postgres", password=secret, dbname=database, connect_timeout=5
    ) as connection:
        return connection.execute(statement).fetchone()[0]


def _pid(home):
    return int((home.postgres / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_it_is_made_once_and_keeps_what_was_written(home):
    cluster = Cluster(home)
    assert not cluster.is_made
    with cluster.in_use():
        cluster.ensure_database("clew")
        cluster.ensure_database("clew")
        assert _asked(home, "SELECT 40 + 2", "clew") == 42
        made = _asked(home, "SELECT system_identifier FROM pg_control_system()")
    assert cluster.is_made
    with Cluster(home).in_use():
        assert _asked(home, "SELECT system_identifier FROM pg_control_system()") == made


def test_it_stops_with_its_last_user(home):
    first, second = Cluster(home), Cluster(home)
    first.start()
    second.start()
    pid = _pid(home)
    first.stop()
    assert _asked(home, "SELECT 1") == 1
    assert _pid(home) == pid
    second.stop()
    with pytest.raises(psycopg.OperationalError):
        _asked(home, "SELECT 1")


def test_it_comes_back_after_it_was_killed(home):
    cluster = Cluster(home)
    cluster.start()
    with psycopg.connect(
        host=str(home.postgres_socket),
        user="postgres",
        password=home.read_or_make_secret("postgres"),
        dbname="postgres",
    ) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(_pid(home), signal.SIGKILL)
    cluster.stop()
    with Cluster(home).in_use():
        assert _asked(home, "SELECT n FROM kept") == 7


def test_nobody_comes_in_over_the_network_or_without_the_password(home):
    with Cluster(home).in_use():
        assert _asked(home, "SHOW listen_addresses") == ""
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=str(home.postgres_socket), user="postgres", password="guess", dbname="postgres")


def test_what_was_acknowledged_is_on_the_disk(home):
    with Cluster(home).in_use():
        assert {name: _asked(home, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")} == {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
        }
        assert _asked(home, "SHOW data_checksums") == "on"
