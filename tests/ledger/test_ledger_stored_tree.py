"""The tree in the database: grown by what is committed, in any order, at any kill; changed by nobody; verified to the last row."""

import threading

import pytest


@pytest.fixture
def write(world):
    """Writes so many entries, each committed by itself."""
    from clew.access.scope import acting_as
    from clew.ledger.actions import record

    def write_some(count):
        officer = world.officer("NO")
        for number in range(count):
            with acting_as(officer):
                record("tests:entry:write", actor=officer, using="default", facts={"number": number, "share": 0.1})

    return write_some


def _tables():
    from clew.ledger.models import Entry, KeptNode, Leaf

    entries = Entry.objects.using("service").order_by("sequence").values_list("sequence", "leaf_hash")
    leaves = Leaf.objects.using("service").order_by("index").values_list("index", "entry_sequence", "leaf_hash")
    return (
        [(s, bytes(h)) for s, h in entries],
        [(i, s, bytes(h)) for i, s, h in leaves],
        KeptNode.objects.using("service"),
    )


def test_the_tree_holds_every_entry_once_and_gives_the_root_of_a_plain_list(write):
    from clew.ledger.proofs import root_at
    from clew.ledger.stored_tree import StoredTree, grow
    from clew.ledger.tree import root_of

    written = 0
    for count in (1, 299, 0, 60):
        write(count)
        written += count
        grow()
        entries, leaves, nodes = _tables()
        assert [sequence for _, sequence, _ in leaves] == [sequence for sequence, _ in entries]
        assert [index for index, _, _ in leaves] == list(range(len(entries)))
        assert nodes.count() == len(entries) // 256
        tree = StoredTree()
        assert root_at(tree.read, tree.size) == root_of([hash_ for _, hash_ in entries])
    assert written == 360
    assert grow() == 0


def test_an_entry_that_commits_late_becomes_a_leaf_when_it_is_there_and_one_rolled_back_never_does(world, write):
    from django.db import connections, transaction

    from clew.ledger.actions import record
    from clew.ledger.stored_tree import grow

    drawn, go_on = threading.Event(), threading.Event()

    def slowly(commits):
        with transaction.atomic(using="service"):
            record("tests:entry:late", actor=None, using="service")
            drawn.set()
            go_on.wait(20)
            if not commits:
                transaction.set_rollback(True, using="service")
        connections.close_all()

    for commits in (True, False):
        drawn.clear()
        go_on.clear()
        slow = threading.Thread(target=slowly, args=[commits])
        slow.start()
        drawn.wait(20)
        write(3)
        grow()
        write(2)
        grow()
        go_on.set()
        slow.join()
        assert grow() == int(commits)
        grow()
    entries, leaves, _ = _tables()
    assert sorted(sequence for _, sequence, _ in leaves) == [sequence for sequence, _ in entries]
    assert [sequence for _, sequence, _ in leaves] != [sequence for sequence, _ in entries]
    from clew.ledger.verifying import verify_stored

    assert verify_stored().is_whole


