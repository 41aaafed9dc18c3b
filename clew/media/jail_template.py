"""The template: a clean process that has every decoder loaded, and forks one walled cell for each file.

It is started fresh, never forked from the caller, so no database connection, key or environment of the caller is in it or its cells.
It ends when its socket closes or the caller dies; its cells die with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clew.media.jail_cell import Errand
from clew.media.jail_grade import GradeLevel, JailGrade
from clew.media.jail_rehearsal import rehearse
from clew.media.jail_trial import missing_walls
from clew.media.jail_walls import Walls
from clew.media.jail_wire import (
    EXIT_ANSWERED,
    EXIT_CELL_FAILED,
    EXIT_MEMORY_EXCEEDED,
    EXIT_WALLS_FAILED,
    HEADER_SIZE_BYTES,
    MESSAGE_SIZE_BYTES,
    OUTCOME_ANSWERED,
    OUTCOME_BROKEN,
    OUTCOME_FAILED,
    OUTCOME_MEMORY,
    OUTCOME_SIGNAL,
    OUTCOME_TIME,
    JailLimits,
    write_header,
)

#: What runs in a cell: it is given an errand and returns a header.
Cell = Callable[[Errand], dict[str, Any]]
# Descriptors of the template and of all files at once; low, so that closing them in a cell is quick.
_DESCRIPTORS_MAX = 256
_ERRAND_DESCRIPTORS = 3
# What a cell's exit status means; any other is a decoder's failure.
_OUTCOMES = {
    EXIT_ANSWERED: OUTCOME_ANSWERED,
    EXIT_WALLS_FAILED: OUTCOME_BROKEN,
    EXIT_MEMORY_EXCEEDED: OUTCOME_MEMORY,
}


@dataclass(slots=True)
class _Running:
    """A cell at work: its process, where to tell its outcome, and when it must be done (monotonic seconds)."""

    process: int
    reply: socket.socket
    deadline: float
    overdue: bool = False


class Template:
    """The loop that takes errands from the socket, starts cells and tells what became of them."""

    def __init__(self, door: socket.socket, caller: int, limits: JailLimits, cell: Cell) -> None:
        self._door = door
        self._limits = limits
        self._cell = cell
        self._walls = Walls.prepared(limits)
        self._process = os.getpid()
        self._caller_fd = os.pidfd_open(caller)
        self._poll = select.poll()
        self._poll.register(door, select.POLLIN)
        self._poll.register(self._caller_fd, select.POLLIN)
        self._running: dict[int, _Running] = {}

    def try_walls(self) -> JailGrade:
        """What the jail is worth here, found out by attacking each wall. Cells are then raised with those that hold."""
        missing = missing_walls(self._walls)
        grade = JailGrade(missing)
        if grade.level is GradeLevel.NONE:
            return grade
        self._walls = self._walls.without(missing)
        process = os.fork()
        if not process:
            try:
                self._walls.raise_around_me(self._process)
            except BaseException:  # noqa: BLE001 - nothing may unwind into the template's code
                os._exit(EXIT_WALLS_FAILED)
            os._exit(EXIT_ANSWERED)
        if os.waitpid(process, 0)[1] != EXIT_ANSWERED:
            sys.exit("this machine refuses the walls of the jail, each of which it has")
        return grade

    def serve(self) -> None:
        """Work until the caller closes the door or dies."""
        while True:
            ready = [fd for fd, _ in self._poll.poll(self._patience_milliseconds())]
            if self._caller_fd in ready:
                return
            for fd in ready:
                if fd in self._running:
                    self._bury(fd)
            self._end_overdue()
            if self._door.fileno() in ready and not self._take_errand():
                return

    def _patience_milliseconds(self) -> int | None:
        waiting = [running.deadline for running in self._running.values() if not running.overdue]
        return max(0, int((min(waiting) - time.monotonic()) * 1000) + 1) if waiting else None

    def _take_errand(self) -> bool:
        message, fds, _, _ = socket.recv_fds(self._door, MESSAGE_SIZE_BYTES, _ERRAND_DESCRIPTORS)
        if not message or len(fds) != _ERRAND_DESCRIPTORS:
            return False
        content_fd, answer_fd, reply_fd = fds
        reply = socket.socket(fileno=reply_fd)
        try:
            process = os.fork()
            if not process:
                self._become_cell(json.loads(message), content_fd, answer_fd)
        except OSError:
            _tell(reply, OUTCOME_BROKEN)
            return True
        finally:
            os.close(content_fd)
            os.close(answer_fd)
        pidfd = os.pidfd_open(process)
        self._running[pidfd] = _Running(process, reply, time.monotonic() + self._limits.wall_seconds_max)
        self._poll.register(pidfd, select.POLLIN)
        return True

    def _become_cell(self, errand: dict[str, Any], content_fd: int, answer_fd: int) -> None:
        """In the new process: map the two memories, close everything, raise the walls, and only then look at the file."""
        status = EXIT_WALLS_FAILED
        try:
            content = mmap.mmap(content_fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
            answer = memoryview(mmap.mmap(answer_fd, self._limits.answer_size_bytes))
            self._walls.raise_around_me(self._process)
            os.closerange(3, _DESCRIPTORS_MAX)
            # An import would only be killed at the wall; so it fails like any other error of a decoder.
            sys.meta_path.clear()
            status = EXIT_CELL_FAILED
            taken = Errand.of(errand, content, answer, self._limits)
            told = self._cell(taken)
            write_header(answer[:HEADER_SIZE_BYTES], {**taken.parts.told, **told})
            status = EXIT_ANSWERED
        except MemoryError:
            status = EXIT_MEMORY_EXCEEDED
        finally:
            os._exit(status)

    def _bury(self, pidfd: int) -> None:
        running = self._running.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status, used = os.wait4(running.process, 0)
        # Linux counts the peak in kibibytes (getrusage(2)); shared pages of the template and of the answer are in it.
        cost = (used.ru_maxrss * 1024, used.ru_utime + used.ru_stime)
        if running.overdue:
            _tell(running.reply, OUTCOME_TIME, 0, cost)
        elif os.WIFSIGNALED(status):
            _tell(running.reply, OUTCOME_SIGNAL, os.WTERMSIG(status), cost)
        else:
            _tell(running.reply, _OUTCOMES.get(os.WEXITSTATUS(status), OUTCOME_FAILED), 0, cost)

    def _end_overdue(self) -> None:
        moment = time.monotonic()
        for pidfd, running in self._running.items():
            if not running.overdue and running.deadline <= moment:
                running.overdue = True
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def _tell(reply: socket.socket, outcome: str, number: int = 0, cost: tuple[int, float] = (0, 0.0)) -> None:
    """Send an outcome, with the cell's peak memory in bytes and its processor seconds, to the thread that waits for it, if it still does."""
    with reply, contextlib.suppress(OSError):
        reply.send(json.dumps([outcome, number, *cost]).encode())


