"""Rights at the command line: who is in and out, roles, certifications, states of organisations, reviews, keys."""

import os
import re
import subprocess
import sys

import pytest


@pytest.fixture
def clew(world):
    """Runs `clew …` as Norway's officer, or as another one."""

    def run(*words, officer="no.officer", stdin=""):
        return subprocess.run(
            [sys.executable, "-m", "clew", *map(str, words)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "CLEW_OFFICER": officer},
        )

    return run


def _row(table, name):
    (line,) = [line for line in table.splitlines() if line.startswith(name)]
    return re.split(r"\s{2,}", line.strip())


def test_officers_are_listed_disabled_enabled_and_given_roles(clew, world):
    assert "no.officer" in clew("officer", "list", "--organisation", "no").stdout
    assert "pt.officer" not in clew("officer", "list", "--organisation", "no").stdout
    assert clew("officer", "disable", "no.officer").returncode == 0
    assert _row(clew("officer", "list").stdout, "no.officer")[-1] == "disabled"
    assert clew("officer", "enable", "no.officer").returncode == 0
    assert clew("officer", "roles", "no.officer", "--role", "auditor").returncode == 0
    assert _row(clew("officer", "list").stdout, "no.officer")[3] == "auditor"
    assert "at least one role of" in clew("officer", "roles", "no.officer", "--role", "king").stderr
    assert "no active officer nobody.here" in clew("officer", "enable", "nobody.here").stderr


def test_a_certification_opens_what_is_protected(clew, world):
    from clew.access.actions import enlist_officer

    enlist_officer(world.units["NO"], username="eva", name="Eva", roles=["specialist"], password="a long password")
    assert "no valid certification" in clew("check", "/etc/hostname", officer="eva").stderr
    words = ("officer", "certify", "eva", "--what", "Examiner course")
    assert "is no day" in clew(*words, "--until", "soon").stderr
    assert "ends after today" in clew(*words, "--until", "2001-01-01").stderr
    assert clew(*words, "--until", "2027-11-01").returncode == 0
    assert "no valid certification" not in clew("check", "/etc/hostname", officer="eva").stderr


def test_an_organisation_is_suspended_and_let_in_again(clew, world):
    assert clew("organisation", "state", "no", "suspended", "--reason", "keys lost").returncode == 0
    assert clew("check", "/etc/hostname").returncode == 2
    assert "none of" in clew("organisation", "state", "no", "asleep", "--reason", "x").stderr
    assert _row(clew("organisation", "list").stdout, "no ")[3] == "suspended"
    assert "Answers until" in clew("organisation", "review", "pt").stdout
    assert "open already" in clew("organisation", "review", "pt").stderr


def test_keys_are_confined_listed_and_revoked(clew, world):
    from clew.access.keys import officer_of_key
    from clew.access.permissions import Permission

    words = (
        "key",
        "create",
        "--label",
        "bench seven",
        "--scope",
        "intake:check:run",
        "--days",
        7,
        "--calls-per-hour",
        5,
    )
    secret = clew(*words).stdout.strip()
    assert officer_of_key(secret).permissions == {Permission.CHECK_RUN}
    row = clew("key", "list").stdout
    assert "bench seven" in row
    assert "bench seven" not in clew("key", "list", officer="pt.officer").stdout
    (key_id,) = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", row)
    assert "no such record" in clew("key", "revoke", key_id, officer="pt.officer").stderr
    assert clew("key", "revoke", key_id).returncode == 0
    assert officer_of_key(secret) is None
    assert "lives 1 to 365 days" in clew("key", "create", "--label", "x", "--days", 400).stderr
    assert "nothing else" in clew("key", "create", "--label", "x", "--scope", "ledger:entry:read").stderr
