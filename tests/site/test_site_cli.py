"""The command line, run as it is typed: in processes of its own, against the installation of the tests."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def clew(world):
    """Runs `clew …` as Norway's officer unless told otherwise."""

    def run(*words, officer="no.officer", stdin="", **environment):
        settings = {"CLEW_OFFICER": officer} if officer else {}
        return subprocess.run(
            [sys.executable, "-m", "clew", *map(str, words)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, **settings, **environment},
        )

    return run


@pytest.fixture
def folder(tmp_path, world, pictures, jpeg):
    """A folder with a known file, one that resembles it, a new one, and bad ones; what is known belongs to Portugal."""
    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    seized = tmp_path / "seized"
    seized.mkdir()
    (seized / "known.jpg").write_bytes(jpeg(pictures(1)))
    (seized / "near.jpg").write_bytes(jpeg(pictures(1)[:, ::-1].copy(), quality=60))
    (seized / "new.jpg").write_bytes(jpeg(pictures(2)))
    (seized / "empty.jpg").write_bytes(b"")
    (seized / "text.jpg").write_text("no picture\n" * 9)
    (seized / "=cmd\n.jpg").write_bytes(jpeg(pictures(1)))
    (seized / "around").symlink_to(seized)
    return seized


def _by_name(lines):
    return {result["path"].rsplit("/", 1)[-1]: result for result in map(json.loads, lines.splitlines())}


def test_check_answers_for_every_file_and_says_by_its_status_that_something_is_known(clew, folder):
    ran = clew("check", folder, "--json")
    results = _by_name(ran.stdout)
    assert ran.returncode == 1, ran.stderr
    assert {name: result["verdict"] for name, result in results.items()} == {
        "known.jpg": "known",
        "near.jpg": "resembles",
        "new.jpg": "new",
        "empty.jpg": "unreadable",
        "text.jpg": "unreadable",
        "=cmd\n.jpg": "known",
        "around": "unreadable",
    }
    match = results["near.jpg"]["matches"][0]
    assert (match["basis"], match["orientation"]) == ("pdq", "flipy")
    assert match["owner"] == {"organisation": "Bureau PT", "unit": "Unit", "email": "desk@pt.example", "phone": "+00 1"}
    assert len({result["reason"] for result in results.values()}) == 6


def test_check_of_strangers_alone_has_status_0_and_stores_nothing(clew, tmp_path, pictures, jpeg):
    from clew.catalogue.models import Media

    (tmp_path / "new.jpg").write_bytes(jpeg(pictures(7)))
    ran = clew("check", tmp_path / "new.jpg")
    assert (ran.returncode, "1 file: 0 known, 0 resembles, 0 unreadable, 1 new" in ran.stdout) == (0, True)
    assert not Media.objects.using("service").exists()


def test_the_table_says_whom_to_call_and_breaks_at_no_name(clew, folder):
    ran = clew("check", folder)
    assert "Bureau PT, Unit +00 1" in ran.stdout
    assert "=cmd\\n.jpg" in ran.stdout
    assert "new.jpg" not in ran.stdout
    assert "new.jpg" in clew("check", folder, "--new").stdout


def test_no_cell_of_the_csv_is_a_formula(clew, folder, monkeypatch):
    monkeypatch.chdir(folder)
    ran = clew("check", "=cmd\n.jpg", "--csv")
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert [(row["path"], row["verdict"], row["owner"]) for row in rows] == [("'=cmd\n.jpg", "known", "Bureau PT")]
    assert rows[0]["phone"] == "'+00 1"


def test_submit_stores_and_tells_the_same_as_check(clew, folder):
    from clew.catalogue.models import Submission

    checked = _by_name(clew("check", folder, "--json").stdout)
    ran = clew("submit", folder, "--case", "NO-1", "--json")
    assert ran.returncode == 1, ran.stderr
    stored = _by_name(ran.stdout)
    # What is stored can be asked about: its matches have names.
    assert all(match.pop("id") for result in stored.values() for match in result["matches"])
    assert not any(match.pop("id") for result in checked.values() for match in result["matches"])
    assert stored == checked
    submission = Submission.objects.using("service").get(case__reference="NO-1")
    assert (submission.state, submission.sharing, submission.door) == ("finished", "nobody", "command line")


