"""Asking witnesses over HTTP: another Clew cosigns; one that is away, lies or disagrees is told and stops nothing."""

import threading
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest


@pytest.fixture
def signed(world):
    """Signs what came since, at once."""
    from django.db import transaction

    from clew.ledger.actions import record
    from clew.ledger.signing import sign_if_grown
    from clew.ledger.stored_tree import grow

    def sign(entries=3):
        with transaction.atomic(using="service"):
            for _ in range(entries):
                record("tests:entry:write", actor=None, using="service")
        grow()
        return sign_if_grown(at_once=True)

    return sign


@pytest.fixture
def other(database, monkeypatch):
    """An installation that witnesses this one: this one itself, asked over the network."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    from clew.ledger.keyring import signing_keys
    from clew.ledger.witness_asking import Witness

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_words):
            pass

    monkeypatch.setattr(settings, "CLEW_WITNESS_KEYS", str(signing_keys().signer.verifier))
    application = get_wsgi_application()

    def answering(environ, start_response):
        try:
            return list(application(environ, start_response))
        finally:
            connections.close_all()

    with make_server("127.0.0.1", 0, answering, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Witness(signing_keys().witness.verifier, f"http://127.0.0.1:{server.server_port}/api/v1/witness")
        server.shutdown()
        thread.join()


def _state():
    from clew.ledger.models import WitnessState

    return WitnessState.objects.using("service").get()


def test_another_installation_cosigns_each_checkpoint_once(signed, other):
    from clew.ledger.checkpoints import require_cosigned
    from clew.ledger.signing import newest_checkpoint, note_of
    from clew.ledger.standing import ledger_standing
    from clew.ledger.verifying import verify_stored
    from clew.ledger.witness_asking import ask_all

    assert ask_all([other]) == 0
    for _ in range(3):
        signed()
        assert ask_all([other]) == 1
        assert ask_all([other]) == 0
        require_cosigned(note_of(newest_checkpoint()), other.key)
    report = verify_stored(witnesses=[other.key])
    assert (report.is_whole, report.cosignatures) == (True, 3)
    assert ledger_standing().cosignatures == 1
    assert ledger_standing().problems == []


def test_a_ledger_that_lost_its_note_of_the_witness_learns_from_it_what_it_saw(signed, other):
    from clew.ledger.models import WitnessState
    from clew.ledger.witness_asking import ask_all

    signed()
    ask_all([other])
    WitnessState.objects.using("service").all().delete()
    stored = signed()
    assert ask_all([other]) == 1
    assert _state().size == stored.size


@pytest.mark.parametrize("is_forked", [True, False])
def test_an_older_copy_and_a_rewritten_past_are_found_by_asking(signed, other, database, is_forked):
    from clew.ledger.models import Entry
    from clew.ledger.standing import ledger_standing
    from clew.ledger.witness_asking import ask_all

    first = signed()
    signed()
    ask_all([other])
    with database["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM ledger_checkpoint WHERE number > 1")
        cursor.execute("DELETE FROM ledger_cosignature")
        if is_forked:
            cursor.execute("DELETE FROM ledger_checkpoint")
            cursor.execute("UPDATE ledger_leaf SET leaf_hash = sha256('x') WHERE index = 1")
        else:
            cursor.execute("DELETE FROM ledger_leaf WHERE index >= %s", [first.size])
        cursor.execute("SET session_replication_role = DEFAULT")
    if is_forked:
        signed()
    for _ in range(2):
        assert ask_all([other]) == 0
    assert _state().is_grave
    assert any("does not recognise this ledger's past" in problem for problem in ledger_standing().problems)
    assert Entry.objects.using("service").filter(verb="ledger:witness:disagree").count() == 1


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b"", "status 500"),
        (404, b'{"error": "OriginUnknown", "message": "not known here"}', "not known here"),
        (200, b"", "malformed"),
        (200, "— witness.example AAAAAAAAAAAA\n".encode(), "without a signature of its key"),
        (200, b"\xff\xfe", "malformed"),
        (409, b"99999\n", "it has seen 99999 entries"),
        (409, b"0\n", "status 409"),
    ],
)
def test_a_witness_that_answers_badly_is_told_and_not_believed(signed, status, body, words):
    from clew.ledger.models import Cosignature
    from clew.ledger.notes import SignatureKind, Signer
    from clew.ledger.witness_asking import Witness, ask_all

    class Bad(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words):
            pass

    signed()
    key = Signer("witness.example", SignatureKind.COSIGNATURE, bytes(32)).verifier
    with TCPServer(("127.0.0.1", 0), Bad) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        assert ask_all([Witness(key, f"http://127.0.0.1:{server.server_address[1]}")]) == 0
        server.shutdown()
        thread.join()
    assert words in _state().problem
    assert not Cosignature.objects.using("service").exists()


def test_a_witness_that_is_away_stops_nothing_and_is_told_on_the_status_page(signed, world):
    from clew.ledger.notes import SignatureKind, Signer
    from clew.ledger.witness_asking import Witness, ask_all
    from clew.site.doctor_ledger import ledger_finding

    key = Signer("witness.example", SignatureKind.COSIGNATURE, bytes(32)).verifier
    stored = signed()
    assert ask_all([Witness(key, "http://127.0.0.1:9")]) == 0
    assert signed().number == stored.number + 1
    page = world.client("NO").get("/status/").content.decode()
    assert "witness.example has cosigned nothing so far: ConnectError" in page
    assert "Entries in the tree" in page
    finding = ledger_finding()
    assert (finding.is_fine, "witness.example" in finding.words) == (False, True)
