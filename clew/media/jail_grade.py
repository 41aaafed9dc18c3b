"""Grades of the jail: which walls hold on this machine, found out by attacking them, and whether that is enough to open a file.

Full is limits, another user than root, Landlock and seccomp. Limits and the lock on new rights are asked for always: where one of them
does not hold, nothing is opened. Any other wall may be missing, if whoever runs the installation has said so in so many words.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

#: What accepts a reduced jail. Nothing else does, and no other value.
REDUCED_VARIABLE = "CLEW_JAIL_REDUCED"
REDUCED_ACCEPTED = "accepted"


class Wall(StrEnum):
    """One wall of a cell; the value is its name for people and programs."""

    LIMITS = "limits"
    NO_NEW_RIGHTS = "no new rights"
    ANOTHER_USER = "another user"
    LANDLOCK = "landlock"
    SECCOMP = "seccomp"


#: Without these there is no jail at all.
NEEDED = frozenset({Wall.LIMITS, Wall.NO_NEW_RIGHTS})
#: What a captured decoder gains where the wall is missing.
_GAINS = {
    Wall.LIMITS: "it could take all memory and time of the machine",
    Wall.NO_NEW_RIGHTS: "it could gain rights by a program of the system",
    Wall.ANOTHER_USER: "its cell stays root, held by the other walls alone",
    Wall.LANDLOCK: "only the filter of system calls keeps it from files",
    Wall.SECCOMP: "it could start programs, open sockets and signal other processes of its user",
}


class GradeLevel(StrEnum):
    """How much of the jail stands."""

    FULL = "full"
    REDUCED = "reduced"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class JailGrade:
    """What the jail of one machine is worth: the walls that are missing there, in the order of `Wall`."""

    missing: tuple[str, ...] = ()

    @property
    def level(self) -> GradeLevel:
        """Full where nothing is missing, none where a wall is that every jail needs, else reduced."""
        if not self.missing:
            return GradeLevel.FULL
        return GradeLevel.NONE if NEEDED.intersection(self.missing) else GradeLevel.REDUCED

    @property
    def is_full(self) -> bool:
        """Whether every wall holds."""
        return self.level is GradeLevel.FULL

    @property
    def sentence(self) -> str:
        """For the person who runs the machine, such as "reduced: landlock is missing (only the filter ...)"."""
        if self.is_full:
            return "full: limits, another user than root, Landlock and seccomp hold"
        told = [f"{wall.value} is missing ({_GAINS[wall]})" for wall in Wall if wall.value in self.missing]
        return f"{self.level.value}: {'; '.join(told)}"

    def opens_files(self, *, is_reduced_accepted: bool) -> bool:
        """Whether files may be opened in such a jail."""
        return self.is_full or (is_reduced_accepted and self.level is GradeLevel.REDUCED)


FULL = JailGrade()


def is_reduced_accepted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether `CLEW_JAIL_REDUCED=accepted` is set: whoever runs this installation takes a jail that is not whole."""
    return environment.get("CLEW_JAIL_REDUCED") == REDUCED_ACCEPTED


def accept_reduced() -> None:
    """Set it for this process and those it starts, where nobody has said otherwise: for the demo, which opens its own pictures alone."""
    os.environ.setdefault(REDUCED_VARIABLE, REDUCED_ACCEPTED)
