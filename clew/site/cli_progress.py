"""Progress on the command line: a bar with rate and time left, on the error stream, and only where somebody watches."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from clew.intake.sources import Found


class _Rate(ProgressColumn):
    """Files a second."""

    def render(self, task: Task) -> Text:
        """The rate, once there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


class Bar:
    """One piece of work with a bar. Use as a context manager."""

    def __init__(self, words: str) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task(words, total=None)

    def __enter__(self) -> Self:
        """Show it."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def counting(self, paths: list[Path]) -> list[Path]:
        """Count what the paths hold beside the work, so that a large disk is begun at once; gives the paths back."""
        if not self._progress.disable:
            threading.Thread(target=self._count, args=(paths,), daemon=True).start()
        return paths

    def _count(self, paths: list[Path]) -> None:
        from clew.intake.sources import count_found

        files, _size_bytes = count_found(paths)
        self._progress.update(self._task, total=files)

    def done(self, batch: Sequence[Found]) -> None:
        """Go on by a batch. Members of archives and lines of lists were not counted before: the whole grows by them."""
        from clew.intake.sources import FoundHash, FoundMember

        inside = sum(isinstance(one, FoundMember | FoundHash) for one in batch)
        task = self._progress.tasks[self._task]
        if inside and task.total is not None:
            self._progress.update(self._task, total=task.total + inside)
        self._progress.advance(self._task, len(batch))

    def advance(self, lines: int) -> None:
        """Go on by so many of a whole nobody knows."""
        self._progress.advance(self._task, lines)

    def at(self, done: int, total: int) -> None:
        """Stand where somebody else counted."""
        self._progress.update(self._task, completed=done, total=total)
