"""The caller's side of the template process: starting it clean, sending it errands, and ending it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import weakref
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from clew.kernel.errors import ClewError
from clew.kernel.limits import JAIL_START_SECONDS_MAX
from clew.media.jail_grade import JailGrade
from clew.media.jail_wire import MESSAGE_SIZE_BYTES, JailLimits
from clew.media.kinds import MediaType

# Of what a template said that did not start, the end is enough.
_SAID_BYTES_MAX = 2000
# Waiting for a killed process to be gone.
_END_SECONDS_MAX = 10
# The caller's patience beyond the cell's own time limit, which the template keeps.
_GRACE_SECONDS = 10
# -I: neither the environment nor the working folder decides what is imported. Folders come last, behind the installed packages.
_PROGRAM = (
    "import sys, json; door, caller, cell, limits, folders = json.loads(sys.argv[1]); sys.path += folders; "
    "from clew.media.jail_template import main; main(door, caller, cell, limits)"
)
# One thread: a process with threads cannot be forked safely, and a cell has one processor's time to spend. One arena: the C library gives
# each thread of a decoder its own, reserves 128 MiB for it, and asks a file of the kernel before it gives any back, which ends a cell.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "LC_ALL": "C.UTF-8",
}
# Where a system keeps its libraries in unusual places, nothing starts without it.
_KEPT_VARIABLES = ("LD_LIBRARY_PATH",)


class JailUnavailable(ClewError):
    """The jail cannot be started ({reason}), so no file was opened. What was received is kept and waits.
    Ask your administrator to run Clew on Linux 5.13 or later with seccomp, and to install libseccomp; `clew doctor` tells what is missing.
    """

    status = 503


class JailNotWhole(JailUnavailable):
    """The jail is {reason}, so no file was opened. What was received is kept and waits.
    Ask your administrator to give the machine what is missing, or to accept a reduced jail with CLEW_JAIL_REDUCED=accepted.
    """


class TemplateLost(ClewError):
    """The process that opens files ended unexpectedly. Nothing was changed. The file is tried again."""


@dataclass(frozen=True, slots=True)
class Buried:
    """One cell that has ended: how, as `jail_wire` names it, and what it cost at its dearest."""

    outcome: str
    number: int
    memory_bytes: int
    cpu_seconds: float


class TemplateProcess:
    """One running template. Usable from many threads: each errand has a socket of its own to be answered on."""

    def __init__(self, limits: JailLimits, cell: str, folders: Sequence[str], *, is_reduced_accepted: bool) -> None:
        """Start the process; raises JailUnavailable when it does not come up, with the last line of what it said, or JailNotWhole."""
        self.owner = os.getpid()
        self._patience_seconds = limits.wall_seconds_max + _GRACE_SECONDS
        self._door, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root = str(Path(__file__).resolve().parents[2])
        orders = json.dumps([inner.fileno(), os.getpid(), cell, asdict(limits), [root, *folders]])
        said = os.memfd_create("clew-jail-said", os.MFD_CLOEXEC)
        with inner, os.fdopen(said, "r+b") as errors:
            try:
                self._process = _started(orders, inner.fileno(), errors)
            except OSError as error:
                self._door.close()
                raise JailUnavailable(reason=error.strerror) from error
            self.end = weakref.finalize(self, _end, self._process, self._door, os.getpid())
            inner.close()
            grade = self._told_grade()
            if grade is None:
                self.end()
                raise JailUnavailable(reason=_last_line(errors))
        if not grade.opens_files(is_reduced_accepted=is_reduced_accepted):
            self.end()
            raise JailNotWhole(reason=grade.sentence)
        self.grade = grade

    @property
    def process_id(self) -> int:
        """The process's number, for those who watch it."""
        return self._process.pid

    @property
    def is_usable(self) -> bool:
        """Whether this process (not one it was forked from) started it and it has not been ended."""
        return bool(self.end.alive) and self.owner == os.getpid()

    def _told_grade(self) -> JailGrade | None:
        """What the template says of its walls once it is ready; None where it never is."""
        self._door.settimeout(JAIL_START_SECONDS_MAX)
        try:
            told = json.loads(self._door.recv(MESSAGE_SIZE_BYTES))
        except (OSError, ValueError):
            return None
        return JailGrade(tuple(told["missing"]))

    def outcome(self, media_type: MediaType, content_fd: int, answer_fd: int) -> Buried:
        """Have one file examined; what became of its cell. Raises TemplateLost when the template is gone or silent."""
        errand = {"mime": media_type.mime, "kind": media_type.kind.value, "parser": media_type.parser}
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        mine.settimeout(self._patience_seconds)
        with mine:
            try:
                with theirs:
                    fds = [content_fd, answer_fd, theirs.fileno()]
                    socket.send_fds(self._door, [json.dumps(errand).encode()], fds, socket.MSG_NOSIGNAL)
                reply = mine.recv(MESSAGE_SIZE_BYTES)
                return Buried(*json.loads(reply))
            except (OSError, ValueError) as error:
                raise TemplateLost from error


def _started(orders: str, inner_fd: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", _PROGRAM, orders],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        pass_fds=(inner_fd,),
        env=_ENVIRONMENT | {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        cwd="/",
        # Ctrl-C in a terminal goes to the caller, who then ends the template in order.
        start_new_session=True,
    )


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read()[-_SAID_BYTES_MAX:].decode("utf-8", "replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it says nothing")


def _end(process: subprocess.Popen[bytes], door: socket.socket, owner: int) -> None:
    door.close()
    if os.getpid() != owner:
        # A fork of the owner: the process is not its child, and still serves the owner.
        process.returncode = 0
        return
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.kill()
        process.wait(_END_SECONDS_MAX)
