"""`clew doctor`: on a bare machine, with an installation, with a database that is down, and with things that are wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = [
    *("python", "processors", "memory", "disk", "jail"),
    *("home", "key ring", "vault", "database", "tables", "clock", "ledger", "index", "workers", "scrub"),
]


def doctor(*words, home=None, **environment):
    settings = {name: value for name, value in os.environ.items() if not name.startswith("CLEW_DATABASE")}
    return subprocess.run(
        [sys.executable, "-m", "clew", "doctor", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**settings, **({"CLEW_HOME": str(home)} if home else {}), **environment},
    )


def findings(ran):
    told = json.loads(ran.stdout)
    found = {one["name"]: (one["outcome"], one["words"]) for one in told["findings"]}
    assert list(found) == NAMES
    assert ran.returncode == (0 if told["is_well"] else 1), ran.stderr
    assert told["is_well"] == all(outcome in {"well", "not yet"} for outcome, _ in found.values())
    return found


def test_a_bare_machine_is_looked_at_and_nothing_is_made(tmp_path):
    home = tmp_path / "home"
    found = findings(doctor("--json", home=home))
    assert not home.exists()
    assert found["python"][0] == "well"
    assert found["jail"][1].startswith(("full", "reduced"))
    assert {found[name][0] for name in NAMES[5:]} == {"not yet"}


def test_the_table_says_the_same(tmp_path):
    ran = doctor(home=tmp_path / "home")
    assert [line.partition("  ")[0] for line in ran.stdout.splitlines()[1:]] == NAMES
    assert "no installation yet" in ran.stdout


def test_an_installation_that_stands_is_found_well_but_for_its_workers(world):
    from clew.vault.opened import vault

    vault()
    found = findings(doctor("--json"))
    assert found["database"] == ("well", found["database"][1])
    assert "the embedded one" in found["database"][1]
    assert {found[name][0] for name in ("home", "key ring", "vault", "tables", "clock", "ledger", "index")} == {"well"}
    assert found["workers"] == ("bad", "none was ever seen; `clew up` or `clew worker` starts one")


def test_a_worker_that_was_seen_is_told(world):
    from clew.intake.jail_reports import report_jail
    from clew.intake.keeping import machine
    from clew.intake.models import RecallCheck
    from clew.media.jail_grade import FULL
    from clew.vault.opened import vault

    vault()
    report_jail(FULL)
    RecallCheck.objects.using("service").create(machine=machine(), rows=1, probes=1, missed=0, took_ms=1)
    ran = doctor("--json")
    outcome, words = findings(ran)["workers"]
    assert outcome == "well"
    assert f"{machine()}: jail full" in words
    assert ran.returncode == 0


def test_no_secret_is_in_what_it_says(world):
    from clew.site.home import home

    secrets = [path.read_text().strip() for path in home().keys.glob("*.secret")]
    ring = json.loads((home().keys / "keyring.json").read_text()) if (home().keys / "keyring.json").exists() else {}
    secrets += [entry["key"] for entry in ring.get("keys", [])]
    ran = doctor("--json")
    assert len(secrets) > 2
    assert not [secret for secret in secrets if secret in ran.stdout + ran.stderr]


def test_a_database_that_is_down_is_told_and_the_rest_is_looked_at_nevertheless(tmp_path):
    home = tmp_path / "home"
    (home / "postgres" / "data").mkdir(parents=True)
    (home / "postgres" / "data" / "PG_VERSION").write_text("17")
    home.chmod(0o700)
    found = findings(doctor("--json", home=home))
    assert found["database"][0] == "bad"
    assert "does not answer" in found["database"][1]
    of_the_database = ("tables", "clock", "ledger", "index", "workers", "scrub")
    assert {found[name] for name in of_the_database} == {("unknown", "see database")}
    assert found["jail"][1].startswith(("full", "reduced"))


def test_ones_own_database_that_is_down_is_told_without_its_password(tmp_path):
    url = "postgresql://clew:hunter2secret@127.0.0.1:1/clew"
    ran = doctor("--json", home=tmp_path, CLEW_DATABASE_URL=url)
    assert "hunter2secret" not in ran.stdout + ran.stderr
    assert findings(ran)["database"][0] == "bad"
    ran = doctor("--json", home=tmp_path, CLEW_DATABASE_URL="postgresql://clew:hunter2secret@[nonsense")
    assert "hunter2secret" not in ran.stdout + ran.stderr
    assert findings(ran)["database"] == ("bad", "CLEW_DATABASE_URL cannot be read as an address")


def test_a_key_ring_open_to_others_and_a_home_open_to_others_are_bad(tmp_path):
    from clew.vault.keys import KeyRing

    tmp_path.chmod(0o700)
    KeyRing.load_or_create(tmp_path / "keys")
    (tmp_path / "vault").mkdir()
    (tmp_path / "keys" / "keyring.json").chmod(0o644)
    found = findings(doctor("--json", home=tmp_path))
    assert (found["key ring"][0], found["vault"][0]) == ("bad", "bad")
    (tmp_path / "keys" / "keyring.json").chmod(0o600)
    found = findings(doctor("--json", home=tmp_path))
    assert (found["key ring"][0], found["vault"][0]) == ("well", "well")
    assert list((tmp_path / "vault" / "trial").iterdir()) == []
    tmp_path.chmod(0o777)
    found = findings(doctor("--json", home=tmp_path))
    assert found["home"][0] == "bad"
    assert {found[name] for name in NAMES[6:]} == {("unknown", "see home")}


def test_a_jail_that_is_not_whole_is_bad_unless_accepted(tmp_path):
    sys.path.append(str(Path(__file__).resolve().parents[1] / "media"))
    from outer_filters import run_under

    if json.loads(doctor("--json", home=tmp_path / "x").stdout)["findings"][4]["words"].startswith("reduced"):
        pytest.skip("this machine's own jail is reduced")
    program = "import sys; sys.argv = ['clew', 'doctor', '--json']; from clew.site.cli import main; main()"
    refused = run_under("no landlock", program, CLEW_HOME=str(tmp_path / "home"))
    outcome, words = findings(refused)["jail"]
    assert (outcome, refused.returncode) == ("bad", 1)
    assert words.startswith("reduced: landlock is missing")
    accepted = run_under("no landlock", program, CLEW_HOME=str(tmp_path / "home"), CLEW_JAIL_REDUCED="accepted")
    outcome, words = findings(accepted)["jail"]
    assert (outcome, accepted.returncode) == ("well", 0)
    assert words.endswith("accepted by CLEW_JAIL_REDUCED")
