"""The supervisor: what falls is started again, later each time, and everything stops in order."""

import os
import signal
import subprocess
import sys
import time

import pytest

from clew.site.home import open_home
from clew.site.supervisor import BACK_OFF_SECONDS, AlreadyRunning, Child, Supervisor, children, only_one

PROGRAM = """
import sys, threading
from clew.site.supervisor import Child, Supervisor
folder = sys.argv[1]
note = "import os,sys,time,signal; name=sys.argv[1]; open(sys.argv[2]+'/'+name,'a').write(str(os.getpid())+chr(10));"
stay = note + "signal.signal(signal.SIGTERM, lambda *_: (open(sys.argv[2]+'/ended','a').write(name+chr(10)), sys.exit(0))); time.sleep(60)"
fall = note + "sys.exit(3)"
make = lambda name, code: Child(name, [sys.executable, "-c", code, name, folder])
Supervisor([make("server", stay), make("worker", stay), make("weak", fall)], lambda words: print(words, flush=True)).run()
"""


@pytest.fixture
def running(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    yield process, tmp_path
    process.kill()
    process.wait()
    process.stdout.close()


def _lines(path):
    return path.read_text().split() if path.exists() else []


def _until(is_so, seconds=20):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    assert is_so()


def _is_alive(pid):
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


def test_what_fell_is_started_again_and_told(running):
    process, folder = running
    _until(lambda: len(_lines(folder / "weak")) >= 2)
    _until(lambda: _lines(folder / "server"))
    (first,) = _lines(folder / "server")
    os.kill(int(first), signal.SIGKILL)
    _until(lambda: len(_lines(folder / "server")) == 2)
    assert "weak ended with status 3; starting it again in 0.2 s" in process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_everything_stops_in_order_when_asked(running, number):
    process, folder = running
    _until(lambda: _lines(folder / "server") and _lines(folder / "worker") and len(_lines(folder / "weak")) >= 1)
    time.sleep(0.5)
    process.send_signal(number)
    assert process.wait(timeout=20) == 0
    assert _lines(folder / "ended") == ["server", "worker"]
    assert not any(_is_alive(pid) for name in ("server", "worker") for pid in _lines(folder / name))


def test_nothing_is_left_behind_when_the_supervisor_itself_is_killed(running):
    process, folder = running
    _until(lambda: _lines(folder / "server") and _lines(folder / "worker"))
    time.sleep(0.5)
    process.kill()
    process.wait()
    _until(lambda: set(_lines(folder / "ended")) == {"server", "worker"})


def test_each_fall_soon_after_the_last_waits_longer_and_a_long_life_forgives():
    child = Child("weak", ["true"])
    child.started_at = time.monotonic()
    assert [child.note_fall() for _ in range(8)] == [*BACK_OFF_SECONDS, 30, 30]
    child.started_at = time.monotonic() - 3600
    assert child.note_fall() == BACK_OFF_SECONDS[0]


def test_a_child_that_does_not_end_is_killed(monkeypatch):
    monkeypatch.setattr("clew.site.supervisor.STOP_SECONDS_MAX", 0.3)
    child = Child(
        "deaf",
        [
            sys.executable,
            "-c",
            "import signal,time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
        ],
    )
    child.start()
    time.sleep(0.5)
    process = child.process
    child.stop()
    assert process.returncode == -signal.SIGKILL


def test_one_home_has_one_supervisor(tmp_path):
    home = open_home(tmp_path / "home")
    with only_one(home), pytest.raises(AlreadyRunning), only_one(home):
        pass
    with only_one(home):
        pass


def test_server_and_workers_are_this_program_again():
    made = children(address="127.0.0.1", port=9000, workers=2)
    assert [child.name for child in made] == ["server", "worker 1", "worker 2"]
    assert list(made[0].command[1:]) == ["-m", "clew", "serve", "--address", "127.0.0.1", "--port", "9000"]
    assert isinstance(Supervisor(made, print).children, list)
