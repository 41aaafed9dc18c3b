"""The jail: what a captured decoder can do (compute), what it cannot (all else), and that the next file is always fine."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from jail_inmates import file_for
from made_files import encoded, picture

from clew.media import kinds
from clew.media.examination import Examination, Unreadable, UnreadableReason
from clew.media.jail import Jail
from clew.media.jail_answer import judged
from clew.media.jail_parts import PartsWriter, parts_told
from clew.media.jail_process import JailUnavailable
from clew.media.jail_wire import OUTCOME_ANSWERED, OUTCOME_SIGNAL, JailLimits, shared_answer
from clew.media.sniff import sniff

PICTURE = picture(64, 48)
JPEG = encoded(PICTURE, "JPEG")
REPOSITORY = str(Path(__file__).resolve().parents[2])


@pytest.fixture(scope="module")
def acting():
    folder = str(Path(__file__).parent)
    limits = {"memory_bytes_max": 256 * 1024 * 1024, "cpu_seconds_max": 1, "wall_seconds_max": 1.5}
    with Jail(cell="jail_inmates:acting", cell_folders=[folder], **limits) as jail:
        yield jail


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        *((act, UnreadableReason.FORBIDDEN_ACT) for act in (
            "open_file", "write_file", "list_folder", "connect", "unix_socket", "fork", "execute", "spawn", "trace",
            "kill_template", "make_executable", "become_root", "change_mounts", "memory_file",
        )),
        ("allocate", UnreadableReason.MEMORY_EXCEEDED),
        ("spin", UnreadableReason.TIME_EXCEEDED),
        ("sleep", UnreadableReason.TIME_EXCEEDED),
        ("crash", UnreadableReason.DECODER_FAILED),
        ("abort", UnreadableReason.DECODER_FAILED),
        ("raise", UnreadableReason.DECODER_FAILED),
        ("leave", UnreadableReason.DECODER_FAILED),
    ],
)  # fmt: skip
def test_a_captured_decoder_is_stopped_and_the_next_file_is_fine(acting, act, reason):
    found = acting.examine(file_for(act))
    assert isinstance(found, Unreadable)
    assert found.reason is reason
    assert isinstance(acting.examine(b"\xff\xd8\xff\xe0"), Examination)


def test_a_decoder_may_start_threads(acting):
    assert acting.examine(file_for("thread")).metadata == {"thread": "ran"}


def test_a_decoders_threads_may_take_memory_and_give_it_back(acting):
    assert acting.examine(file_for("threads_with_memory")).metadata == {"threads": "ran"}


def test_the_environment_and_the_users_rights_stay_outside(acting, monkeypatch):
    monkeypatch.setenv("CLEW_SECRET_FOR_THIS_TEST", "key")
    with Jail(cell="jail_inmates:acting", cell_folders=[str(Path(__file__).parent)]) as jail:
        told = jail.examine(file_for("look_around")).metadata
    assert "PATH" not in told["environment"]
    assert "CLEW" not in told["environment"]
    expected = 65534 if os.geteuid() == 0 else os.getuid()
    assert told["ids"].split()[:2] == [str(expected)] * 2


def test_no_descriptor_of_the_caller_is_in_a_cell(acting):
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    try:
        with Jail(cell="jail_inmates:acting", cell_folders=[str(Path(__file__).parent)]) as jail:
            told = jail.examine(file_for("descriptors")).metadata
    finally:
        os.close(reading)
        os.close(writing)
    assert told["descriptors"] == "0,1,2"


GOOD = {"width": 1, "height": 1, "has_pixels": True, "exif_orientation": 1, "metadata": {"frames": 1}}


@pytest.mark.parametrize(
    "lie",
    [
        {"width": 10**9, "height": 10**9},
        {"width": 0},
        {"width": -1, "height": -1},
        {"width": True},
        {"width": 1.0},
        {"width": "1"},
        {"height": None},
        {"has_pixels": False},
        {"exif_orientation": 9},
        {"exif_orientation": "1"},
        {"metadata": None},
        {"metadata": {"a": ["list"]}},
        {"metadata": {"a": "x" * 10_000}},
        {"metadata": {"a": "\x1b[2J"}},
        {"metadata": {"a" * 1000: 1}},
        {"metadata": {"<b>": 1}},
        {"metadata": {f"a{n}": n for n in range(1000)}},
        {"metadata": {"a": 10**300}},
        {"metadata": {"a": 10**400}},
        {"reason": "<script>"},
        {"reason": ["x"]},
        {"reason": "jail_broken"},
        {"blobs": "x"},
        {"blobs": [[0, 1]]},
        {"blobs": [[0, 1, 5]]},
        {"blobs": [[0, 1, "\x1b[2J"]]},
        {"blobs": [[-1, 1, "a"]]},
        {"blobs": [[0, -1, "a"]]},
        {"blobs": [[0, 2**40, "a"]]},
        {"blobs": [[0, 200 * 2**20, "a"]] * 2, "embedded": [[0, -300 * 2**20, "a"]]},
        {"blobs": [[2**62, 1, "a"]]},
        {"blobs": [[0, True, "a"]]},
        {"blobs": [[0, 0, "a"]] * 1000},
        {"embedded": [[0, 200 * 2**20, "a"]] * 2},
        {"stills": [[0, 3, [1, 1, -1]]]},
        {"stills": [[0, 3, [1, 2, 0]]]},
        {"stills": [[0, 3, [1, 1]]]},
        {"stills": [[0, 3 * 2**20, [2**20, 1, 0]]]},
        {"stills": [[0, 0, [0, 0, 0]]]},
    ],
)
def test_a_captured_decoders_lies_are_not_believed(liar, lie):
    assert isinstance(liar.examine(b"\xff\xd8\xff" + json.dumps(GOOD).encode()), Examination)
    found = liar.examine(b"\xff\xd8\xff" + json.dumps(GOOD | lie).encode())
    assert found == Unreadable(UnreadableReason.DECODER_FAILED)


@pytest.fixture(scope="module")
def liar():
    with Jail(cell="jail_inmates:lying", cell_folders=[str(Path(__file__).parent)]) as jail:
        yield jail


def test_parts_that_a_cell_names_rightly_arrive(liar):
    told = {"blobs": [[0, 2, "a"]], "stills": [[2, 3, [1, 1, 9]]], "embedded": [[0, 1, "page 1"]]}
    found = liar.examine(b"\xff\xd8\xff" + json.dumps(GOOD | told).encode())
    assert found.blobs == {"a": b"\0\0"}
    assert [(still.time_ms, still.pixels.tolist()) for still in found.stills] == [(9, [[[0, 0, 0]]])]
    assert [(inner.name, inner.content) for inner in found.embedded] == [("page 1", b"\0")]


def test_parts_for_which_no_room_is_left_are_left_out():
    parts = PartsWriter(memoryview(bytearray(10)))
    parts.add_blob("a", b"12345678")
    assert not parts.add_embedded("b", b"123")
    assert parts.add_embedded("c\n", b"12")
    assert parts.told == {"blobs": [[0, 8, "a"]], "stills": [], "embedded": [[8, 2, "c"]]}


def test_what_a_cell_draws_arrives_as_pixels(liar):
    pixels = liar.examine(b"\xff\xd8\xff" + json.dumps(GOOD).encode()).pixels
    assert pixels.tolist() == [[[1, 2, 3]]]


def test_sizes_below_zero_make_no_room_for_others(monkeypatch):
    read = []
    monkeypatch.setattr(os, "pread", lambda _fd, length, _start: read.append(length) or bytes(length))
    header = {"blobs": [[0, 200 * 2**20, "a"]] * 2, "embedded": [[0, -300 * 2**20, "b"]]}
    assert parts_told(header, -1, JailLimits()) is None
    assert read == []


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "-" + "9" * 400])
def test_a_number_that_no_fact_can_have_is_not_believed(number):
    limits = JailLimits(frame_pixels_max=1)
    text = json.dumps(GOOD | {"metadata": {"a": "number"}}).replace('"number"', number).encode()
    answer_fd = shared_answer(limits.answer_size_bytes)
    try:
        os.pwrite(answer_fd, len(text).to_bytes(4, "little") + text, 0)
        found = judged((OUTCOME_ANSWERED, 0), answer_fd, sniff(JPEG), limits)
    finally:
        os.close(answer_fd)
    assert found == Unreadable(UnreadableReason.DECODER_FAILED)


def test_a_signal_that_has_no_name_is_told_like_any_other():
    found = judged((OUTCOME_SIGNAL, 40), -1, sniff(JPEG), JailLimits())
    assert found == Unreadable(UnreadableReason.DECODER_FAILED)


def test_a_header_of_impossible_length_is_not_believed(inmate):
    assert inmate("babbling").examine(JPEG) == Unreadable(UnreadableReason.DECODER_FAILED)


def test_a_killed_template_is_started_again():
    with Jail() as jail:
        first = jail.template_process_id
        assert isinstance(jail.examine(JPEG), Examination)
        os.kill(first, signal.SIGKILL)
        assert isinstance(jail.examine(JPEG), Examination)
        assert jail.template_process_id != first


def test_a_file_whose_template_dies_twice_is_told_so_and_the_next_is_fine(inmate):
    jail = inmate("acting")
    answers = []
    asking = threading.Thread(target=lambda: answers.append(jail.examine(file_for("sleep"))))
    asking.start()
    killed = set()
    deadline = time.monotonic() + 20
    while asking.is_alive() and time.monotonic() < deadline:
        process = jail.template_process_id
        if process is not None and process not in killed and psutil.Process(process).children():
            killed.add(process)
            os.kill(process, signal.SIGKILL)
        time.sleep(0.01)
    asking.join()
    assert answers == [Unreadable(UnreadableReason.JAIL_BROKEN)]
    assert len(killed) == 2
    assert isinstance(jail.examine(b"\xff\xd8\xff\xe0"), Examination)


def test_a_dead_templates_cells_die_with_it(inmate):
    jail = inmate("acting")
    asking = threading.Thread(target=jail.examine, args=(file_for("sleep"),), daemon=True)
    asking.start()
    template = psutil.Process(jail.template_process_id)
    cell = _until(template.children)[0]
    jail.close()
    assert not template.is_running()
    assert _until(lambda: not cell.is_running() or cell.status() == psutil.STATUS_ZOMBIE)
    assert jail.template_process_id != template.pid


def _until(ask):
    deadline = time.monotonic() + 20
    while not (answer := ask()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return answer


def test_the_callers_death_ends_the_template():
    program = (
        f"import sys, os, time; sys.path.insert(0, {REPOSITORY!r}); from clew.media.jail import Jail; "
        "j = Jail().__enter__(); print(j.template_process_id, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as caller:
        template = psutil.Process(int(caller.stdout.readline()))
        assert template.is_running()
        caller.kill()
    assert _until(lambda: not template.is_running() or template.status() == psutil.STATUS_ZOMBIE)


def test_the_template_has_one_thread_and_nothing_of_the_caller(jail):
    template = psutil.Process(jail.template_process_id)
    assert template.num_threads() == 1
    assert template.cwd() == "/"
    assert set(template.environ()) <= {
        *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX", "LC_ALL", "LD_LIBRARY_PATH")
    }


def descriptors():
    return psutil.Process().num_fds()


def test_an_ended_jail_leaves_no_process_and_no_descriptor():
    before = descriptors()
    with Jail() as jail:
        process = jail.template_process_id
        assert isinstance(jail.examine(JPEG), Examination)
        assert isinstance(jail.examine(JPEG[:200]), Unreadable)
    assert not psutil.pid_exists(process)
    assert descriptors() == before


def test_a_jail_serves_many_threads_at_once(jail):
    pictures = [picture(40 + n, 30) for n in range(24)]
    files = [encoded(pixels, "PNG") for pixels in pictures]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(jail.examine, files))
    assert all(np.array_equal(one.pixels, pixels) for one, pixels in zip(found, pictures, strict=True))


def test_a_forked_child_of_the_caller_gets_a_template_of_its_own():
    program = (
        f"import sys, os; sys.path[:0] = [{REPOSITORY!r}, {str(Path(__file__).parent)!r}]; "
        "from clew.media.jail import Jail; from made_files import encoded, picture; j = Jail().__enter__(); "
        "file = encoded(picture(20, 20), 'PNG'); first = j.template_process_id; child = os.fork(); "
        "fine = j.examine(file).width == 20 and (child or j.template_process_id != first); "
        "j.close() if not child else None; "
        "os._exit(not fine) if not child else None; ended = os.waitpid(child, 0)[1]; "
        "sys.exit(0 if fine and not ended and j.examine(file).width == 20 and j.template_process_id == first else 1)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_a_jail_that_cannot_start_opens_nothing_and_says_why():
    with pytest.raises(JailUnavailable, match="no_such_module"):
        Jail(cell="no_such_module:cell").examine(JPEG)


def test_a_jail_without_a_program_to_run_says_so(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(JailUnavailable, match="No such file"):
        Jail().examine(JPEG)


def test_names_only_tell_whether_they_disagree(jail):
    assert not jail.examine(JPEG, name="holiday.jpg").extension_disagrees
    assert jail.examine(JPEG, name="holiday.png").extension_disagrees
    assert not jail.examine(JPEG).extension_disagrees


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", UnreadableReason.EMPTY),
        (b"Dear officer,\nthis is a letter.\n", UnreadableReason.TEXT),
        (b"PK\x03\x04" + bytes(40), UnreadableReason.ARCHIVE),
        (bytes(range(256)), UnreadableReason.UNKNOWN_FORMAT),
    ],
)
def test_what_is_no_picture_is_told_kindly(jail, content, reason):
    assert jail.examine(content, name="a.jpg") == Unreadable(reason)


def test_a_picture_larger_than_allowed_is_not_opened():
    with Jail(picture_size_bytes_max=len(JPEG)) as jail:
        assert jail.examine(JPEG).media_type is kinds.JPEG
        assert jail.examine(JPEG + b"\0") == Unreadable(UnreadableReason.TOO_LARGE)


def test_a_decoder_that_needs_too_much_memory_is_told_so():
    with Jail(memory_bytes_max=8 * 1024 * 1024) as jail:
        large = encoded(np.zeros((3000, 3000, 3), np.uint8), "PNG")
        assert jail.examine(large) == Unreadable(UnreadableReason.MEMORY_EXCEEDED)
        assert isinstance(jail.examine(JPEG), Examination)


def test_landlock_alone_shuts_off_every_path():
    program = (
        f"import sys, os, ctypes; sys.path.insert(0, {REPOSITORY!r}); from clew.media import jail_landlock as landlock; "
        "version = landlock.version(); ctypes.CDLL(None).prctl(38, 1, 0, 0, 0); landlock.Ruleset.created().restrict_me()\n"
        "try: os.open('/etc/passwd', os.O_RDONLY)\n"
        "except PermissionError: sys.exit(0)\n"
        "sys.exit(3 if version == 0 else 1)"
    )
    status = subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode
    if status == 3:
        pytest.skip("this kernel has no Landlock; the seccomp filter holds alone")
    assert status == 0
