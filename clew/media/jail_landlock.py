"""Landlock: a ruleset that handles every right the kernel knows and grants none, so no path, port or foreign process is in reach.

Called through syscall(2), since the C library has no wrappers (Linux, Documentation/userspace-api/landlock.rst). The call numbers
are the same on every architecture. Kernels without Landlock are named by version 0; there the jail is reduced.
"""

from __future__ import annotations

import ctypes
import os
import struct
from dataclasses import dataclass

_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_CREATE_RULESET_VERSION = 1

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def version() -> int:
    """Landlock's version in the running kernel (1 and up), 0 where it is missing or switched off."""
    return max(
        0, int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_CREATE_RULESET_VERSION)))
    )


def _attributes(kernel: int) -> bytes:
    """`struct landlock_ruleset_attr` with every right of that version handled: files, network ports, scopes."""
    file_rights = 13 + (kernel >= 2) + (kernel >= 3) + (kernel >= 5)
    fields = [(1 << file_rights) - 1]
    if kernel >= 4:
        fields.append(0b11)
    if kernel >= 6:
        fields.append(0b11)
    return struct.pack(f"={len(fields)}Q", *fields)


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A ruleset without rules, kept as a file descriptor."""

    fd: int

    @classmethod
    def created(cls) -> Ruleset | None:
        """The strictest ruleset that the running kernel knows; None where it knows none."""
        kernel = version()
        if not kernel:
            return None
        attributes = _attributes(kernel)
        fd = int(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)))
        return cls(fd) if fd >= 0 else None

    def restrict_me(self) -> None:
        """Put the calling thread under the ruleset, for ever; raises OSError when the kernel refuses."""
        if _libc.syscall(_RESTRICT_SELF, ctypes.c_int(self.fd), ctypes.c_uint32(0)):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
