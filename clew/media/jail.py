"""The jail: the only place where Clew opens a file of somebody else. What comes out is pixels and checked facts, or a reason why not.

A clean template process has the decoders loaded; each file gets a cell forked from it, walled in by kernel limits, Landlock and seccomp
before it sees a byte. A file that captures its decoder gains a process that can compute, and nothing more.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from types import TracebackType
from typing import Any, Self

from clew.kernel.limits import (
    FILM_CPU_SECONDS_MAX,
    FILM_SIZE_BYTES_MAX,
    FILM_WALL_SECONDS_MAX,
    JAIL_FILES_AT_ONCE_MAX,
    JAIL_PICTURE_CPU_SECONDS_MAX,
    JAIL_PICTURE_MEMORY_BYTES_MAX,
    JAIL_PICTURE_WALL_SECONDS_MAX,
    METADATA_TEXT_LETTERS_MAX,
)
from clew.media.examination import Examination, Unreadable, UnreadableReason
from clew.media.jail_answer import judged
from clew.media.jail_cost import JailCost
from clew.media.jail_grade import JailGrade, is_reduced_accepted
from clew.media.jail_process import TemplateLost, TemplateProcess
from clew.media.jail_wire import OUTCOME_BROKEN, JailLimits, shared_answer, shared_content
from clew.media.kinds import ANIMATED_PARSERS, MediaKind, MediaType
from clew.media.refusals import with_limit
from clew.media.sniff import HEAD_SIZE_BYTES, extension_disagrees, looks_like_text, sniff_whole

log = logging.getLogger("clew.media")

#: What runs in a cell, as "module:function". Tests put other functions there to see the walls hold.
CELL = "clew.media.jail_cell:examine_inside"
#: What a picture or a sound may cost; `JailLimits` itself holds what a film may.
PICTURE_LIMITS = JailLimits(
    memory_bytes_max=JAIL_PICTURE_MEMORY_BYTES_MAX,
    cpu_seconds_max=JAIL_PICTURE_CPU_SECONDS_MAX,
    wall_seconds_max=JAIL_PICTURE_WALL_SECONDS_MAX,
)
# A file whose template died is tried once more; the second time it is the file.
_TRIES = 2


class Jail:
    """Opens files in cells. A context manager, usable from many threads, and after a fork by the child as well.

    The limits are those of one file, where they are to differ from the house's (`PICTURE_LIMITS`, for films `JailLimits`): memory in
    bytes beyond what the decoders take, processor and wall-clock seconds, pixels of a frame, bytes of a picture. `files_at_once_max` is
    how many cells run at the same time. `cell` and `film_cell` name what runs in them; films and sounds
    have seconds of their own. Where the machine lacks a wall, nothing is opened
    unless `accept_reduced`, which is by default what `CLEW_JAIL_REDUCED` says.
    """

    def __init__(
        self,
        *,
        memory_bytes_max: int | None = None,
        cpu_seconds_max: int | None = None,
        wall_seconds_max: float | None = None,
        frame_pixels_max: int | None = None,
        picture_size_bytes_max: int | None = None,
        files_at_once_max: int = JAIL_FILES_AT_ONCE_MAX,
        cell: str = CELL,
        film_cell: str = "",
        film_cpu_seconds_max: int = FILM_CPU_SECONDS_MAX,
        film_wall_seconds_max: float = FILM_WALL_SECONDS_MAX,
        cell_folders: Sequence[str] = (),
        accept_reduced: bool | None = None,
    ) -> None:
        asked = {
            "memory_bytes_max": memory_bytes_max,
            "cpu_seconds_max": cpu_seconds_max,
            "wall_seconds_max": wall_seconds_max,
            "frame_pixels_max": frame_pixels_max,
            "picture_size_bytes_max": picture_size_bytes_max,
        }
        changes: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
        self._limits = replace(PICTURE_LIMITS, **changes)
        self._cell = cell
        self._cell_folders = tuple(cell_folders)
        self._is_reduced_accepted = is_reduced_accepted() if accept_reduced is None else accept_reduced
        self._places = threading.BoundedSemaphore(files_at_once_max)
        self._changing = threading.Lock()
        self._template: TemplateProcess | None = None
        self._cost = JailCost()
        #: Films and sounds in cells of their own kind, whose template has more loaded than pictures should pay for. Started at the first film.
        self._films: Jail | None = None
        if film_cell:
            times = {"cpu_seconds_max": film_cpu_seconds_max, "wall_seconds_max": film_wall_seconds_max}
            self._films = Jail(
                **asdict(replace(JailLimits(), **{**changes, **times})),
                files_at_once_max=files_at_once_max,
                cell=film_cell,
                cell_folders=cell_folders,
                accept_reduced=self._is_reduced_accepted,
            )

    def __enter__(self) -> Self:
        """Start the template; raises JailUnavailable where no walls can be raised, or JailNotWhole."""
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

    @property
    def grade(self) -> JailGrade:
        """Which walls hold, as the template found out; starts it, and raises JailUnavailable as that does."""
        return self._running_template().grade

    @property
    def cost(self) -> JailCost:
        """What its cells have cost until now, those of films among them."""
        return self._cost + self._films.cost if self._films is not None else self._cost

    def examine(self, content: bytes, *, name: str = "") -> Examination | Unreadable:
        """Examine one file. `name` only tells whether its extension disagrees with its bytes.

        Never raises for what is in the file; raises JailUnavailable when the jail itself cannot be started.
        """
        head = content[:HEAD_SIZE_BYTES]
        media_type = sniff_whole(memoryview(content))
        if media_type is None or media_type.kind in {MediaKind.ARCHIVE, MediaKind.OTHER}:
            return with_limit(Unreadable(_reason_unopened(head, media_type)), self._limits, is_picture=False)
        if self._films is not None and media_type.kind in {MediaKind.VIDEO, MediaKind.AUDIO}:
            return self._films.examine(content, name=name)
        is_whole = media_type.kind in {MediaKind.IMAGE, MediaKind.DOCUMENT}
        if len(content) > (self._limits.picture_size_bytes_max if is_whole else FILM_SIZE_BYTES_MAX):
            found: Examination | Unreadable = Unreadable(UnreadableReason.TOO_LARGE)
        else:
            found = self._examine_in_cell(content, media_type)
        if isinstance(found, Unreadable):
            return with_limit(found, self._limits, is_picture=is_whole)
        if self._films is not None and _may_move(found):
            found = _with_frames(found, self._films.examine(content))
        found = _as_sound(found)
        return replace(found, extension_disagrees=True) if extension_disagrees(name, media_type) else found

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
            buried = template.outcome(media_type, content_fd, answer_fd)
            with self._changing:
                self._cost += JailCost(1, 0, buried.memory_bytes, buried.cpu_seconds)
            if buried.outcome == OUTCOME_BROKEN:
                return None
            return judged((buried.outcome, buried.number), answer_fd, media_type, self._limits)
        except TemplateLost:
            self._discard(template)
            return None
        finally:
            os.close(answer_fd)

    def _running_template(self) -> TemplateProcess:
        with self._changing:
            if self._template is None or not self._template.is_usable:
                self._template = TemplateProcess(
                    self._limits, self._cell, self._cell_folders, is_reduced_accepted=self._is_reduced_accepted
                )
                self._cost += JailCost(templates=1)
                if not self._template.grade.is_full:
                    log.warning("files are opened in a jail that was accepted as %s", self._template.grade.sentence)
            return self._template

    def _discard(self, lost: TemplateProcess) -> None:
        with self._changing:
            if self._template is lost:
                self._template = None
        lost.end()


def _as_sound(found: Examination) -> Examination:
    """Containers of films hold sounds alone, too: what has no picture is a sound to whoever reads of it."""
    media_type = found.media_type
    if media_type.kind is not MediaKind.VIDEO or found.metadata.get("has_video") or not found.metadata.get("has_audio"):
        return found
    named = replace(media_type, kind=MediaKind.AUDIO, mime=media_type.mime.replace("video/", "audio/"))
    return replace(found, media_type=named)


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
