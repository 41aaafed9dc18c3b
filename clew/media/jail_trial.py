"""The trial of the walls: each is raised around a process that then attacks it. A wall that cannot be raised, or does not hold, is missing.

Versions and return codes are not believed: a kernel, a container runtime or an outer filter may say yes and do nothing.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import resource
import signal
import socket
from collections.abc import Callable

from clew.kernel.limits import MIB
from clew.media.jail_grade import Wall
from clew.media.jail_walls import PR_GET_NO_NEW_PRIVS, Walls, become_nobody, forbid_new_rights, prctl_value

# Exit statuses of a process on trial.
_HELD = 0
_ESCAPED = 81
_NOT_RAISED = 82
# Readable before the walls are up, since it was imported.
_A_FILE = __file__
_NO_DESCRIPTOR = frozenset({errno.EMFILE})
_NO_ACCESS = frozenset({errno.EACCES})


def missing_walls(walls: Walls) -> tuple[str, ...]:
    """The names of the walls that did not hold when attacked, in the order of `Wall`. Takes about 20 ms, most of it for forking."""
    tried: dict[Wall, Callable[[], bool]] = {
        Wall.LIMITS: lambda: _holds(walls.limit_resources, _break_limits(walls)),
        Wall.NO_NEW_RIGHTS: lambda: _holds(forbid_new_rights, _ask_for_rights),
        Wall.ANOTHER_USER: lambda: os.geteuid() != 0 or _holds(become_nobody, _become_root),
        Wall.LANDLOCK: lambda: walls.landlock is not None and _holds(walls.raise_landlock, _open_file),
        Wall.SECCOMP: lambda: (
            walls.seccomp is not None
            and all(_holds(walls.raise_seccomp, attack) for attack in (_open_file, _open_socket, _fork, _execute))
        ),
    }
    return tuple(wall.value for wall, holds in tried.items() if not holds())


def _holds(raise_wall: Callable[[], None], attack: Callable[[], bool]) -> bool:
    """Whether a process behind the wall was stopped, by a refusal or by SIGSYS. `attack` tells whether it was refused."""
    process = os.fork()
    if not process:
        status = _NOT_RAISED
        try:
            # Where nothing stops it, nothing may outlive it or leave a mark either.
            raise_wall()
            status = _ESCAPED
            status = _HELD if attack() else _ESCAPED
        finally:
            os._exit(status)
    status = os.waitpid(process, 0)[1]
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGSYS
    return os.WEXITSTATUS(status) == _HELD


def _open_file() -> bool:
    try:
        os.close(os.open(_A_FILE, os.O_RDONLY))
    except OSError as refused:
        return refused.errno in _NO_ACCESS
    return False


def _open_socket() -> bool:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    return False


def _fork() -> bool:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return False


def _execute() -> bool:
    # A program that is not there: the wall must end the process before anybody looks for it.
    with contextlib.suppress(OSError):
        os.execv("/nonexistent", ["nonexistent"])  # noqa: S606 - an attack
    return False


def _ask_for_rights() -> bool:
    return prctl_value(PR_GET_NO_NEW_PRIVS) == 1


def _become_root() -> bool:
    if 0 in {*os.getresuid(), *os.getresgid(), *os.getgroups()}:
        return False
    try:
        os.setuid(0)
    except OSError:
        return True
    return False


def _break_limits(walls: Walls) -> Callable[[], bool]:
    """Memory beyond the limit, one descriptor, and the limit of processor time raised again."""

    def attack() -> bool:
        return _memory_is_limited(walls.limits.memory_bytes_max) and _descriptors_are_limited() and _time_is_limited()

    return attack


def _memory_is_limited(memory_bytes_max: int) -> bool:
    try:
        mmap.mmap(-1, memory_bytes_max + MIB).close()
    except OSError:
        return True
    return False


def _descriptors_are_limited() -> bool:
    try:
        os.close(os.open(_A_FILE, os.O_RDONLY))
    except OSError as refused:
        return refused.errno in _NO_DESCRIPTOR
    return False


def _time_is_limited() -> bool:
    return resource.RLIM_INFINITY not in resource.getrlimit(resource.RLIMIT_CPU)