def test_a_submission_that_was_killed_goes_on_where_it_stopped(clew, tmp_path, pictures, jpeg):
    from clew.catalogue.models import Submission
    from clew.intake.models import ReceivedFile, Verdict

    for n in range(200):
        (tmp_path / f"{n:03}.jpg").write_bytes(jpeg(pictures(n % 20, 160, 120), quality=50 + n // 20))
    process = subprocess.Popen(
        [sys.executable, "-m", "clew", "submit", str(tmp_path), "--case", "NO-2"],
        env={**os.environ, "CLEW_OFFICER": "no.officer"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while ReceivedFile.objects.using("service").count() < 64 and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    ran = clew("submit", tmp_path, "--case", "NO-2", "--json")
    assert "Going on with the unfinished submission" in ran.stderr
    assert len(ran.stdout.splitlines()) == 200
    assert Submission.objects.using("service").count() == 1
    assert ReceivedFile.objects.using("service").count() == Verdict.objects.using("service").count() == 200


def test_a_hash_list_a_zip_and_a_folder_in_one_run(clew, folder, tmp_path, pictures, jpeg):
    import hashlib
    import zipfile

    with zipfile.ZipFile(tmp_path / "disk.zip", "w") as archive:
        archive.writestr("inside/known.jpg", jpeg(pictures(1)))
    digest = hashlib.sha1(jpeg(pictures(1))).hexdigest()
    (tmp_path / "list.txt").write_text(f"{digest}\nno hash at all\n")
    ran = clew("check", tmp_path / "disk.zip", tmp_path / "list.txt", folder / "new.jpg", "--json")
    told = {
        result["path"].removeprefix(f"{tmp_path}/"): result["verdict"]
        for result in map(json.loads, ran.stdout.splitlines())
    }
    assert told == {
        "disk.zip/inside/known.jpg": "known",
        "list.txt: line 1": "known",
        "list.txt: line 2": "unreadable",
        "seized/new.jpg": "new",
    }


@pytest.mark.parametrize(
    ("words", "officer", "said"),
    [
        (("check", "/nowhere/at/all"), "no.officer", "There is nothing at /nowhere/at/all"),
        (("check", "/etc/hostname"), None, "Name an officer with --as or CLEW_OFFICER"),
        (("check", "/etc/hostname"), "nobody.here", "There is no active officer nobody.here"),
        (("check", "/etc/hostname"), "hl.officer", "Your role does not include intake:check:run"),
        (("submit", "/etc/hostname", "--case", "  "), "no.officer", "A submission needs a case reference"),
        (
            ("submit", "/etc/hostname", "--case", "1", "--sharing", "listed", "--share-with", "xx"),
            "no.officer",
            "no organisation xx",
        ),
        (("check", "/etc/hostname", "--json", "--csv"), "no.officer", "--json and --csv exclude one another"),
        (("code", "no.officer"), None, "has not set up one-time codes yet"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_with_status_2(clew, words, officer, said):
    ran = clew(*words, officer=officer)
    assert ran.returncode == 2
    assert said in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr


def test_an_installation_that_was_never_started_is_named(clew):
    home = Path(os.environ["CLEW_HOME"]).with_name("never")
    ran = clew("status", CLEW_HOME=str(home))
    assert (ran.returncode, "There is no Clew in" in ran.stderr) == (2, True)
    assert not (home / "postgres" / "data").exists()


def test_people_are_added_and_their_mistakes_told(clew):
    assert clew("organisation", "add", "se", "--name", "Bureau SE", "--country", "se").returncode == 0
    assert clew("unit", "add", "se", "--name", "Desk", "--email", "a@se.example", "--phone", "+46").returncode == 0
    words = ("officer", "add", "eva", "--name", "Eva", "--organisation", "se", "--unit", "Desk", "--role", "specialist")
    assert "password is not taken" in clew(*words, stdin="short\n").stderr
    assert clew(*words, stdin="a long enough password\n").returncode == 0
    assert "already an officer eva" in clew(*words, stdin="a long enough password\n").stderr
    (line,) = [line for line in clew("organisation", "list").stdout.splitlines() if line.startswith("se ")]
    assert re.split(r"\s{2,}", line.strip()) == ["se", "Bureau SE", "Country bureau", "onboarding", "Desk", "1"]
    assert "no organisation xx" in clew("unit", "add", "xx", "--name", "D", "--email", "a@b.c", "--phone", "1").stderr
    assert "is none of" in clew("organisation", "add", "x", "--name", "X", "--kind", "club").stderr
    kings = ("officer", "add", "leif", "--name", "L", "--organisation", "se", "--unit", "Desk", "--role", "king")
    assert "at least one role of" in clew(*kings, stdin="a long enough password\n").stderr


def test_a_key_is_made_for_those_who_may_have_one_and_a_disabled_officer_is_gone(clew):
    assert clew("key", "create", "--label", "x").stdout.startswith("clew_")
    assert clew("officer", "disable", "no.officer").returncode == 0
    assert "no active officer" in clew("key", "create", "--label", "x").stderr


def test_the_code_shown_is_the_one_that_signs_in_and_is_on_record(clew, world):
    from clew.access.second_factor import current_one_time_code, set_up_one_time_code
    from clew.ledger.models import Entry

    set_up_one_time_code(world.officer("NO"))
    before = current_one_time_code(world.officer("NO"))
    shown = clew("code", "no.officer").stdout.strip()
    # The code may change between the two looks.
    assert shown in {before, current_one_time_code(world.officer("NO"))}
    assert Entry.objects.using("service").filter(verb="access:code:show").exists()


def test_sign_in_is_helped_from_the_command_line(clew, world, tmp_path):
    from cryptography.hazmat.primitives.serialization import Encoding

    from clew.access.lockout import begin_try, fail_try, is_locked
    from clew.access.models import IdentityLink
    from tests.site.test_site_cards import certificate

    assert "is not locked" in clew("officer", "unlock", "no.officer").stderr
    for _ in range(5):
        fail_try(begin_try("no.officer", "password"))
    assert is_locked(world.officer("NO"))
    assert clew("officer", "unlock", "no.officer").returncode == 0
    assert not is_locked(world.officer("NO"))

    (tmp_path / "card.pem").write_bytes(certificate().public_bytes(Encoding.PEM))
    fingerprint = clew(
        "officer", "certificate", "add", "no.officer", tmp_path / "card.pem", "--label", "card"
    ).stdout.strip()
    listed = clew("officer", "certificate", "list", "no.officer").stdout
    assert fingerprint in listed
    again = clew("officer", "certificate", "add", "pt.officer", tmp_path / "card.pem")
    assert (again.returncode, "for no.officer" in again.stderr) == (2, True)
    assert "cannot be read" in clew("officer", "certificate", "add", "no.officer", tmp_path / "absent").stderr
    card_id = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", listed)[0]
    assert clew("officer", "certificate", "remove", "no.officer", card_id).returncode == 0
    assert fingerprint not in clew("officer", "certificate", "list", "no.officer").stdout

    (tmp_path / "secret").write_text("s")
    named = {
        "CLEW_OIDC_ISSUER": "https://id.no.example",
        "CLEW_OIDC_ORGANISATION": "no",
        "CLEW_OIDC_CLIENT": "clew",
        "CLEW_OIDC_SECRET_FILE": str(tmp_path / "secret"),
    }
    assert clew("officer", "identity", "no.officer", "ingrid", **named).returncode == 0
    assert IdentityLink.objects.using("service").get().name == "ingrid"
    assert "No identity provider speaks for pt" in clew("officer", "identity", "pt.officer", "rita", **named).stderr
    wrong = clew("status", CLEW_IDLE_MINUTES="90")
    assert (wrong.returncode, "CLEW_IDLE_MINUTES is 90" in wrong.stderr) == (2, True)


def test_status_tells_what_waits(clew, world, pictures, jpeg):
    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, decide=False)
    ran = clew("status")
    assert (ran.returncode, "waiting   1 files of 1 unfinished" in ran.stdout) == (1, True)
    assert "running   no" in ran.stdout


def test_the_version_is_said_without_an_installation(clew, tmp_path):
    assert clew("--version", CLEW_HOME=str(tmp_path / "none")).stdout.startswith("clew 0.")


def test_match_answers_the_lines_that_meet_something_as_it_reads_and_counts_the_rest(
    clew, world, tmp_path, pictures, jpeg
):
    from clew.signatures.digests import digest_bytes
    from clew.signatures.pdq import pdq
    from tests.pixels import decoded

    content = jpeg(pictures(1))
    world.submit("PT", {"a.jpg": content}, sharing="members")
    md5, bits = digest_bytes(content).md5.hex(), pdq(decoded(content)).bits.hex()
    listed = tmp_path / "list.txt"
    listed.write_text(f"{md5}  holiday.jpg\n{'0' * 32}  other.jpg\nnonsense\npdq:{bits}\n")
    ran = clew("match", listed)
    assert ran.returncode == 1, ran.stderr
    lines = ran.stdout.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["known", "unreadable", "resembles"]
    assert "list.txt: 1, holiday.jpg" in lines[0]
    assert "Bureau PT" in lines[0]
    assert lines[3] == "4 hashes: 1 known, 1 resembles, 1 unreadable, 1 new"
    told = [json.loads(line) for line in clew("match", listed, "--json").stdout.splitlines()]
    assert [result["verdict"] for result in told] == ["known", "unreadable", "resembles"]
    assert clew("match", "-", stdin=f"{'0' * 40}\n").returncode == 0
    assert md5 not in ran.stderr


def test_match_of_a_list_that_cannot_be_read_says_so(clew, tmp_path):
    ran = clew("match", tmp_path / "absent.txt")
    assert (ran.returncode, "cannot be read: No such file or directory" in ran.stderr) == (2, True)


def test_match_holds_no_more_of_a_long_list_than_of_a_short_one(clew, tmp_path):
    """The highest memory of the process, measured by the kernel, for 20,000 lines and for 400,000."""
    program = (
        "import resource, subprocess, sys; subprocess.run([sys.executable, '-m', 'clew', 'match', sys.argv[1]], check=True, "
        "stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    peaks = []
    for lines in (20_000, 400_000):
        listed = tmp_path / f"{lines}.txt"
        listed.write_text("".join(f"{number:040x}\n" for number in range(lines)))
        ran = subprocess.run(
            [sys.executable, "-c", program, str(listed)],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
            env={**os.environ, "CLEW_OFFICER": "no.officer"},
        )
        peaks.append(int(ran.stdout.split()[-1]))
    assert peaks[1] < 1.05 * peaks[0] + 8 * 1024, peaks


def test_the_index_is_built_checked_and_told(clew, world, pictures, jpeg):
    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    assert "none yet" in clew("index", "status").stdout
    built = clew("index", "build")
    assert (built.returncode, "known answers found" in built.stdout) == (0, True), built.stderr
    checked = clew("index", "check")
    assert checked.returncode == 0, checked.stderr
    told = clew("index", "status").stdout
    assert "guard" in told
    assert "6 rows" in told


def test_a_look_is_parked_and_released_from_the_command_line(clew, world, pictures, jpeg):
    world.found("CO", kind="coordinator", roles=("coordinator",))
    submission = world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    media_id = world.verdicts(submission)["a.jpg"].sighting.media_id
    assert clew("index", "park", media_id, "--reason", "a test card").returncode == 2
    assert clew("index", "park", media_id, "--reason", "a test card", officer="co.officer").returncode == 0
    parked = clew("index", "parked").stdout
    assert "a test card" in parked
    for line in parked.splitlines():
        done = clew("index", "release", line.split()[0], "--reason", "it is one", officer="co.officer")
        assert done.returncode == 0, done.stderr
    assert clew("index", "parked").stdout == ""


def test_inspect_tells_everything_of_a_file_and_needs_no_installation(tmp_path, pictures, jpeg):
    from clew.signatures.digests import digest_bytes
    from tests.films import film

    (tmp_path / "a.jpg").write_bytes(jpeg(pictures(1)))
    (tmp_path / "b.mp4").write_bytes(film([pictures(1)], seconds=2))
    (tmp_path / "c.txt").write_text("no medium")
    words = [sys.executable, "-m", "clew", "inspect", "a.jpg", "b.mp4", "c.txt"]
    empty = {**os.environ, "CLEW_HOME": str(tmp_path / "none")}

    def run(*more):
        return subprocess.run(
            [*words, *more], capture_output=True, text=True, check=True, cwd=tmp_path, timeout=120, env=empty
        ).stdout

    picture, video, text = map(json.loads, run("--json").splitlines())
    assert (picture["mime"], picture["width"], len(picture["pdq"]), len(picture["pdq_enlarged"])) == (
        "image/jpeg",
        320,
        8,
        8,
    )
    assert picture["digests"]["md5"] == digest_bytes((tmp_path / "a.jpg").read_bytes()).md5.hex()
    assert [frame["seconds"] for frame in video["frames"]] == [0, 1]
    assert "not a picture, video or sound" in text["unreadable"]
    page = run()
    assert "quality" in page
    assert not (tmp_path / "none").exists()


def test_inspect_of_an_absent_file_says_so(clew, tmp_path):
    ran = clew("inspect", tmp_path / "absent.jpg")
    assert (ran.returncode, "cannot be read" in ran.stderr) == (2, True)
