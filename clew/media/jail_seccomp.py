"""Seccomp: the list of system calls a decoder needs. Everything else ends the process with SIGSYS, which the jail reports.

The filter is compiled once in the template and loaded as it is in each cell, which saves a millisecond a file.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import os
from dataclasses import dataclass

# linux/prctl.h, linux/seccomp.h
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_INSTRUCTION_SIZE_BYTES = 8
# linux/sched.h: only a new thread of the same process carries it.
_CLONE_THREAD = 0x00010000
# linux/prctl.h: naming a thread, naming a piece of memory. Both change nothing but what `ps` shows.
_PR_SET_NAME = 15
_PR_SET_VMA = 0x53564D41

#: Memory, locks, time, signals to oneself, chance, and the end. Nothing that names a file, a socket or another process.
_ALLOWED = (
    *("brk", "munmap", "mremap", "madvise"),
    *("futex", "futex_wake", "futex_wait", "sched_yield", "set_robust_list", "rseq", "membarrier", "set_tid_address"),
    *("clock_gettime", "clock_getres", "gettimeofday", "time", "clock_nanosleep", "nanosleep", "restart_syscall"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack"),
    *("getpid", "gettid", "getuid", "geteuid", "getgid", "getegid"),
    *("getrusage", "times", "sysinfo", "uname", "getcpu", "sched_getaffinity", "getrandom"),
    *("read", "write", "writev", "lseek", "close", "close_range", "fstat", "exit", "exit_group"),
)
#: Questions that a C library may ask in passing: answered "no", since asking is no attack.
_REFUSED = {
    "ioctl": errno.ENOTTY,
    "newfstatat": errno.EACCES,
    "statx": errno.EACCES,
    "readlink": errno.EACCES,
    "readlinkat": errno.EACCES,
    # The C library then uses clone(2), whose flags a filter can see.
    "clone3": errno.ENOSYS,
    # abort(3) ends the process by another way when it may not signal itself.
    "tgkill": errno.EPERM,
    "sched_setaffinity": errno.EPERM,
    "sched_getscheduler": errno.EPERM,
    "sched_getparam": errno.EPERM,
    "prlimit64": errno.EPERM,
}


class _Program(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled filter: classic BPF instructions of eight bytes each."""

    instructions: bytes

    @classmethod
    def compiled(cls) -> Program | None:
        """The filter for this machine; None where libseccomp, which compiles it, is missing or finds no seccomp in the kernel."""
        # Imported here: looking for libseccomp is slow, and only the template needs it.
        try:
            import pyseccomp

            seccomp = pyseccomp.SyscallFilter(pyseccomp.KILL_PROCESS)
        except (ImportError, OSError, RuntimeError, ValueError):
            return None
        for name in _ALLOWED:
            _add(seccomp, pyseccomp.ALLOW, name)
        for name, number in _REFUSED.items():
            _add(seccomp, pyseccomp.ERRNO(number), name)
        masked = pyseccomp.MASKED_EQ
        # Memory that can be written is never run, neither made so nor turned into it.
        for name in ("mmap", "mprotect"):
            _add(seccomp, pyseccomp.ALLOW, name, pyseccomp.Arg(2, masked, mmap.PROT_EXEC, 0))
        _add(seccomp, pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, masked, _CLONE_THREAD, _CLONE_THREAD))
        for option in (_PR_SET_NAME, _PR_SET_VMA):
            _add(seccomp, pyseccomp.ALLOW, "prctl", pyseccomp.Arg(0, pyseccomp.EQ, option))
        return cls(_exported(seccomp))

    def load(self) -> None:
        """Put the calling process under the filter, for ever; raises OSError when the kernel refuses."""
        length = len(self.instructions) // _INSTRUCTION_SIZE_BYTES
        program = _Program(length, self.instructions)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(program), 0, 0):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def _add(seccomp: object, action: int, name: str, *arguments: object) -> None:
    # Older libraries do not know the youngest calls, and not every architecture has all of them.
    with contextlib.suppress(OSError, ValueError):
        seccomp.add_rule(action, name, *arguments)  # type: ignore[attr-defined]


def _exported(seccomp: object) -> bytes:
    fd = os.memfd_create("clew-filter", os.MFD_CLOEXEC)
    with os.fdopen(fd, "r+b") as file:
        seccomp.export_bpf(file)  # type: ignore[attr-defined]
        file.seek(0)
        return file.read()
