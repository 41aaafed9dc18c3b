"""The jail: the only place where Clew opens a file of somebody else. What comes out is pixels and checked facts, or a reason why not.

A clean template process has the decoders loaded; each file gets a cell forked from it, walled in by kernel limits, Landlock and seccomp
before it sees a byte. A file that captures its decoder gains a process that can compute, and nothing more.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from types import TracebackType
from typing import Self

from clew.kernel.limits import (
    FRAME_PIXELS_MAX,
    JAIL_CPU_SECONDS_MAX,
    JAIL_FILES_AT_ONCE_MAX,
    JAIL_MEMORY_BYTES_MAX,
    JAIL_WALL_SECONDS_MAX,
    METADATA_TEXT_LETTERS_MAX,
    ORIGINAL_SIZE_BYTES_MAX,
    PICTURE_SIZE_BYTES_MAX,
)
from clew.media.examination import Examination, Unreadable, UnreadableReason
from clew.media.jail_answer import judged
from clew.media.jail_process import TemplateLost, TemplateProcess
from clew.media.jail_wire import OUTCOME_BROKEN, JailLimits, shared_answer, shared_content
from clew.media.kinds import ANIMATED_PARSERS, MediaKind, MediaType
from clew.media.sniff import HEAD_SIZE_BYTES, extension_disagrees, looks_like_text, sniff

#: What runs in a cell, as "module:function". Tests put other functions there to see the walls hold.
CELL = "clew.media.jail_cell:examine_inside"
# A file whose template died is tried once more; the second time it is the file.
_TRIES = 2


class Jail:
    """Opens files in cells. A context manager, usable from many threads, and after a fork by the child as well.

    The limits are those of one file: memory in bytes beyond what the decoders take, processor and wall-clock seconds, pixels of a
    frame, bytes of a picture. `files_at_once_max` is how many cells run at the same time. `cell` and `film_cell` name what runs in them.
    """

    def __init__(
        self,
        *,
        memory_bytes_max: int = JAIL_MEMORY_BYTES_MAX,
        cpu_seconds_max: int = JAIL_CPU_SECONDS_MAX,
        wall_seconds_max: float = JAIL_WALL_SECONDS_MAX,
        frame_pixels_max: int = FRAME_PIXELS_MAX,
        picture_size_bytes_max: int = PICTURE_SIZE_BYTES_MAX,
        files_at_once_max: int = JAIL_FILES_AT_ONCE_MAX,
        cell: str = CELL,
        film_cell: str = "",
        cell_folders: Sequence[str] = (),
    ) -> None:
        self._limits = JailLimits(
            memory_bytes_max, cpu_seconds_max, wall_seconds_max, frame_pixels_max, picture_size_bytes_max
        )
        self._cell = cell
        self._cell_folders = tuple(cell_folders)
        self._places = threading.BoundedSemaphore(files_at_once_max)
        self._changing = threading.Lock()
        self._template: TemplateProcess | None = None
        #: Films in cells of their own kind, whose template has more loaded than pictures should pay for. Started at the first film.
        self._films: Jail | None = None
        if film_cell:
            self._films = Jail(
                **asdict(self._limits), files_at_once_max=files_at_once_max, cell=film_cell, cell_folders=cell_folders
            )

    def __enter__(self) -> Self:
        """Start the template; raises JailUnavailable where no walls can be raised, since nothing is opened without them."""
        self._running_template()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the template and every cell. Examining again starts a new one."""
        with self._changing:
            template, self._template = self._template, None
        if template is not None:
            template.end()
        if self._films is not None:
            self._films.close()

    @property
    def template_process_id(self) -> int | None:
        """The number of the template process, None while there is none."""
        return self._template.process_id if self._template is not None else None

    def examine(self, content: bytes, *, name: str = "") -> Examination | Unreadable:
        """Examine one file. `name` only tells whether its extension disagrees with its bytes.

        Never raises for what is in the file; raises JailUnavailable when the jail itself cannot be started.
        """
        head = content[:HEAD_SIZE_BYTES]
        media_type = sniff(head)
        if media_type is None or media_type.kind in {MediaKind.ARCHIVE, MediaKind.OTHER}:
            return Unreadable(_reason_unopened(head, media_type))
        if self._films is not None and media_type.kind is MediaKind.VIDEO:
            return self._films.examine(content, name=name)
        is_whole = media_type.kind in {MediaKind.IMAGE, MediaKind.DOCUMENT}
        if len(content) > (self._limits.picture_size_bytes_max if is_whole else ORIGINAL_SIZE_BYTES_MAX):
            return Unreadable(UnreadableReason.TOO_LARGE)
        found = self._examine_in_cell(content, media_type)
        if self._films is not None and isinstance(found, Examination) and _may_move(found):
            found = _with_frames(found, self._films.examine(content))
        if isinstance(found, Examination) and extension_disagrees(name, media_type):
            return replace(found, extension_disagrees=True)
        return found

    def _examine_in_cell(self, content: bytes, media_type: MediaType) -> Examination | Unreadable:
        content_fd = shared_content(content)
        try:
            with self._places:
                for _ in range(_TRIES):
                    found = self._try_in_cell(content_fd, media_type)
                    if found is not None:
                        return found
        finally:
            os.close(content_fd)
        return Unreadable(UnreadableReason.JAIL_BROKEN)

    def _try_in_cell(self, content_fd: int, media_type: MediaType) -> Examination | Unreadable | None:
        """One try with memory of its own; None when the jail, not the file, failed."""
        template = self._running_template()
        answer_fd = shared_answer(self._limits.answer_size_bytes)
        try:
            outcome = template.outcome(media_type, content_fd, answer_fd)
            if outcome[0] == OUTCOME_BROKEN:
                return None
            return judged(outcome, answer_fd, media_type, self._limits)
        except TemplateLost:
            self._discard(template)
            return None
        finally:
            os.close(answer_fd)

    def _running_template(self) -> TemplateProcess:
        with self._changing:
            if self._template is None or not self._template.is_usable:
                self._template = TemplateProcess(self._limits, self._cell, self._cell_folders)
            return self._template

    def _discard(self, lost: TemplateProcess) -> None:
        with self._changing:
            if self._template is lost:
                self._template = None
        lost.end()


def _may_move(found: Examination) -> bool:
    frames = found.metadata.get("frames", 1)
    return found.media_type.parser in ANIMATED_PARSERS and isinstance(frames, int) and frames > 1


def _with_frames(found: Examination, signed: Examination | Unreadable) -> Examination:
    """An animation as the films' cell saw it; where that gave up, as it was seen before, and told so."""
    if isinstance(signed, Examination):
        return signed
    return replace(found, metadata={**found.metadata, "frames_told": signed.sentence[:METADATA_TEXT_LETTERS_MAX]})


def _reason_unopened(head: bytes, media_type: MediaType | None) -> UnreadableReason:
    if not head:
        return UnreadableReason.EMPTY
    if media_type is not None and media_type.kind is MediaKind.ARCHIVE:
        return UnreadableReason.ARCHIVE
    return UnreadableReason.TEXT if looks_like_text(head) else UnreadableReason.UNKNOWN_FORMAT
