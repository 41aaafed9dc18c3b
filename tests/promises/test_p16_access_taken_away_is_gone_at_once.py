"""P16: access taken away is gone at once: in a session, an API key, an open upload, a queued job and one under way. 0 further successes."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid

import pytest
from django.db import OperationalError, connections, transaction

FILES = 6


@pytest.fixture(scope="module")
def server(installation):
    """`clew serve` for the tests' installation, and its port."""
    import httpx

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "clew", "serve", "--port", str(port)], env=os.environ.copy())
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).is_success:
                break
        except httpx.HTTPError:
            time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(timeout=60)


def frame(key, content):
    heading = json.dumps({"key": key, "path": f"{key}.bin", "size_bytes": len(content)}).encode()
    return len(heading).to_bytes(4, "big") + heading + content


class Stream:
    """A request to a real server whose body is sent in two halves."""

    def __init__(self, port, method, path, headers, body):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Connection: close",
            f"Content-Length: {len(body)}",
        ]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._rest = body[len(body) // 2 :]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode() + body[: len(body) // 2])

    def finish(self):
        """Send the other half; the status of the answer, 0 where the server hung up."""
        answer = b""
        try:
            self._socket.sendall(self._rest)
            while piece := self._socket.recv(65536):
                answer += piece
        except OSError:
            # The server hung up on a stream it refuses to read: that is an answer too.
            return int(answer.split()[1]) if answer else 0
        finally:
            self._socket.close()
        return int(answer.split()[1]) if answer else 0


def open_streams(port, world, submission_id, secret):
    """An upload of a browser, one of a program, each half way."""
    browser = world.client("NO")
    browser.get(f"/submissions/{submission_id}/")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    token = browser.cookies["clew-csrf"].value
    body = frame("stream-1", os.urandom(300_000)) + frame("stream-2", os.urandom(300_000))
    of_browser = Stream(
        port, "POST", f"/submissions/{submission_id}/files/", {"Cookie": cookies, "X-CSRFToken": token}, body
    )
    headers = {"Authorization": f"Bearer {secret}", "X-Clew-Key": "stream-3", "X-Clew-Path": "three.bin"}
    of_program = Stream(port, "PUT", f"/api/v1/submissions/{submission_id}/file", headers, os.urandom(3_000_000))
    return [of_browser, of_program]


def test_streams_to_a_real_server_succeed_while_their_officer_has_access(world, server):
    from clew.access.keys import create_key
    from clew.intake.models import ReceivedFile

    submission = world.submit("NO", {}, decide=False, close=False)
    streams = open_streams(server, world, submission.id, create_key(world.officer("NO"), "x"))
    assert [stream.finish() for stream in streams] == [200, 200]
    assert ReceivedFile.objects.using("service").count() == 3


def test_a_disabled_officer_gets_no_further_success_anywhere(world, server, pictures, jpeg):
    from clew.access.actions import disable_officer
    from clew.access.keys import create_key
    from clew.access.standing import AccessEnded
    from clew.intake.actions import check, close_submission, open_submission, receive_files
    from clew.intake.fingerprints import Fingerprint
    from clew.intake.models import ReceivedFile, Verdict
    from clew.intake.tasks import decide_submission, sweep
    from clew.kernel.errors import NotFound

    officer, browser = world.officer("NO"), world.client("NO")
    secret = create_key(officer, "x")
    key = {"Authorization": f"Bearer {secret}"}
    queued = world.submit("NO", {f"{n}.jpg": jpeg(pictures(n, 160, 120)) for n in range(FILES)}, decide=False)
    taking = world.submit("NO", {}, reference="C-2", decide=False, close=False)
    assert browser.get("/submissions/").status_code == 200
    assert browser.get("/api/v1/metrics", headers=key).status_code == 200
    streams = open_streams(server, world, taking.id, secret)

    begun = time.monotonic()
    disable_officer(officer)
    took = time.monotonic() - begun

    statuses = [stream.finish() for stream in streams]
    pages = ("submissions/", f"submissions/{queued.id}/", f"submissions/{queued.id}/progress/", "series/", "keys/")
    statuses += [browser.get(f"/{page}").status_code for page in pages]
    statuses.append(browser.post(f"/submissions/{queued.id}/close/").status_code)
    calls = ("metrics", f"submissions/{queued.id}", f"submissions/{queued.id}/verdicts")
    statuses += [browser.get(f"/api/v1/{call}", headers=key).status_code for call in calls]
    assert {status for status in statuses if 200 <= status < 300} == set(), statuses
    for act in (
        lambda: receive_files(officer, taking.id, [("k", "k", b"late")]),
        lambda: close_submission(officer, taking.id),
        lambda: check(officer, [Fingerprint(digests={"md5": bytes(16)})]),
        lambda: open_submission(officer, case_reference="C", legal_basis="A", grounds=world.grounds(), door="test"),
    ):
        # As nobody one finds not even one's own submission.
        with pytest.raises((AccessEnded, NotFound)):
            act()
    decide_submission(str(queued.id))
    sweep(0)
    assert Verdict.objects.using("service").count() == 0
    assert ReceivedFile.objects.using("service").count() == FILES
    # Ending waits for what is about to commit, and for nothing else; the machine may be busy.
    assert took < 5


def test_a_job_under_way_does_not_commit_once_its_officer_is_out(world, pictures, jpeg, monkeypatch):
    from clew.access.actions import disable_officer
    from clew.catalogue.models import Media, Submission
    from clew.intake import pipeline
    from clew.intake.models import ReceivedFile, Verdict

    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1)), "b.jpg": jpeg(pictures(2))}, decide=False)
    settle = pipeline._settle

    def settle_and_be_disabled(*given):
        settled = settle(*given)
        in_another_connection(lambda: disable_officer(world.officer("NO")))
        return settled

    monkeypatch.setattr(pipeline, "_settle", settle_and_be_disabled)
    assert pipeline.decide_waiting(submission.id) == 0
    assert not Verdict.objects.using("service").exists()
    assert not Media.objects.using("service").exists()
    assert ReceivedFile.objects.using("service").filter(decided=False).count() == 2
    held = Submission.objects.using("service").get(id=submission.id)
    assert (held.held_at is not None, held.state_words) == (True, "Held: its officer's access ended")


