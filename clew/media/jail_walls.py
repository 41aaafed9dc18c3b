"""The walls of a cell: limits of the kernel, another user, Landlock and seccomp, raised before a cell sees a single byte.

Each wall would do alone for most attacks; together they leave a captured decoder with computing, and nothing to compute for.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from dataclasses import dataclass
from pathlib import Path

from clew.media import jail_landlock, jail_seccomp
from clew.media.jail_wire import JailLimits

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
# Nobody: the user with the fewest rights on every Linux.
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """Tell the kernel one thing about this process; raises OSError when the kernel refuses."""
    if _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@dataclass(frozen=True, slots=True)
class Walls:
    """Walls made ready once, in the template, so that raising them around a cell takes microseconds."""

    limits: JailLimits
    landlock: jail_landlock.Ruleset
    seccomp: jail_seccomp.Program

    @classmethod
    def prepared(cls, limits: JailLimits) -> Walls:
        """Build the walls; raises OSError where the machine has no seccomp, without which nothing is opened."""
        return cls(limits, jail_landlock.Ruleset.created(), jail_seccomp.Program.compiled())

    def raise_around_me(self, parent: int) -> None:
        """Shut the calling process in, for ever. `parent` is the process whose death is to end it."""
        self._limit_resources()
        _become_nobody()
        # After the change of user, which clears it.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        self.landlock.restrict_me()
        self.seccomp.load()

    def _limit_resources(self) -> None:
        cpu_seconds_max = self.limits.cpu_seconds_max
        memory_bytes_max = _mapped_bytes() + self.limits.memory_bytes_max
        for limit, soft, hard in (
            (resource.RLIMIT_CORE, 0, 0),
            (resource.RLIMIT_FSIZE, 0, 0),
            (resource.RLIMIT_MEMLOCK, 0, 0),
            # The soft limit tells by SIGXCPU; the hard one ends a decoder that ignores it.
            (resource.RLIMIT_CPU, cpu_seconds_max, cpu_seconds_max + 1),
            (resource.RLIMIT_AS, memory_bytes_max, memory_bytes_max),
            # Last, since reading what is mapped needed a descriptor.
            (resource.RLIMIT_NOFILE, 0, 0),
        ):
            _lower(limit, soft, hard)


def _lower(limit: int, soft: int, hard: int) -> None:
    """Set a limit, but never above one that the administrator has set already."""
    standing = resource.getrlimit(limit)[1]
    if standing != resource.RLIM_INFINITY:
        soft, hard = min(soft, standing), min(hard, standing)
    resource.setrlimit(limit, (soft, hard))


def _mapped_bytes() -> int:
    """Address space that the template and the shared memory take up already."""
    return int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()


def _become_nobody() -> None:
    """Root gives up being root; in a container that maps no other user this fails, and the other walls must do."""
    if os.geteuid() != 0:
        return
    with contextlib.suppress(OSError):
        os.setgroups([])
    with contextlib.suppress(OSError):
        os.setresgid(NOBODY, NOBODY, NOBODY)
    with contextlib.suppress(OSError):
        os.setresuid(NOBODY, NOBODY, NOBODY)
