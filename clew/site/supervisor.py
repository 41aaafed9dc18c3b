"""The supervisor: keeps server and workers running, starts again what fell, and stops everything in the right order at Ctrl-C."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from clew.kernel.errors import ClewError
from clew.site.home import Home

#: A child that ran this long was well; its next fall starts the waiting anew.
WELL_SECONDS = 30
BACK_OFF_SECONDS = (0.2, 1, 2, 5, 10, 30)
#: A worker finishes its batch, a server its answers; who takes longer is killed, and loses nothing that was acknowledged.
STOP_SECONDS_MAX = 20
_PR_SET_PDEATHSIG = 1


class AlreadyRunning(ClewError):
    """Clew already runs for {path}. Nothing was started. Use it, stop it with Ctrl-C where it runs, or set CLEW_HOME to another directory."""


@dataclass(slots=True)
class Child:
    """One process to be kept running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    falls: int = 0

    def start(self) -> None:
        """Start it, in a session of its own: Ctrl-C at the terminal reaches the supervisor alone, who then stops them in order."""
        parent = os.getpid()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - the supervisor has one thread
        )
        self.started_at = time.monotonic()

    def note_fall(self) -> float:
        """It ended by itself: when to start it again, later each time it falls soon after its start."""
        lived = time.monotonic() - self.started_at
        self.falls = 1 if lived > WELL_SECONDS else self.falls + 1
        wait = BACK_OFF_SECONDS[min(self.falls, len(BACK_OFF_SECONDS)) - 1]
        self.start_at, self.process = time.monotonic() + wait, None
        return wait

    def stop(self) -> None:
        """Ask it to end, and wait; after `STOP_SECONDS_MAX` it is killed."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def _die_with(parent: int) -> None:
    """In the child: end when the supervisor ends, however it ends (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


@dataclass(slots=True)
class Supervisor:
    """Children in the order in which they start; they stop in the same order: first the doors, then the work behind them."""

    children: list[Child]
    say: Callable[[str], None]
    _wanted: bool = field(default=True, init=False)

    def run(self) -> None:
        """Keep the children running until SIGINT or SIGTERM, then stop them."""
        before = {name: signal.signal(name, self._end) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            while self._wanted:
                self._look_after()
                # Interrupted by the signal that ends it, and by nothing else that matters.
                time.sleep(0.2)
        finally:
            for child in self.children:
                child.stop()
            for name, handler in before.items():
                signal.signal(name, handler)

    def _look_after(self) -> None:
        for child in self.children:
            if child.process is None and time.monotonic() >= child.start_at:
                child.start()
            elif child.process is not None and child.process.poll() is not None:
                status = child.process.returncode
                wait = child.note_fall()
                self.say(f"{child.name} ended with status {status}; starting it again in {wait:g} s")

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._wanted = False


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the home for one supervisor; a second one is refused."""
    with (home.run / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(path=home.path) from None
        yield


def children(*, address: str, port: int, workers: int) -> list[Child]:
    """Server and workers, each this program again with another word."""
    program = [sys.executable, "-m", "clew"]
    server = Child("server", [*program, "serve", "--address", address, "--port", str(port)])
    return [server, *(Child(f"worker {n + 1}", [*program, "worker"]) for n in range(workers))]