def in_another_connection(act):
    def run():
        act()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()


def test_what_is_about_to_commit_comes_before_the_end_and_nothing_after_it(world):
    from clew.access.actions import disable_officer
    from clew.access.permissions import Permission
    from clew.access.standing import AccessEnded, commit_in_standing

    officer, ended = world.officer("NO"), threading.Event()

    def end():
        disable_officer(officer)
        ended.set()
        connections.close_all()

    with transaction.atomic(using="service"):
        commit_in_standing(officer, Permission.SUBMISSION_CREATE, using="service")
        thread = threading.Thread(target=end)
        thread.start()
        # The end waits for this transaction, however long it takes.
        assert not ended.wait(0.5)
    assert ended.wait(60)
    thread.join()
    with pytest.raises(AccessEnded), transaction.atomic(using="service"):
        commit_in_standing(officer, Permission.SUBMISSION_CREATE, using="service")


@pytest.mark.parametrize("how", ["disabled", "suspended"])
def test_who_ends_access_and_who_is_about_to_commit_do_not_wait_for_one_another(world, how):
    """What is about to commit refers to its officer and their organisation, whose rows are being changed."""
    from clew.access.actions import enlist_officer
    from clew.access.approvals import ask, present
    from clew.access.grave_acts import GraveAct
    from clew.access.models import Approval, Officer
    from clew.access.officers import disable
    from clew.access.onboarding import suspend
    from clew.kernel.errors import NotPermitted

    officer = world.officer("NO")
    chief = enlist_officer(
        world.units["NO"], username="chief", name="C", roles=["national_administrator"], password="a long password"
    )
    coordinator = world.found("CO", kind="coordinator", roles=("coordinator",))
    failures = []

    def end():
        try:
            if how == "disabled":
                disable(chief, officer.id, "left")
            else:
                suspend(coordinator, officer.organisation_id, "a leak")
        except OperationalError as failure:
            failures.append(failure)
        connections.close_all()

    with transaction.atomic(using="service"):
        present(officer)
        thread = threading.Thread(target=end)
        thread.start()
        # Long enough for the end to have its row, and to wait for this.
        thread.join(1)
        assert thread.is_alive()
        ask(officer, GraveAct.RECORD_PURGE, subject_kind="case", reason="It was entered twice, by mistake.")
    thread.join(60)
    assert not failures
    assert Approval.objects.using("service").count() == 1
    assert not Officer.objects.using("service").select_related("unit__organisation").get(id=officer.id).stands
    with pytest.raises(NotPermitted), transaction.atomic(using="service"):
        present(officer)