def _named_cell(name: str) -> Cell:
    """The cell of this name, after its module has done whatever must be done before the walls are up (`rehearse_cell`, if it has one)."""
    module_name, _, function = name.partition(":")
    module = importlib.import_module(module_name)
    getattr(module, "rehearse_cell", lambda: None)()
    cell: Cell = getattr(module, function)
    return cell


def main(door_fd: int, caller: int, cell_name: str, limits: dict[str, Any]) -> None:
    """The template's whole life; it returns when the caller is done with it."""
    # Decoders warn of odd files; nobody is there to read it.
    warnings.simplefilter("ignore")
    # Where no limit can be set at all, the trial finds that out and says so.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS_MAX, _DESCRIPTORS_MAX))
    door = socket.socket(fileno=door_fd)
    if os.getppid() != caller:
        sys.exit(0)
    rehearse()
    template = Template(door, caller, JailLimits(**limits), _named_cell(cell_name))
    # What is loaded now is shared by all cells; a collection would copy it page by page.
    gc.disable()
    gc.collect()
    gc.freeze()
    grade = template.try_walls()
    # The caller reads standard error only of a template that does not start.
    os.dup2(1, 2)
    # Whether such a jail is good enough, the caller decides.
    door.send(json.dumps({"missing": grade.missing}).encode())
    template.serve()
    os._exit(0)