def test_while_one_process_grows_the_tree_another_does_nothing(database, write):
    from clew.ledger.signing import sign_if_grown
    from clew.ledger.stored_tree import TREE_LOCK, grow

    write(2)
    with database["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TREE_LOCK])
        assert grow() == 0
        assert sign_if_grown(at_once=True) is None
        cursor.execute("SELECT pg_advisory_unlock(%s)", [TREE_LOCK])
    assert grow() > 0
    assert sign_if_grown(at_once=True) is not None


@pytest.mark.parametrize("alias", ["default", "service", "owner"])
@pytest.mark.parametrize(
    "table",
    [
        "ledger_entry",
        "ledger_leaf",
        "ledger_node",
        "ledger_growth",
        "ledger_checkpoint",
        "ledger_cosignature",
        "ledger_seen",
    ],
)
def test_no_role_can_change_or_remove_what_the_tree_is_made_of(database, write, alias, table):
    from django.db import DatabaseError

    from clew.ledger.signing import sign_if_grown
    from clew.ledger.stored_tree import grow

    write(300)
    grow()
    sign_if_grown(at_once=True)
    with database["service"].cursor() as cursor:
        cursor.execute("INSERT INTO ledger_cosignature VALUES (1, 'w', 'key', 'line', now())")
        cursor.execute("INSERT INTO ledger_seen VALUES ('o', 1, 'x', 'note', now())")
    for statement in (f"UPDATE {table} SET leaf_hash = ''" if table in {"ledger_entry", "ledger_leaf"} else f"UPDATE {table} SET at = now()" if table != "ledger_node" else "UPDATE ledger_node SET node_hash = ''", f"DELETE FROM {table}", f"TRUNCATE {table}"):  # fmt: skip
        with pytest.raises(DatabaseError, match=r"append-only|permission denied"), database[alias].cursor() as cursor:
            cursor.execute(statement)


def test_the_web_role_neither_reads_nor_adds_to_the_tree(database, write):
    from django.db import DatabaseError

    for statement in ("SELECT * FROM ledger_leaf", "INSERT INTO ledger_leaf VALUES (0, 1, '')"):
        with pytest.raises(DatabaseError, match="permission denied"), database["default"].cursor() as cursor:
            cursor.execute(statement)


def test_an_entry_is_proved_to_whoever_has_the_key_alone(write):
    from clew.ledger.errors import NoteBroken, NotInTree, SignatureFalse
    from clew.ledger.keyring import signing_keys
    from clew.ledger.models import Entry
    from clew.ledger.signing import check_proof, prove_entry
    from clew.ledger.stored_tree import grow

    write(300)
    grow()
    key = signing_keys().signer.verifier
    for entry in Entry.objects.using("service").order_by("sequence")[::60]:
        proof = prove_entry(entry.sequence)
        held = check_proof(proof, key)
        assert entry.verb.encode() in held.canonical
        assert held.checkpoint.origin == key.name
        lines = proof.split("\n")
        for torn in (
            proof.replace("index ", "index 1", 1),
            proof.replace(lines[1], lines[1][:-8] + "AAAAAAA="),
            "\n".join(lines[1:]),
        ):
            with pytest.raises((NoteBroken, SignatureFalse)):
                check_proof(torn, key)
    with pytest.raises(NotInTree):
        prove_entry(10**9)


def test_the_keeper_grows_signs_and_asks_until_it_is_ended(write):
    import time

    from clew.ledger.keeper import LedgerKeeper
    from clew.ledger.signing import newest_checkpoint

    write(3)
    with LedgerKeeper(every_seconds=0.05):
        until = time.monotonic() + 20
        while newest_checkpoint() is None and time.monotonic() < until:
            time.sleep(0.05)
    assert newest_checkpoint().size >= 3


def test_a_tree_that_does_not_continue_what_was_signed_is_neither_grown_nor_signed(database, write):
    from clew.ledger.errors import LedgerDamaged
    from clew.ledger.signing import sign_if_grown
    from clew.ledger.standing import ledger_standing
    from clew.ledger.stored_tree import grow

    write(5)
    grow()
    sign_if_grown(at_once=True)
    _as_superuser(database, "UPDATE ledger_leaf SET leaf_hash = %s WHERE index = 2", [bytes(32)])
    write(1)
    grow()
    with pytest.raises(LedgerDamaged):
        sign_if_grown(at_once=True)
    _as_superuser(database, "DELETE FROM ledger_leaf WHERE index > 1")
    with pytest.raises(LedgerDamaged):
        grow()
    assert any("LOST ENTRIES" in problem for problem in ledger_standing().problems)


def _as_superuser(database, statement, values=()):
    with database["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")


TABLES = ("ledger_entry", "ledger_leaf", "ledger_node", "ledger_checkpoint", "ledger_cosignature")
#: What somebody with the database in their hands might do, and what is said of it.
REWRITINGS = [
    ("UPDATE ledger_entry SET verb = 'x' WHERE sequence = {s}", "entry {s}, leaf {i}, was altered"),
    ("UPDATE ledger_entry SET at = at - interval '1 second' WHERE sequence = {s}", "entry {s}, leaf {i}, was altered"),
    ("UPDATE ledger_entry SET outcome = 'x' WHERE sequence = {s}", "entry {s}, leaf {i}, was altered"),
    ("UPDATE ledger_entry SET officer_id = NULL WHERE sequence = {s}", "entry {s}, leaf {i}, was altered"),
    ("UPDATE ledger_entry SET organisation_id = gen_random_uuid() WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET subject_kind = 'x' WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET subject_id = gen_random_uuid() WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET facts = '{{}}' WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET sensitive = '{{\"a\": 1}}' WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET format = 1 WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET door = 'x' WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET purpose = 'x' WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET legal_basis = 'x' WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET session_hash = sha256('x') WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET address_hash = sha256('x') WHERE sequence = {s}", "was altered"),
    ("UPDATE ledger_entry SET leaf_hash = sha256('x') WHERE sequence = {s}", "carries a hash that is not its own"),
    ("UPDATE ledger_entry SET sequence = 1000000 WHERE sequence = {s}", "entry {s} is gone"),
    ("DELETE FROM ledger_entry WHERE sequence = {s}", "entry {s} is gone; it was leaf {i}"),
    ("DELETE FROM ledger_leaf WHERE index = {i}", "leaf {i} is missing"),
    ("DELETE FROM ledger_leaf WHERE index >= {i}", "the end was cut off"),
    ("UPDATE ledger_leaf SET leaf_hash = sha256('x') WHERE index = {i}", "leaves between 100 and"),
    ("DELETE FROM ledger_node", "the node over leaves 0 to 255 is missing"),
    ("UPDATE ledger_node SET node_hash = sha256('x')", "the node over leaves 0 to 255 is wrong"),
    ("INSERT INTO ledger_node VALUES (8, 1, sha256('x'))", "is one too many"),
    ("UPDATE ledger_checkpoint SET note = replace(note, chr(10) || '100' || chr(10), chr(10) || '101' || chr(10))", "does not fit the note"),
    ("UPDATE ledger_checkpoint SET root = sha256('x') WHERE number = 1", "another root than is kept beside it"),
    ("DELETE FROM ledger_checkpoint WHERE number = 1", "checkpoint 1 is missing"),
    ("UPDATE ledger_cosignature SET line = replace(line, 'A', 'B')", "note"),
    ("INSERT INTO ledger_entry (sequence, at, verb, outcome, subject_kind, facts, leaf_hash, format, door, purpose, legal_basis, sensitive) VALUES (0, now(), 'x', 'x', '', '{{}}', sha256('x'), 2, '', '', '', '{{}}')", "entry 0 is in no leaf"),
]  # fmt: skip


def test_what_a_superuser_rewrites_is_found_and_named(database, world, write, tmp_path):
    """Each is undone again, so that the next finds the ledger whole."""
    from clew.ledger import verifying
    from clew.ledger.folder_witnessing import witness_newest
    from clew.ledger.signing import sign_if_grown
    from clew.ledger.stored_tree import grow

    write(100 - _count())
    grow()
    sign_if_grown(at_once=True)
    write(180)
    witness_newest(tmp_path / "stick")
    whole = verifying.verify_stored()
    assert whole.is_whole, whole.faults
    assert (whole.size, whole.checkpoints, whole.cosignatures) == (280, 2, 1)
    leaf = 150
    _entries, leaves, _ = _tables()
    sequence = leaves[leaf][1]
    _as_superuser(database, " ".join(f"CREATE TABLE kept_{table} AS TABLE {table};" for table in TABLES))
    try:
        for statement, words in REWRITINGS:
            _as_superuser(database, statement.format(s=sequence, i=leaf))
            told = [fault.words for fault in verifying.verify_stored().faults]
            assert any(words.format(s=sequence, i=leaf) in one for one in told), (statement, told)
            _as_superuser(
                database, " ".join(f"DELETE FROM {table}; INSERT INTO {table} TABLE kept_{table};" for table in TABLES)
            )
    finally:
        _as_superuser(database, " ".join(f"DROP TABLE kept_{table};" for table in TABLES))
    assert verifying.verify_stored().is_whole


def _count():
    from clew.ledger.models import Entry

    return Entry.objects.using("service").count()
