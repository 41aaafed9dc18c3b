"""The jail of steps: renditions are opened in cells like any other media, since strangers chose what is in them; pixels come out, checked."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clew.kernel.errors import ClewError
from clew.kernel.limits import (
    PREVIEW_SIDE_PIXELS_MAX,
    STEPS_CELL_CPU_SECONDS_MAX,
    STEPS_CELL_MEMORY_BYTES_MAX,
    STEPS_CELL_PIXELS_MAX,
    STEPS_CELL_WALL_SECONDS_MAX,
)
from clew.media.jail_grade import is_reduced_accepted
from clew.media.jail_process import TemplateLost, TemplateProcess
from clew.media.jail_wire import (
    HEADER_SIZE_BYTES,
    OUTCOME_ANSWERED,
    JailLimits,
    read_header,
    shared_answer,
    shared_content,
)
from clew.media.kinds import MediaKind, MediaType
from clew.media.steps import Step
from clew.media.steps_cell import packed

Pixels = npt.NDArray[np.uint8]
LIMITS = JailLimits(
    memory_bytes_max=STEPS_CELL_MEMORY_BYTES_MAX,
    cpu_seconds_max=STEPS_CELL_CPU_SECONDS_MAX,
    wall_seconds_max=STEPS_CELL_WALL_SECONDS_MAX,
    frame_pixels_max=STEPS_CELL_PIXELS_MAX,
)
#: What an errand of these cells is called; nothing of a stranger's is sniffed.
_RENDITIONS = MediaType("application/x-clew-renditions", MediaKind.OTHER, ())
_CELL = "clew.media.steps_cell:make_inside"
#: A sheet of scenes is wider than a preview: six of 256 pixels with the gaps between them.
_SIDE_PIXELS_MAX = 2 * PREVIEW_SIDE_PIXELS_MAX
_TRIES = 2


class StepsNotMade(ClewError):
    """This picture could not be made less clear, so nothing of it is shown. Nothing was changed. Try again; if it happens twice, tell your administrator."""

    status = 503


class StepsJail:
    """Makes steps in cells. Usable from many threads, and after a fork by the child as well; started at the first use."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._template: TemplateProcess | None = None
        #: Processor seconds that its cells have taken until now.
        self.cpu_seconds = 0.0

    def made(self, pictures: Sequence[tuple[Step, bytes]]) -> list[Pixels]:
        """The pixels of each step, (h, w) grey or (h, w, 3) RGB in colour, from the JPEG of a rendition. Raises `StepsNotMade`, or `JailUnavailable`."""
        content_fd = shared_content(packed(list(pictures)))
        try:
            for _ in range(_TRIES):
                template = self._running()
                answer_fd = shared_answer(LIMITS.answer_size_bytes)
                try:
                    buried = template.outcome(_RENDITIONS, content_fd, answer_fd)
                    self.cpu_seconds += buried.cpu_seconds
                    if buried.outcome == OUTCOME_ANSWERED:
                        return _told(answer_fd, [step for step, _ in pictures])
                    raise StepsNotMade
                except TemplateLost:
                    self._discard(template)
                finally:
                    os.close(answer_fd)
        finally:
            os.close(content_fd)
        raise StepsNotMade

    def close(self) -> None:
        """End the template; making steps again starts a new one."""
        with self._changing:
            template, self._template = self._template, None
        if template is not None:
            template.end()

    def _running(self) -> TemplateProcess:
        with self._changing:
            if self._template is None or not self._template.is_usable:
                self._template = TemplateProcess(LIMITS, _CELL, (), is_reduced_accepted=is_reduced_accepted())
            return self._template

    def _discard(self, lost: TemplateProcess) -> None:
        with self._changing:
            if self._template is lost:
                self._template = None
        lost.end()


def _told(answer_fd: int, steps: Sequence[Step]) -> list[Pixels]:
    """What a cell wrote, judged: a captured decoder may have written it. One that claims more than was asked for told nothing."""
    length = int.from_bytes(os.pread(answer_fd, 4, 0), "little")
    header = read_header(memoryview(os.pread(answer_fd, min(4 + length, HEADER_SIZE_BYTES), 0)))
    sizes = header.get("pictures") if isinstance(header, dict) else None
    if not isinstance(sizes, list) or len(sizes) != len(steps):
        raise StepsNotMade
    pictures, at = [], HEADER_SIZE_BYTES
    for step, size in zip(steps, sizes, strict=True):
        height, width, colours = _size(size, step)
        size_bytes = height * width * colours
        if at + size_bytes > LIMITS.parts_start:
            raise StepsNotMade
        flat = np.frombuffer(os.pread(answer_fd, size_bytes, at), np.uint8)
        pictures.append(flat.reshape((height, width) if colours == 1 else (height, width, 3)))
        at += size_bytes
    return pictures


def _size(told: object, step: Step) -> tuple[int, int, int]:
    """Height, width and colours of a picture as told. Only the step in colour may have colours."""
    if not isinstance(told, list) or len(told) != 3 or not all(type(number) is int for number in told):
        raise StepsNotMade
    height, width, colours = told
    if not 0 < height <= _SIDE_PIXELS_MAX or not 0 < width <= _SIDE_PIXELS_MAX:
        raise StepsNotMade
    if colours != (3 if step is Step.COLOUR else 1):
        raise StepsNotMade
    return height, width, colours
