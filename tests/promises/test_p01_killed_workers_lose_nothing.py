"""P1: what was acknowledged is never lost when a process is killed, and nothing is decided twice."""

import os
import signal
import subprocess
import sys
import time

import pytest

WORKER = """
import sys, uuid, django
django.setup()
from clew.intake.pipeline import decide_waiting
print("ready", flush=True)
while decide_waiting(uuid.UUID(sys.argv[1]), batch=4):
    print("batch", flush=True)
"""


def _one_life(submission, kill_after_batches):
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WORKER, str(submission.id)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
    )
    seen = 0
    for line in worker.stdout:
        seen += line.startswith("batch")
        if kill_after_batches is not None and seen >= kill_after_batches:
            # Into the middle of the next batch.
            time.sleep(0.02)
            worker.send_signal(signal.SIGKILL)
            break
    worker.wait(timeout=120)
    worker.stdout.close()


def _run(world, pictures, jpeg, *, files, kills):
    from clew.catalogue.models import Digests, Sighting
    from clew.intake.models import ReceivedFile, Verdict

    contents = {f"{n:04}.jpg": jpeg(pictures(n, 160, 120)) for n in range(files)}
    submission = world.submit("NO", contents, decide=False)
    # Spread over the whole submission: batches of four, and a last life for the rest.
    for _ in range(kills):
        _one_life(submission, kill_after_batches=max(1, files // 4 // (kills + 1)))
    _one_life(submission, kill_after_batches=None)
    world.decide(submission)

    assert ReceivedFile.objects.using("service").filter(decided=True).count() == files
    assert Verdict.objects.using("service").count() == files
    assert Sighting.objects.using("service").count() == files
    assert Digests.objects.using("service").count() == files
    submission.refresh_from_db(using="service")
    assert submission.state == "finished"


def test_a_worker_killed_three_times_leaves_each_file_one_verdict(world, pictures, jpeg):
    _run(world, pictures, jpeg, files=60, kills=3)


@pytest.mark.long
def test_a_worker_killed_ten_times_during_2000_pictures_leaves_each_file_one_verdict(world, pictures, jpeg):
    _run(world, pictures, jpeg, files=2000, kills=10)
