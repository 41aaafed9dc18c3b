"""The office: where the command line brings its questions, in this installation or, with a key, in one elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from clew.intake.fingerprints import Fingerprint
from clew.intake.results import Result
from clew.intake.sources import Found
from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.media.jail_grade import JailGrade


@dataclass(frozen=True, slots=True)
class Stated:
    """For what and on which law the officer asks, as far as they said so; the rest is what their unit has set."""

    purpose: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What a submission is opened with. Organisations are named by their keys."""

    case_reference: str
    confidentiality: str = "restricted"
    sharing: str = "nobody"
    audience: list[str] = field(default_factory=list)
    outside: str = "contact"
    release_only: bool = False
    match_distance_max: int = PDQ_DISTANCE_MAX
    is_resuming: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """A submission that takes files; `keys` are those it has already."""

    id: uuid.UUID
    is_resumed: bool
    keys: frozenset[str]


class Office(Protocol):
    """What `clew check`, `clew match` and `clew submit` need of an installation."""

    def report_jail(self, grade: JailGrade) -> None:
        """What the jail is worth in which files are opened on this side."""

    def check(self, paths: Sequence[str], fingerprints: Sequence[Fingerprint]) -> list[Result]:
        """One result for each fingerprint; stores nothing but the ledger entry."""

    def match(self, signatures: Sequence[str], distance_max: int) -> list[Result]:
        """Of signatures (`kind:hash`) those that meet anything, each with its place (`index`); stores nothing but the ledger entry."""

    def open(self, details: Details) -> Opened:
        """A new submission, or the unfinished one for the same case."""

    def send(self, submission_id: uuid.UUID, found: Sequence[Found]) -> None:
        """Bring files, hashes and refusals. When this returns they are safe."""

    def close(self, submission_id: uuid.UUID) -> None:
        """Say that everything is in."""

    def decided(self, submission_id: uuid.UUID) -> tuple[int, int]:
        """How many files have their verdict, of how many; called again and again until all have."""

    def results(self, submission_id: uuid.UUID) -> Iterator[Result]:
        """The verdicts, in the order the files came."""
