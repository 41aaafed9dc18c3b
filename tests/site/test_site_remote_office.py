"""The office elsewhere: the command line with a key against a running server."""

import json
import os
import socket
import subprocess
import sys
import threading
import time

import pytest


@pytest.fixture(scope="module")
def server(installation):
    import httpx

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "clew", "serve", "--port", str(port)], env=os.environ.copy())
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).is_success:
                break
        except httpx.HTTPError:
            time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture
def clew(world, server, tmp_path):
    """Runs `clew …` as on another machine: with a home of its own that holds nothing, an address and a key."""
    from clew.access.keys import create_key

    key = create_key(world.officer("NO"), "workstation")

    def run(*words, **environment):
        settings = {"CLEW_HOME": str(tmp_path / "elsewhere"), "CLEW_URL": server, "CLEW_KEY": key, **environment}
        return subprocess.run(
            [sys.executable, "-m", "clew", *map(str, words)],
            capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **settings},
        )  # fmt: skip

    return run


@pytest.fixture
def folder(tmp_path, pictures, jpeg):
    seized = tmp_path / "seized"
    seized.mkdir()
    (seized / "known.jpg").write_bytes(jpeg(pictures(1)))
    (seized / "near.jpg").write_bytes(jpeg(pictures(1)[::-1].copy()))
    (seized / "new.jpg").write_bytes(jpeg(pictures(2)))
    (seized / "empty.jpg").write_bytes(b"")
    (seized / "large.bin").write_bytes(os.urandom(9 * 1024 * 1024))
    (seized / "gone").symlink_to("nowhere")
    return seized


def _verdicts(ran):
    return {r["path"].rsplit("/", 1)[-1]: r["verdict"] for r in map(json.loads, ran.stdout.splitlines())}


WANTED = {
    "known.jpg": "known", "near.jpg": "resembles", "new.jpg": "new", "empty.jpg": "unreadable", "gone": "unreadable",
    "large.bin": "unreadable",
}  # fmt: skip


def test_check_sends_hashes_and_never_a_file(clew, world, folder, pictures, jpeg):
    from clew.intake.models import ReceivedFile

    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    before = ReceivedFile.objects.using("service").count()
    ran = clew("check", folder, "--json")
    assert (ran.returncode, _verdicts(ran)) == (1, WANTED), ran.stderr
    assert ReceivedFile.objects.using("service").count() == before


def test_submit_sends_the_files_and_waits_for_the_workers_there(clew, world, folder, pictures, jpeg):
    from django.db import connections

    from clew.catalogue.models import Submission

    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    ended = threading.Event()

    def work():
        while not ended.wait(0.1):
            for submission in Submission.objects.using("service").exclude(state="finished"):
                world.decide(submission)
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        ran = clew("submit", folder, "--case", "NO-3", "--json")
    finally:
        ended.set()
        worker.join()
    assert (ran.returncode, _verdicts(ran)) == (1, WANTED), ran.stderr
    assert Submission.objects.using("service").get(case__reference="NO-3").state in {"closed", "finished"}


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"CLEW_KEY": ""}, "no key is set"),
        ({"CLEW_KEY": "clew_wrong"}, "your key is not valid"),
        ({"CLEW_URL": "http://clew.example"}, "is not encrypted"),
        ({"CLEW_URL": "http://127.0.0.1:9"}, "did not answer"),
    ],
)
def test_what_stands_in_the_way_is_said(clew, folder, environment, said, monkeypatch):
    ran = clew("check", folder / "new.jpg", **environment)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_films_are_asked_about_in_calls_that_a_server_takes():
    from clew.intake.fingerprints import Fingerprint
    from clew.signatures.films import Frame
    from clew.site.remote_office import _parts

    film = Fingerprint(digests={}, frames=[Frame(bytes(32), 90, at) for at in range(4000)])
    picture = Fingerprint(digests={})
    assert list(_parts([picture, film, picture, film, film])) == [slice(0, 3), slice(3, 4), slice(4, 5)]
    assert list(_parts([picture] * 3)) == [slice(0, 3)]
