"""`clew up`, as an operator starts it: database, server and workers from nothing to a verdict, and down again without a trace."""

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest


@pytest.fixture
def home():
    import shutil

    folder = Path(tempfile.mkdtemp(prefix="clew-up-"))
    folder.chmod(0o711)
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clew(home):
    """Runs `clew …` for that home."""

    def run(*words, stdin="", **environment):
        return subprocess.run(
            [sys.executable, "-m", "clew", *map(str, words)],
            input=stdin, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "CLEW_HOME": str(home), **environment},
        )  # fmt: skip

    return run


class Running:
    """A `clew up` or `clew demo` in the background, and what it printed."""

    def __init__(self, home, *words):
        self.log = home.parent / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "clew", *words],
                stdout=log, stderr=log, env={**os.environ, "CLEW_HOME": str(home)},
            )  # fmt: skip

    def address(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            found = re.search(r"Clew runs at (http://\S+)/", self.log.read_text())
            if found:
                return found[1]
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def _processes_of(home):
    """Processes that name this home in their command or environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if os.fsencode(home) in told:
                found.append((entry.name, (entry / "cmdline").read_bytes()))
    return found


def test_from_nothing_to_a_verdict_and_down_again(home, clew, tmp_path, pictures, jpeg):
    running = Running(home, "up", "--workers", "1")
    try:
        address = running.address(seconds=60)
        for words in (
            ("organisation", "add", "no", "--name", "Norway", "--country", "no", "--active"),
            (
                "unit",
                "add",
                "no",
                "--name",
                "Desk",
                "--email",
                "a@no.example",
                "--phone",
                "+47",
                "--purpose",
                "victim-identification",
                "--legal-basis",
                "Act 1",
            ),
        ):
            assert clew(*words).returncode == 0
        officer = (
            "officer",
            "add",
            "eva",
            "--name",
            "Eva",
            "--organisation",
            "no",
            "--unit",
            "Desk",
            "--role",
            "specialist",
            "--certified-until",
            str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=300)),
        )
        assert clew(*officer, stdin="a long enough password\n").returncode == 0
        key = clew("key", "create", "--as", "eva", "--label", "x").stdout.strip()
        (tmp_path / "a.jpg").write_bytes(jpeg(pictures(1)))
        # Over the API, so that it is the worker who decides.
        sent = clew("submit", tmp_path / "a.jpg", "--case", "NO-1", CLEW_URL=address, CLEW_KEY=key)
        assert (sent.returncode, "1 file: 0 known, 0 resembles, 0 unreadable, 1 new" in sent.stdout) == (0, True), (
            sent.stderr
        )
        known = clew("check", tmp_path / "a.jpg", "--as", "eva")
        assert known.returncode == 1
        assert "running   yes" in clew("status").stdout
        second = clew("up")
        assert (second.returncode, "Clew already runs for" in second.stderr) == (2, True)
    finally:
        status = running.stop()
    assert status == 0
    assert "stopped" in running.log.read_text()
    assert _processes_of(home) == []
    assert "running   no" in clew("status").stdout


def test_a_port_that_is_taken_is_named_and_leaves_nothing_running(home, clew):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = clew("up", "--port", port)
    assert (ran.returncode, f"Port {port} on 127.0.0.1 is taken" in ran.stderr) == (2, True)
    assert _processes_of(home) == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_whole_demo_starts_twice_and_the_second_time_at_once(home, clew):
    running = Running(home, "demo")
    try:
        running.address(seconds=300)
        time.sleep(1)
        printed = running.log.read_text()
        assert "ingrid.dahl" in printed
        assert re.search(r"Password +\S{16}\n", printed)
        checked = clew("check", home / "samples", "--as", "emi.sato")
        assert "48 files: 7 known, 26 resembles, 3 unreadable, 12 new" in checked.stdout
        assert "media     1,2" in clew("status").stdout
    finally:
        running.stop()
    again = Running(home, "demo")
    try:
        again.address(seconds=10)
    finally:
        again.stop()
