"""Writing so that it stays: file and directory reach the disk before anyone is told that the bytes are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T_ = TypeVar("T_")

#: Simultaneous fsyncs share one journal commit; beyond 8 nothing was gained in measurement.
_SYNC_THREADS = 8


def write_all(descriptor: int, pieces: Iterable[bytes]) -> None:
    """Write every byte of `pieces` to the descriptor; the kernel may take less than it was offered."""
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def write_durably(path: Path, pieces: Iterable[bytes]) -> None:
    """Create `path` (mode 0600, must not exist) with these bytes and fsync it; its directory is the caller's to sync.

    A file that could not be written whole is removed again. Raises OSError.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, pieces)
        os.fsync(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Bring the entries of a directory to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_many_durably(files: list[tuple[Path, list[bytes]]]) -> None:
    """As `write_durably`, for a batch: the threads' fsyncs share the journal's commits. All files stay, or none."""
    try:
        _each(lambda file: write_durably(*file), files)
    except BaseException:
        for path, _ in files:
            path.unlink(missing_ok=True)
        raise


def sync_directories(paths: Iterable[Path]) -> None:
    """As `sync_directory`, for a batch."""
    _each(sync_directory, list(dict.fromkeys(paths)))


def _each(act: Callable[[T_], None], subjects: list[T_]) -> None:
    if len(subjects) < 2:
        for subject in subjects:
            act(subject)
        return
    # A pool for each batch: a lasting one would not survive the fork of a worker.
    with ThreadPoolExecutor(min(_SYNC_THREADS, len(subjects))) as pool:
        for _ in pool.map(act, subjects):
            pass  # asking for the results raises the first refusal
