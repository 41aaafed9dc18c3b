"""What an index may have to say: each class is one thing that happened, its docstring the sentence shown."""

from __future__ import annotations

from typing import ClassVar

from clew.kernel.errors import ClewError


class RowsRefused(ClewError):
    """The index cannot take these rows: {reason}. Nothing was added or searched. Give hashes of 32 bytes, one number each."""

    status: ClassVar[int] = 422


class RecallLost(ClewError):
    """
    The index failed its own test: {missed} of {probes} known answers were not found. No answer was given, since it could
    be incomplete. Ask your administrator to rebuild the index.
    """

    status: ClassVar[int] = 503


class SegmentDamaged(ClewError):
    """
    The index file {name} cannot be used: {why}. No answer was given from it. It is rebuilt from the database at the next
    start; if that happens twice, ask your administrator to look at the disk.
    """

    status: ClassVar[int] = 503
