"""The walls of a cell: limits of the kernel, another user, Landlock and seccomp, raised before a cell sees a single byte.

Each wall would do alone for most attacks; together they leave a captured decoder with computing, and nothing to compute for.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from clew.media import jail_landlock, jail_seccomp
from clew.media.jail_grade import Wall
from clew.media.jail_wire import JailLimits

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39
# Nobody: the user with the fewest rights on every Linux.
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """Tell the kernel one thing about this process; raises OSError when the kernel refuses."""
    if prctl_value(option, value):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def prctl_value(option: int, value: int = 0) -> int:
    """What the kernel answers, -1 for a refusal."""
    return int(_libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)))


def forbid_new_rights() -> None:
    """No program started from here gains rights by its owner or its file; seccomp and Landlock ask for it (prctl(2))."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


@dataclass(frozen=True, slots=True)
class Walls:
    """Walls made ready once, in the template, so that raising them around a cell takes microseconds. None is a wall this machine lacks."""

    limits: JailLimits
    landlock: jail_landlock.Ruleset | None
    seccomp: jail_seccomp.Program | None

    @classmethod
    def prepared(cls, limits: JailLimits) -> Walls:
        """Build whatever walls this machine has; whether they hold, `jail_trial` finds out."""
        return cls(limits, jail_landlock.Ruleset.created(), jail_seccomp.Program.compiled())

    def without(self, missing: Collection[str]) -> Walls:
        """Those that are left when the missing ones are not even tried: a cell must not fail for want of them."""
        return replace(
            self,
            landlock=None if Wall.LANDLOCK in missing else self.landlock,
            seccomp=None if Wall.SECCOMP in missing else self.seccomp,
        )

    def raise_around_me(self, parent: int) -> None:
        """Shut the calling process in, for ever. `parent` is the process whose death is to end it."""
        self.limit_resources()
        become_nobody()
        # After the change of user, which clears it.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
        forbid_new_rights()
        if self.landlock is not None:
            self.landlock.restrict_me()
        if self.seccomp is not None:
            self.seccomp.load()

    def raise_landlock(self) -> None:
        """Landlock alone, for its trial; the kernel asks that new rights be forbidden first."""
        assert self.landlock is not None
        forbid_new_rights()
        self.landlock.restrict_me()

    def raise_seccomp(self) -> None:
        """The filter alone, for its trial."""
        assert self.seccomp is not None
        forbid_new_rights()
        self.seccomp.load()

    def limit_resources(self) -> None:
        """Memory, time and descriptors of the calling process, and no core file of what was in it."""
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


def become_nobody() -> None:
    """Root gives up being root. In a container that maps no other user this fails, which the trial finds out: the jail is then reduced."""
    if os.geteuid() != 0:
        return
    with contextlib.suppress(OSError):
        os.setgroups([])
    with contextlib.suppress(OSError):
        os.setresgid(NOBODY, NOBODY, NOBODY)
    with contextlib.suppress(OSError):
        os.setresuid(NOBODY, NOBODY, NOBODY)