def test_a_held_submission_loses_nothing_and_goes_on_once_it_is_handed_over(world, pictures, jpeg):
    from clew.access.actions import disable_officer, enlist_officer
    from clew.catalogue.models import Submission
    from clew.intake.handing_over import NotToThem, hand_over
    from clew.intake.models import Verdict
    from clew.kernel.clock import now
    from clew.kernel.errors import NotFound, NotPermitted

    for key, unit, role in (
        ("A1", "NO", "national_administrator"),
        ("S2", "NO", "specialist"),
        ("P1", "PT", "national_administrator"),
    ):
        world.officers[key] = enlist_officer(
            world.units[unit],
            username=key,
            name=key,
            roles=[role],
            password="a long password",
            certified_until=now().date(),
        )
    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))}, decide=False)
    disable_officer(world.officer("NO"))
    world.decide(submission)
    admin, heir = world.client("A1"), world.officer("S2")
    page = admin.get("/submissions/held/").content.decode()
    assert "C-1" in page
    assert "C-1" not in world.client("P1").get("/submissions/held/").content.decode()
    for who, to, refusal in (
        ("P1", heir.id, NotFound),
        ("S2", heir.id, NotPermitted),
        ("A1", world.officer("NO").id, NotToThem),
        ("A1", world.officer("PT").id, NotToThem),
        ("A1", world.officer("A1").id, NotToThem),
        ("A1", uuid.uuid4(), NotToThem),
    ):
        with pytest.raises(refusal):
            hand_over(world.officer(who), submission.id, to)
    assert not Verdict.objects.using("service").exists()
    assert admin.post(f"/submissions/{submission.id}/hand-over/", {"officer": "nobody"}).status_code == 422
    assert admin.post(f"/submissions/{submission.id}/hand-over/", {"officer": heir.id}).status_code == 302
    world.decide(submission)
    assert Verdict.objects.using("service").count() == 1
    decided = Submission.objects.using("service").get(id=submission.id)
    assert (decided.state, decided.submitted_by_id, decided.handed_to_id) == (
        "finished",
        world.officer("NO").id,
        heir.id,
    )
    with pytest.raises(NotFound):
        hand_over(world.officer("A1"), submission.id, heir.id)


def test_a_role_or_a_certification_taken_away_holds_the_job_too(world, pictures, jpeg):
    from clew.access.by_the_owner import give_roles
    from clew.catalogue.models import Submission
    from clew.intake.models import Verdict

    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))}, decide=False)
    give_roles(world.officer("NO"), ["auditor"])
    world.decide(submission)
    assert not Verdict.objects.using("service").exists()
    assert Submission.objects.using("service").get(id=submission.id).held_at is not None


def test_that_somebody_tried_on_after_their_end_stays_on_record(world):
    from clew.access.actions import disable_officer
    from clew.access.doors import attempt
    from clew.access.standing import AccessEnded
    from clew.intake.actions import receive_files
    from clew.ledger.models import Entry

    submission = world.submit("NO", {}, decide=False, close=False)
    officer = world.officer("NO")
    request = type("Call", (), {"user": officer})()
    # As in an upload that had begun before.
    in_another_connection(lambda: disable_officer(officer))
    with pytest.raises(AccessEnded), attempt(request, "intake:file:receive", submission_id=submission.id):
        receive_files(officer, submission.id, [("k", "k", b"late")])
    tried = Entry.objects.using("service").get(outcome="AccessEnded")
    assert (tried.verb, tried.officer_id, tried.subject_id) == ("intake:file:receive", officer.id, submission.id)
