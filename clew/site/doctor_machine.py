"""The doctor looks at the machine: Python, processors, memory, disk, and what the jail is worth here. No installation is needed."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from clew.kernel.limits import HOME_FREE_BYTES_MIN, JAIL_MEMORY_BYTES_MAX, MIB
from clew.media.jail import Jail
from clew.media.jail_grade import is_reduced_accepted
from clew.media.jail_process import JailUnavailable
from clew.site.findings import Finding, Outcome, found, looked_at

PYTHON_MIN = (3, 11)
_GIB = 1024 * MIB
_CGROUP_MEMORY = Path("/sys/fs/cgroup/memory.max")


def machine_findings(path: Path) -> Iterator[Finding]:
    """What the machine is worth for an installation at `path`, which need not be there."""
    yield looked_at("python", _python)
    yield looked_at("processors", _processors)
    yield looked_at("memory", _memory)
    yield looked_at("disk", lambda: _disk(path))
    yield looked_at("jail", _jail)


def _python() -> Finding:
    words = f"{platform.python_version()} on {platform.system()} {platform.release()}"
    return found("python", sys.version_info[:2] >= PYTHON_MIN, words)


def _processors() -> Finding:
    cores = len(os.sched_getaffinity(0))
    return found("processors", cores >= 1, f"{cores} that this process may use")


def _memory() -> Finding:
    """Of the machine, or of the container it is cut down to."""
    bytes_ = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = _CGROUP_MEMORY.read_text().strip() if _CGROUP_MEMORY.exists() else ""
    if limit.isdigit():
        bytes_ = min(bytes_, int(limit))
    is_enough = bytes_ >= JAIL_MEMORY_BYTES_MAX
    words = f"{bytes_ / _GIB:.1f} GiB" + (
        "" if is_enough else f"; one file may need {JAIL_MEMORY_BYTES_MAX / _GIB:.1f} GiB"
    )
    return found("memory", is_enough, words)


def _disk(path: Path) -> Finding:
    """The disk of the home, or of what will hold it."""
    standing = next(above for above in (path.absolute(), *path.absolute().parents) if above.exists())
    usage = shutil.disk_usage(standing)
    words = f"{usage.free / _GIB:.1f} of {usage.total / _GIB:.1f} GiB free at {standing}"
    if usage.free < HOME_FREE_BYTES_MIN:
        words += f"; Clew wants {HOME_FREE_BYTES_MIN / _GIB:.0f} GiB"
    return found("disk", usage.free >= HOME_FREE_BYTES_MIN, words)


def _jail() -> Finding:
    """Each wall attacked on this machine, as this user. Workers on other machines have jails of their own."""
    try:
        with Jail(accept_reduced=True) as jail:
            grade = jail.grade
    except JailUnavailable as refused:
        return Finding("jail", Outcome.BAD, refused.message)
    if grade.is_full:
        return Finding("jail", Outcome.WELL, grade.sentence)
    if is_reduced_accepted():
        return Finding("jail", Outcome.WELL, f"{grade.sentence}; accepted by CLEW_JAIL_REDUCED")
    return Finding("jail", Outcome.BAD, f"{grade.sentence}. No file is opened, unless CLEW_JAIL_REDUCED=accepted")
