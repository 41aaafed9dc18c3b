"""Cards: a certificate counts where a trusted proxy hands it on, for the officer an administrator registered it for, and nowhere else."""

import base64
import datetime as dt
import ipaddress
import os
import re
import socket
import stat
import subprocess
import sys
import time
import urllib.parse

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

PASSWORD = "a long password for tests"
PROXY, STRANGER = "10.0.0.5", "192.0.2.9"


def certificate(*, days=30, began=-1):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A card")])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=began))
        .not_valid_after(now + dt.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


def as_nginx(card):
    return urllib.parse.quote(card.public_bytes(Encoding.PEM).decode())


def as_rfc_9440(card):
    return f":{base64.b64encode(card.public_bytes(Encoding.DER)).decode()}:"


@pytest.fixture
def proxied(world, settings_of):
    settings_of(CLEW_CERTIFICATE_HEADER="Client-Cert", CLEW_TRUSTED_PROXIES=(ipaddress.ip_network("10.0.0.0/24"),))
    return world


@pytest.fixture
def card(proxied):
    from clew.access.cards import register_card

    made = certificate()
    register_card(proxied.officer("NO"), made, label="card", by=None)
    return made


def browser(card=None, *, written=as_nginx, peer=PROXY):
    from django.test import Client

    return Client(REMOTE_ADDR=peer, **({"HTTP_CLIENT_CERT": written(card)} if card else {}))


def refused():
    from clew.ledger.models import Entry

    found = Entry.objects.using("service").filter(verb__in=["access:certificate:refuse", "access:sign_in:fail"])
    return list(found.order_by("sequence").values_list("outcome", flat=True))


@pytest.mark.parametrize("written", [as_nginx, as_rfc_9440])
@pytest.mark.parametrize("peer", [PROXY, ""])
def test_a_registered_card_signs_in_alone(card, written, peer):
    from clew.ledger.models import Entry

    client = browser(card, written=written, peer=peer)
    assert "Sign in with your card" in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/card/", {"next": "/series/"})["Location"] == "/series/"
    assert client.get("/series/").status_code == 200
    assert Entry.objects.using("service").get(verb="access:session:begin").facts["ways"] == ["certificate"]


@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1", "10.0.1.5"])
def test_from_anybody_else_the_request_is_refused_and_on_record(card, peer):
    client = browser(card, peer=peer)
    # A forwarded address is what the sender says of itself.
    for answer in (
        client.get("/accounts/login/", HTTP_X_FORWARDED_FOR=PROXY),
        client.post("/accounts/card/"),
        client.get("/health"),
        client.get("/api/v1/openapi.json"),
    ):
        assert answer.status_code == 400
    assert "_auth_user_id" not in client.session
    assert refused() == ["CertificateFromStranger"] * 4


@pytest.mark.parametrize("stated", ["x", ":not base64:", "-----BEGIN%20CERTIFICATE-----%0AAAAA", ":AAAA:", "é"])
def test_what_is_no_certificate_is_refused(proxied, stated):
    from django.test import Client

    answer = Client(REMOTE_ADDR=PROXY, HTTP_CLIENT_CERT=stated).get("/accounts/login/")
    assert answer.status_code == 400
    assert refused() == ["CertificateUnreadable"]


def test_an_unknown_an_expired_and_a_future_card_and_a_closed_account_are_refused_alike(proxied):
    from clew.access.actions import disable_officer
    from clew.access.cards import register_card

    unknown, expired, future, closed = (
        certificate(),
        certificate(days=-1, began=-9),
        certificate(began=5),
        certificate(),
    )
    for one in (expired, future):
        register_card(proxied.officer("NO"), one, label="", by=None)
    register_card(proxied.officer("PT"), closed, label="", by=None)
    disable_officer(proxied.officer("PT"))
    pages = set()
    for one in (unknown, expired, future, closed):
        client = browser(one)
        answer = client.post("/accounts/card/")
        pages.add((answer.status_code, re.sub(r'csrf-token" content="[^"]*', "", answer.content.decode())))
        assert "_auth_user_id" not in client.session
    assert {status for status, _ in pages} == {403}
    assert len(pages) == 1
    assert refused() == ["CertificateRefused"] * 4
    assert browser().post("/accounts/card/").status_code == 403


def test_without_the_setting_the_header_means_nothing(card, settings_of):
    settings_of(CLEW_CERTIFICATE_HEADER="")
    client = browser(card)
    assert "Sign in with your card" not in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/card/").status_code == 403


def test_a_card_confirms_who_it_is_only_where_it_is_shown_and_only_its_own_officer(card, proxied):
    from clew.access.cards import register_card

    other = certificate()
    register_card(proxied.officer("PT"), other, label="", by=None)
    client = browser(card)
    client.post("/accounts/card/")
    session = client.session
    session["account_authentication_methods"] = [
        {**given, "at": given["at"] - 3600} for given in session["account_authentication_methods"]
    ]
    session.save()
    away = client.get("/accounts/password/change/")["Location"]
    assert away == "/accounts/card/confirm/?next=/accounts/password/change/"
    assert "Confirm with your card" in client.get(away).content.decode()
    client.defaults["HTTP_CLIENT_CERT"] = as_nginx(other)
    assert client.post(away).status_code == 403
    del client.defaults["HTTP_CLIENT_CERT"]
    assert client.post(away).status_code == 403
    assert client.get("/accounts/password/change/").status_code == 302
    client.defaults["HTTP_CLIENT_CERT"] = as_nginx(card)
    assert client.post(away)["Location"] == "/accounts/password/change/"
    assert client.get("/accounts/password/change/").status_code == 200


def test_who_has_a_card_and_no_code_is_not_let_in_by_a_password_to_set_one_up(card):
    from django.test import Client

    client = Client()
    answer = client.post("/accounts/login/", {"login": "no.officer", "password": PASSWORD})
    assert (answer.status_code, "PasswordNotEnough" in answer.content.decode()) == (403, True)
    assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/login/")


def test_administrators_register_cards_of_colleagues_and_not_of_themselves_or_others(proxied):
    from clew.access.actions import enlist_officer
    from clew.access.cards import CertificateKnown, cards_of, register_card, remove_card
    from clew.kernel.errors import NotFound, NotPermitted

    admin = enlist_officer(
        proxied.units["NO"], username="admin", name="A", roles=["national_administrator"], password=PASSWORD
    )
    one = certificate()
    for whose, by, refusal in (
        (proxied.officer("NO"), proxied.officer("NO"), NotPermitted),
        (admin, admin, NotFound),
        (proxied.officer("PT"), admin, NotFound),
    ):
        with pytest.raises(refusal):
            register_card(whose, one, label="", by=by)
    card_id = register_card(proxied.officer("NO"), one, label="card", by=admin)
    with pytest.raises(CertificateKnown):
        register_card(proxied.officer("PT"), one, label="", by=None)
    assert browser(one).post("/accounts/card/").status_code == 302
    remove_card(proxied.officer("NO"), card_id, by=admin)
    assert cards_of(proxied.officer("NO")) == []
    assert browser(one).post("/accounts/card/").status_code == 403


def test_files_hold_certificates_in_both_forms_and_nothing_else():
    from clew.access.cards import CertificateUnreadable, certificate_from_file, fingerprint_of

    one = certificate()
    forms = [one.public_bytes(Encoding.PEM), one.public_bytes(Encoding.DER)]
    assert {fingerprint_of(certificate_from_file(form)) for form in forms} == {one.fingerprint(hashes.SHA256())}
    with pytest.raises(CertificateUnreadable):
        certificate_from_file(b"a key, or a picture")


def _answers(path):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


@pytest.fixture
def served(proxied, tmp_path):
    """`clew serve` on a unix socket, and a way to ask it."""
    path = tmp_path / "clew.sock"
    environment = {**os.environ, "CLEW_CERTIFICATE_HEADER": "Client-Cert"}
    command = [sys.executable, "-m", "clew", "serve", "--socket", str(path)]
    process = subprocess.Popen(command, env=environment)
    until = time.monotonic() + 120
    while not _answers(path):
        assert time.monotonic() < until, "the server does not answer"
        time.sleep(0.1)
    transport = httpx.HTTPTransport(uds=str(path))
    with httpx.Client(transport=transport, base_url="http://localhost", timeout=60) as client:
        yield client, path
    process.terminate()
    process.wait(timeout=60)


def test_over_a_unix_socket_that_only_its_owner_and_group_may_open_a_card_signs_in(served, card):
    client, path = served
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    client.headers["Client-Cert"] = as_rfc_9440(card)
    page = client.get("/accounts/login/").text
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)[1]
    answer = client.post("/accounts/card/", data={"csrfmiddlewaretoken": token, "next": "/series/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/series/")
    assert client.get("/series/").status_code == 200
