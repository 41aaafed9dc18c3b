from __future__ import annotations

import errno
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clew.vault.addresses import Namespace
from clew.vault.errors import WriteRefused
from clew.vault.keys import KeyRing
from clew.vault.store import Vault

WRITER = """
import hashlib, random, sys
from pathlib import Path
from clew.vault.keys import KeyRing
from clew.vault.store import Vault
home, seed = Path(sys.argv[1]), int(sys.argv[2])
vault = Vault(home / "vault", KeyRing.load_or_create(home / "keys", environment={}))
rng = random.Random(seed)
print("ready", flush=True)
while True:
    contents = [rng.randbytes(rng.randrange(150_000)) for _ in range(4)]
    kept = vault.seal_many(contents[:3])
    kept.append(vault.seal_stream([contents[3][:1000], contents[3][1000:]]))
    for content, blob in zip(contents, kept):
        print(blob.address, hashlib.sha256(content).hexdigest(), flush=True)
"""


def test_killing_the_writer_at_any_moment_loses_nothing_acknowledged(tmp_path: Path):
    acknowledged: list[str] = []
    rng = random.Random(3)
    for seed in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(seed)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.01, 0.15))
        writer.send_signal(signal.SIGKILL)
        acknowledged += [line for line in writer.communicate()[0].splitlines(keepends=True) if line.endswith("\n")]
    vault = Vault(tmp_path / "vault", KeyRing.load_or_create(tmp_path / "keys", environment={}))
    assert len(acknowledged) > 20
    for line in acknowledged:
        address, sha256 = line.split()
        assert hashlib.sha256(vault.open(address)).hexdigest() == sha256
    # What was written and not acknowledged is whole as well: nothing half-written ever stands at an address.
    for address in vault.addresses(Namespace.ORIGINALS):
        vault.check(address)
    assert vault.sweep_drafts() == 0
    vault.sweep_drafts(age_seconds_min=-1)
    assert list((tmp_path / "vault" / "drafts").iterdir()) == []


def test_file_and_folder_are_on_the_disk_before_the_answer(vault: Vault, root: Path, monkeypatch):
    synced: list[tuple[int, int]] = []
    sync = os.fsync

    def watched_sync(descriptor: int) -> None:
        sync(descriptor)
        status = os.fstat(descriptor)
        # A file counts as kept only with all its bytes, a folder only with its present entries.
        synced.append((status.st_ino, status.st_size if status.st_mode & 0o100000 else status.st_mtime_ns))

    monkeypatch.setattr(os, "fsync", watched_sync)
    content = bytes(100_000)
    for blob in (vault.seal_bytes(content), vault.seal_stream([content, b"more"])):
        file = root / blob.address.path
        assert (file.stat().st_ino, file.stat().st_size) in synced
        for folder in list(file.parents)[:4]:
            assert (folder.stat().st_ino, folder.stat().st_mtime_ns) in synced


@pytest.mark.parametrize("way", ["whole", "stream"])
def test_an_object_found_already_there_has_its_folder_synced_before_the_answer(
    root: Path, ring: KeyRing, monkeypatch, way: str
):
    content = bytes(1000)
    address = Vault(root, ring).seal_bytes(content).address
    another_process = Vault(root, ring)
    synced: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (sync(fd), synced.append(os.fstat(fd).st_ino)))
    again = another_process.seal_bytes(content) if way == "whole" else another_process.seal_stream([content])
    assert again.address == address
    assert {folder.stat().st_ino for folder in list((root / address.path).parents)[:3]} <= set(synced)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("call", range(6))
def test_a_write_the_disk_refused_is_never_acknowledged(root: Path, ring: KeyRing, monkeypatch, code: int, call: int):
    vault, sync, calls = Vault(root, ring), os.fsync, []

    def failing_sync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == call + 1:
            raise OSError(code, "refused", "/a/secret/path")
        sync(descriptor)

    content = bytes(1000)
    monkeypatch.setattr(os, "fsync", failing_sync)
    with pytest.raises(WriteRefused) as refusal:
        vault.seal_many([content, b""])
    assert errno.errorcode[code] in str(refusal.value)
    assert "path" not in str(refusal.value)
    assert list((root / "drafts").iterdir()) == []
    monkeypatch.undo()
    assert vault.open(vault.seal_bytes(content).address) == content


def test_two_writers_of_the_same_content_both_end_with_it_readable(root: Path, ring: KeyRing):
    contents = [random.Random(seed).randbytes(70_000) for seed in range(20)]
    vaults = [Vault(root, ring) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda vault: vault.seal_many(contents), vaults))
    assert all(answer == answers[0] for answer in answers)
    assert [vaults[0].open(blob.address) for blob in answers[0]] == contents
