"""Machines that lack a wall, made here: a program is run under a filter of system calls that refuses what the wall is made of, or that
says yes and does nothing. The code meets the kernel's own refusal; nothing is put in its place."""

import errno
import subprocess
import sys
from pathlib import Path

FOLDER = str(Path(__file__).parent)
REPOSITORY = str(Path(__file__).resolve().parents[2])

#: Name -> the calls that fail, each with its argument where only that form fails, and the error number; 0 is a lie.
FILTERS = {
    "no landlock": [("landlock_create_ruleset", None, errno.ENOSYS)],
    "landlock refused": [("landlock_restrict_self", None, errno.EPERM)],
    "landlock lies": [("landlock_restrict_self", None, 0)],
    "no seccomp": [("prctl", 22, errno.EINVAL), ("seccomp", None, errno.ENOSYS)],
    "seccomp lies": [("prctl", 22, 0), ("seccomp", None, 0)],
    "no other user": [
        (name, None, errno.EPERM) for name in ("setresuid", "setresgid", "setgroups", "setuid", "setreuid")
    ],
    "user lies": [(name, None, 0) for name in ("setresuid", "setresgid", "setgroups", "setuid", "setreuid")],
    "neither": [("landlock_create_ruleset", None, errno.ENOSYS), ("prctl", 22, errno.EINVAL)],
    "no limits": [("prlimit64", None, errno.EPERM), ("setrlimit", None, errno.EPERM)],
    "limits lie": [("prlimit64", None, 0), ("setrlimit", None, 0)],
    "rights lie": [("prctl", 38, 0)],
}


def install(name):
    """Put this process and all it starts under the filter, for ever."""
    import pyseccomp

    made = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    if name == "rights lie":
        # Root may load a filter without giving up new rights, which would be inherited.
        made.set_attr(pyseccomp.Attr.CTL_NNP, 0)
    for call, argument, number in FILTERS[name]:
        arguments = () if argument is None else (pyseccomp.Arg(0, pyseccomp.EQ, argument),)
        made.add_rule(pyseccomp.ERRNO(number), call, *arguments)
    made.load()


def run_under(name, program, **environment):
    """What a program prints on a machine that lacks a wall, and how it ended. It may import what the tests of the jail do."""
    start = f"import sys; sys.path[:0] = [{REPOSITORY!r}, {FOLDER!r}]; import outer_filters; outer_filters.install({name!r})\n"
    return subprocess.run(
        [sys.executable, "-c", start + program],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", **environment},
    )
