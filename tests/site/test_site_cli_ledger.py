"""The ledger's commands, run as they are typed: an auditor's whole way from the key to a proof, and what they say of a changed past."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def clew(world, database):
    """Runs `clew ledger …`; a ledger of three hundred entries and one checkpoint stands behind it."""
    from django.db import transaction

    from clew.ledger.actions import record
    from clew.ledger.signing import sign_if_grown
    from clew.ledger.stored_tree import grow

    with transaction.atomic(using="service"):
        for number in range(290):
            record("tests:entry:write", actor=None, using="service", facts={"number": number})
    grow()
    sign_if_grown(at_once=True)

    def run(*words, home=None):
        environment = {**os.environ, **({"CLEW_HOME": str(home)} if home else {})}
        return subprocess.run(
            [sys.executable, "-m", "clew", "ledger", *map(str, words)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=environment,
        )

    return run


def _rewrite(database, statement):
    with database["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_from_the_key_to_an_export_that_another_machine_verifies(clew, tmp_path):
    from clew.ledger.models import Entry

    key = clew("key").stdout.splitlines()[0].split()[1]
    assert clew("verify").stdout.splitlines()[-1] == "whole"
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "export"
    exported = clew("export", folder, "--as", "no.officer")
    assert exported.returncode == 0, exported.stderr
    assert Entry.objects.using("service").get(verb="ledger:entry:export").officer_id is not None
    verified = clew("verify", folder, "--key", key, home=elsewhere)
    assert (verified.returncode, verified.stdout.splitlines()[-1]) == (0, "whole"), verified.stderr
    assert b"ledger:entry:export" in (folder / "entries.jsonl").read_bytes()
    assert clew("export", folder).returncode == 2
    lines = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    lines[100] = lines[100].replace(b"done", b"dome")
    (folder / "entries.jsonl").write_bytes(b"".join(lines))
    changed = clew("verify", folder, "--key", key, home=elsewhere)
    assert changed.returncode == 1
    assert "leaf 100, was altered" in changed.stdout
    (folder / "about.json").write_text("{}")
    assert clew("verify", folder, home=elsewhere).returncode == 2


def test_a_range_is_part_of_the_signed_tree_or_is_found_out(clew, tmp_path):
    folder = tmp_path / "range"
    assert clew("export", folder, "--from", 17, "--to", 261).returncode == 0
    whole = clew("verify", folder)
    assert (whole.returncode, whole.stdout.splitlines()[-1]) == (0, "whole"), whole.stdout
    assert len((folder / "entries.jsonl").read_bytes().splitlines()) == 244
    about = json.loads((folder / "about.json").read_text())
    about["left"][0] = "00" * 32
    (folder / "about.json").write_text(json.dumps(about))
    assert clew("verify", folder).returncode == 1


def test_an_entry_is_proved_and_checked_with_nothing_but_the_key(clew, tmp_path):
    from clew.ledger.models import Entry

    entry = Entry.objects.using("service").filter(verb="tests:entry:write").order_by("sequence")[7]
    proof = tmp_path / "entry.tlog-proof"
    proof.write_text(clew("prove", entry.sequence).stdout)
    key = clew("key").stdout.splitlines()[0].split()[1]
    checked = clew("check", proof, "--key", key, home=tmp_path / "elsewhere")
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout.splitlines()[1])["facts"] == {"number": 7}
    proof.write_text(proof.read_text().replace("index ", "index 1"))
    assert clew("check", proof, "--key", key).returncode == 2
    assert clew("check", tmp_path / "none", "--key", key).returncode == 2
    assert clew("prove", 10**9).returncode == 2


def test_a_folder_witnesses_and_tells_loudly_that_the_past_was_rewritten(clew, database, tmp_path):
    from django.db import transaction

    from clew.ledger.actions import record
    from clew.ledger.models import Entry

    stick = tmp_path / "stick"
    assert clew("verify", "--witness", stick).returncode == 2
    for entry in range(2):
        with transaction.atomic(using="service"):
            record("tests:entry:later", actor=None, using="service", facts={"number": entry})
        assert clew("witness", stick).returncode == 0
    assert "cosigned by 1" in clew("status").stdout
    assert clew("verify", "--witness", stick).returncode == 0
    # Everything after the first checkpoint is lost, checkpoints too: by itself this is a whole, older ledger.
    _rewrite(database, "DELETE FROM ledger_checkpoint WHERE number > 1; DELETE FROM ledger_cosignature")
    _rewrite(database, "DELETE FROM ledger_leaf WHERE index >= (SELECT max(size) FROM ledger_checkpoint)")
    _rewrite(database, "DELETE FROM ledger_entry WHERE sequence > (SELECT max(entry_sequence) FROM ledger_leaf)")
    assert clew("verify").returncode == 0
    found = clew("verify", "--witness", stick)
    assert found.returncode == 1
    assert "the end was cut off" in found.stdout
    refused = clew("witness", stick)
    assert refused.returncode == 2
    assert "ROLLED BACK" in refused.stderr
    assert Entry.objects.using("service").filter(verb="ledger:witness:disagree").exists()


def test_a_changed_entry_is_named_and_the_status_is_1(clew, database):
    _rewrite(database, "UPDATE ledger_entry SET outcome = 'x' WHERE facts @> '{\"number\": 12}'")
    ran = clew("verify")
    assert ran.returncode == 1
    assert "entry altered: entry " in ran.stdout
    assert ran.stdout.splitlines()[-1] == "NOT WHOLE: 1 faults"
