"""P21: a hostile picture or film harms only its own cell. Twelve decoders that were captured, each with one thing to do; each is stopped, the
jail's template lives on, and the next file is opened as if nothing had been. Without walls nothing is opened (`test_media_jail_grade`)."""

import sys
from pathlib import Path

import psutil
import pytest

FOLDER = str(Path(__file__).resolve().parents[1] / "media")
if FOLDER not in sys.path:
    sys.path.append(FOLDER)

from jail_inmates import file_for, film_for  # noqa: E402 - found where the tests of the jail keep them

from clew.kernel.limits import MIB  # noqa: E402
from clew.media.examination import Examination, Unreadable, UnreadableReason  # noqa: E402
from clew.media.jail import Jail  # noqa: E402

LIMITS = {
    "memory_bytes_max": 256 * MIB,
    "cpu_seconds_max": 1,
    "wall_seconds_max": 4,
    "film_cpu_seconds_max": 1,
    "film_wall_seconds_max": 4,
}
PEAK_BYTES_MAX = 1024 * MIB


@pytest.fixture(scope="module")
def jail():
    """Captured from the first byte on, in place of the picture decoders and of the cell that hashes films."""
    with Jail(cell="jail_inmates:acting", film_cell="film_inmates:acting", cell_folders=[FOLDER], **LIMITS) as opened:
        if not opened.grade.is_full:
            pytest.skip(f"the jail of this machine is {opened.grade.sentence}")
        yield opened


@pytest.fixture(params=["picture", "film"])
def stopped(jail, request):
    """Has a captured decoder of pictures or films act; the reason why it was stopped, once the next file has been opened."""
    make, fine = {"picture": (file_for, b"\xff\xd8\xff\xe0"), "film": (film_for, b"\0\0\x01\xba\xe0")}[request.param]

    def try_it(act):
        assert isinstance(jail.examine(fine), Examination)
        template, started = jail.template_process_id, jail.cost.templates
        others = set(psutil.pids())
        found = jail.examine(make(act))
        assert isinstance(found, Unreadable)
        assert isinstance(jail.examine(fine), Examination)
        assert (jail.template_process_id, jail.cost.templates) == (template, started)
        assert jail.cost.memory_bytes_max < PEAK_BYTES_MAX
        mine = [child for child in psutil.Process(template).children(recursive=True) if child.pid not in others]
        assert mine == []
        return found.reason

    return try_it


def test_1_it_cannot_open_a_file(stopped):
    assert stopped("open_file") is UnreadableReason.FORBIDDEN_ACT


def test_2_it_cannot_open_a_socket(stopped):
    assert stopped("connect") is UnreadableReason.FORBIDDEN_ACT


def test_3_it_cannot_run_a_program(stopped):
    assert stopped("execute") is UnreadableReason.FORBIDDEN_ACT


def test_4_it_cannot_multiply(stopped):
    assert stopped("fork_bomb") is UnreadableReason.FORBIDDEN_ACT


def test_5_it_cannot_trace_another_process(stopped):
    assert stopped("trace") is UnreadableReason.FORBIDDEN_ACT


def test_6_it_cannot_take_two_gibibytes(stopped):
    assert stopped("two_gibibytes") is UnreadableReason.MEMORY_EXCEEDED


def test_7_it_cannot_compute_for_ever(stopped):
    assert stopped("spin") is UnreadableReason.TIME_EXCEEDED


def test_8_it_cannot_flood_with_output(stopped):
    assert stopped("flood") is UnreadableReason.DECODER_FAILED


def test_9_it_cannot_signal_its_parent(stopped):
    assert stopped("kill_template") is UnreadableReason.FORBIDDEN_ACT


def test_10_it_cannot_make_memory_executable(stopped):
    assert stopped("map_executable") is UnreadableReason.FORBIDDEN_ACT


def test_11_it_cannot_read_of_other_processes(stopped):
    assert stopped("read_processes") is UnreadableReason.FORBIDDEN_ACT


def test_12_it_cannot_have_nonsense_believed(stopped):
    assert stopped("malformed") is UnreadableReason.DECODER_FAILED
