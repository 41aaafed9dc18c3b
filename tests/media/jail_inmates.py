"""What hostile files would like to do, run inside a cell in place of the decoders. The first byte after b"\\xff\\xd8\\xff" says what."""

import ctypes
import json
import mmap
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import numpy as np

from clew.media.jail_wire import HEADER_SIZE_BYTES

FINE = {"width": 1, "height": 1, "has_pixels": True, "exif_orientation": 1, "metadata": {}}


def _fine(**metadata):
    return FINE | {"metadata": metadata}


def _open_file():
    return _fine(read=Path("/etc/passwd").read_text()[:10])


def _write_file():
    Path("/tmp/clew-escaped").write_text("out")


def _list_folder():
    list(Path("/").iterdir())


def _connect():
    socket.socket(socket.AF_INET).connect(("127.0.0.1", 80))


def _unix_socket():
    socket.socketpair()


def _fork():
    if os.fork() == 0:
        os._exit(0)


def _execute():
    os.execv("/bin/true", ["true"])


def _spawn():
    subprocess.run(["/bin/true"], check=False)


def _trace():
    ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)


def _kill_template():
    os.kill(int(_parent()), 9)


def _parent():
    return ctypes.CDLL(None).getppid()


def _make_executable():
    memory = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    ctypes.CDLL(None).mprotect(ctypes.c_void_p(address), 4096, 7)


def _become_root():
    os.setuid(0)


def _change_mounts():
    ctypes.CDLL(None).unshare(0x10000000)


def _memory_file():
    os.memfd_create("more")


def _allocate():
    pieces = []
    while True:
        pieces.append(np.ones(64 * 1024 * 1024, np.uint8))


def _spin():
    while True:
        pass


def _sleep():
    time.sleep(60)


def _crash():
    ctypes.string_at(0)


def _abort():
    os.abort()


def _raise():
    raise RuntimeError("a decoder's own error")


def _leave():
    os._exit(0)


def _thread():
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    return _fine(thread="ran")


def _look_around():
    ids = f"{os.getuid()} {os.geteuid()} {os.getgid()}"
    variables = ",".join(sorted(os.environ))
    return _fine(environment=variables[:200], ids=ids)


def _descriptors():
    alive = []
    for fd in range(1024):
        try:
            os.lseek(fd, 0, os.SEEK_CUR)
        except OSError as error:
            if error.errno != 9:
                alive.append(fd)
        else:
            alive.append(fd)
    return _fine(descriptors=",".join(map(str, alive))[:200])


def _fork_bomb():
    while True:
        os.fork()


def _two_gibibytes():
    np.ones(2 * 1024**3, np.uint8)


def _map_executable():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def _read_processes():
    Path(f"/proc/{_parent()}/environ").read_bytes()


def _flood():
    """More than the answer holds, and to where a program's words go."""
    for _ in range(1000):
        os.write(1, bytes(1024 * 1024))
    return _fine(flood="x" * 10_000_000)


def _threads_with_memory():
    """What a decoder with threads does: each takes memory in pieces and gives it back, whereupon the C library thinks of giving it back too."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]

    def take_and_give_back():
        for piece in [libc.malloc(100_000) for _ in range(400)][::-1]:
            libc.free(piece)

    threads = [threading.Thread(target=take_and_give_back) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _fine(threads="ran")


_ACTS = dict(
    enumerate(
        (
            _open_file, _write_file, _list_folder, _connect, _unix_socket, _fork, _execute, _spawn, _trace, _kill_template,
            _make_executable, _become_root, _change_mounts, _memory_file, _allocate, _spin, _sleep, _crash, _abort, _raise,
            _leave, _thread, _look_around, _descriptors, _fork_bomb, _two_gibibytes, _map_executable, _read_processes, _flood,
            _threads_with_memory,
        ),
    ),
)  # fmt: skip
_MALFORMED = len(_ACTS)


def _number_of(act):
    if act == "malformed":
        return _MALFORMED
    return next(number for number, known in _ACTS.items() if known.__name__ == f"_{act}")


def file_for(act):
    """A file that makes `acting` do it."""
    return b"\xff\xd8\xff" + bytes([_number_of(act)])


def film_for(act):
    """The same as a film (a program stream by its first bytes), for the cell of films."""
    return b"\0\0\x01\xba" + bytes([_number_of(act)])


def act_of(number):
    """What a file with this number does, given its errand; None where it does nothing."""
    if number == _MALFORMED:
        return babbling
    act = _ACTS.get(number)
    return (lambda _errand: act()) if act else None


def acting(errand):
    """A cell: does what the file says; a file that says nothing known is a fine one."""
    act = act_of(errand.content[3])
    return (act(errand) if act else None) or FINE


def lying(errand):
    """A cell that was captured and writes its own answer: the JSON after the first three bytes of the file."""
    answer = errand.canvas_memory
    answer[:3] = b"\x01\x02\x03"
    return json.loads(bytes(errand.content[3:]))


def babbling(errand):
    """A cell that claims a header of impossible length."""
    whole = memoryview(errand.canvas_memory.obj)
    whole[:HEADER_SIZE_BYTES] = b"\xff" * HEADER_SIZE_BYTES
    os._exit(0)
