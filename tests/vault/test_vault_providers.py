from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
import shutil
import ssl
import subprocess
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clew.vault.connections import Connections
from clew.vault.envelopes import Envelopes
from clew.vault.errors import (
    KeyRingBroken,
    KeyRingExposed,
    KeyRingFixed,
    KeyServiceUnreachable,
    KeyUnknown,
    ProviderUnknown,
    SealBroken,
    VaultUnreachable,
)
from clew.vault.keys import KeyRing
from clew.vault.organisation_keys import OrganisationKeys
from clew.vault.provider_environment import EnvironmentKeys
from clew.vault.provider_file import FILE_NAME, FileKeys
from clew.vault.provider_service import ServiceKeys
from clew.vault.providers import providers, unwrap_with, wrap_with
from clew.vault.store import Vault

SECRET, CONTEXT = bytes(range(32)), b"context"
SOFTHSM = next(iter(Path("/usr/lib").glob("**/softhsm/libsofthsm2.so")), None)
TOKEN = "a bearer token of this test"


class ReferenceService(BaseHTTPRequestHandler):
    """The protocol of docs/reference/key-service.md, as short as it can be."""

    keys: dict[str, bytes]

    def log_message(self, *_):
        pass

    def answer(self, status, told=None):
        body = json.dumps(told).encode() if told is not None else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def parts(self):
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer(401)
            return None
        return self.path.split("/")[3:]

    def do_GET(self):
        if self.parts() is not None:
            self.answer(200, {"ids": list(self.keys)})

    def do_PUT(self):
        if parts := self.parts():
            self.keys.setdefault(parts[0], secrets.token_bytes(32))
            self.answer(204)

    def do_DELETE(self):
        if parts := self.parts():
            self.keys.pop(parts[0], None)
            self.answer(204)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        given = {name: base64.b64decode(text) for name, text in body.items()}
        if not (parts := self.parts()):
            return
        key_id, verb = parts
        if key_id not in self.keys:
            self.answer(404, {"error": "KeyUnknown"})
            return
        key = self.keys[key_id]
        try:
            told = (
                {"wrapped": wrap_with(key, given["secret"], given["context"])}
                if verb == "wrap"
                else {"secret": unwrap_with(key, given["wrapped"], given["context"])}
            )
        except SealBroken:
            self.answer(422, {"error": "SealBroken"})
            return
        self.answer(200, {name: base64.b64encode(what).decode() for name, what in told.items()})


@pytest.fixture
def service():
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Service", (ReferenceService,), {"keys": {}}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def url_of(server):
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture(scope="session")
def token_folder(tmp_path_factory):
    """A SoftHSM of its own for this run."""
    if SOFTHSM is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed (Debian: apt install softhsm2)")
    pytest.importorskip("pkcs11", reason="the package python-pkcs11 is not installed")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "clew", "--pin", "1234", "--so-pin", "12345678"],
            check=True,
            capture_output=True,
        )
        yield folder


@pytest.fixture(params=["file", "service", "pkcs11"])
def provider(request, tmp_path, ring):
    chosen = {"file": dict, "service": lambda: _service(request), "pkcs11": lambda: _token(request)}
    return providers(tmp_path / "keys", ring, chosen[request.param]()).current


def _service(request):
    return {
        "CLEW_VAULT_KEY_PROVIDER": url_of(request.getfixturevalue("service")),
        "CLEW_VAULT_KEY_TOKEN": TOKEN,
    }


def _token(request):
    request.getfixturevalue("token_folder")
    return {"CLEW_VAULT_KEY_PROVIDER": f"pkcs11:{SOFTHSM}?token=clew", "CLEW_VAULT_KEY_PIN": "1234"}


def test_what_a_provider_wraps_opens_under_this_key_and_context_alone(provider):
    one, other = f"clew-{uuid.uuid4().hex}", f"clew-{uuid.uuid4().hex}"
    for key_id in (one, other, one):
        provider.make(key_id)
    assert {one, other} <= set(provider.ids())
    wrapped = provider.wrap(one, SECRET, CONTEXT)
    assert SECRET not in wrapped
    assert provider.unwrap(one, wrapped, CONTEXT) == SECRET
    assert provider.wrap(one, SECRET, CONTEXT) != wrapped
    for key_id, what, context in (
        (other, wrapped, CONTEXT),
        (one, wrapped, b"other"),
        (one, wrapped[:-1] + bytes([wrapped[-1] ^ 1]), CONTEXT),
        (one, b"", CONTEXT),
    ):
        with pytest.raises(SealBroken):
            provider.unwrap(key_id, what, context)
    assert provider.unwrap(one, wrapped, CONTEXT) == SECRET


def test_a_key_destroyed_is_unknown_for_good(provider):
    key_id = f"clew-{uuid.uuid4().hex}"
    provider.make(key_id)
    wrapped = provider.wrap(key_id, SECRET, CONTEXT)
    for _ in range(2):
        provider.destroy(key_id)
    assert key_id not in provider.ids()
    with pytest.raises(KeyUnknown):
        provider.unwrap(key_id, wrapped, CONTEXT)
    with pytest.raises(KeyUnknown):
        provider.wrap(key_id, SECRET, CONTEXT)
    provider.make(key_id)
    assert key_id in provider.ids()


def test_a_vault_works_over_each_provider(provider, root: Path, ring: KeyRing, database):
    from clew.vault.opened import connection_parameters
    from clew.vault.providers import Providers

    over = Providers(provider.name, {provider.name: lambda: provider})
    table = Envelopes(Connections(connection_parameters()), OrganisationKeys(over))
    vault = Vault(root, ring, envelopes=table)
    assert vault.open(vault.seal_bytes(b"content", organisation_id=uuid.uuid4()).address) == b"content"
    table.connections.close()


def test_the_environments_keys_follow_its_ring_and_cannot_be_destroyed_from_here(tmp_path: Path, ring: KeyRing):
    keys = EnvironmentKeys(ring)
    keys.make("one")
    wrapped = keys.wrap("one", SECRET, CONTEXT)
    ring.rotate()
    assert keys.unwrap("one", wrapped, CONTEXT) == SECRET
    for key_id, what, context in (
        ("two", wrapped, CONTEXT),
        ("one", wrapped, b"other"),
        ("one", b"\xff" * 76, CONTEXT),
    ):
        with pytest.raises(SealBroken):
            keys.unwrap(key_id, what, context)
    with pytest.raises(KeyRingFixed):
        keys.destroy("one")
    stranger = EnvironmentKeys(KeyRing.load_or_create(tmp_path / "other", {}))
    with pytest.raises(KeyUnknown):
        stranger.unwrap("one", wrapped, CONTEXT)
    assert keys.ids() == ()


def test_the_settings_choose_the_provider(tmp_path: Path, ring: KeyRing):
    assert providers(tmp_path, ring, {}).current.name == "file"
    assert providers(tmp_path, ring, {"CLEW_VAULT_KEYS": "a:b"}).current.name == "environment"
    service = {"CLEW_VAULT_KEY_PROVIDER": "https://keys.example"}
    assert providers(tmp_path, ring, service).current.name == "service"
    assert providers(tmp_path, ring, service).named("file").name == "file"
    with pytest.raises(ProviderUnknown):
        providers(tmp_path, ring, {"CLEW_VAULT_KEY_PROVIDER": "somewhere"})
    with pytest.raises(ProviderUnknown):
        providers(tmp_path, ring, {}).named("pkcs11")


def test_a_file_open_to_others_or_damaged_is_refused(tmp_path: Path):
    keys = FileKeys(tmp_path)
    keys.make("one")
    path = tmp_path / FILE_NAME
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o640)
    with pytest.raises(KeyRingExposed):
        keys.ids()
    path.chmod(0o600)
    for text in (
        "",
        "{}",
        "[]",
        '{"format": "other", "keys": {}}',
        '{"format": "clew-organisation-keys-1", "keys": {"a": "!"}}',
    ):
        path.write_text(text)
        with pytest.raises(KeyRingBroken):
            keys.ids()


def test_a_service_that_does_not_answer_serves_nothing_and_says_so(
    service, root: Path, ring: KeyRing, database, tmp_path: Path, monkeypatch
):
    from clew.vault import organisation_keys
    from clew.vault.opened import connection_parameters

    monkeypatch.setattr(organisation_keys, "HELD_SECONDS_MAX", 0.0)
    chosen = providers(
        tmp_path / "keys", ring, {"CLEW_VAULT_KEY_PROVIDER": url_of(service), "CLEW_VAULT_KEY_TOKEN": TOKEN}
    )
    table = Envelopes(Connections(connection_parameters()), OrganisationKeys(chosen))
    vault = Vault(root, ring, envelopes=table)
    address = vault.seal_bytes(b"content").address
    assert vault.open(address) == b"content"
    service.shutdown()
    service.server_close()
    files = set(root.rglob("*"))
    with pytest.raises(KeyServiceUnreachable) as refusal:
        vault.open(address)
    assert refusal.value.status == 503
    with pytest.raises(KeyServiceUnreachable):
        vault.seal_bytes(b"other")
    assert {path for path in set(root.rglob("*")) - files if path.is_file()} == set()
    table.connections.close()


def test_a_service_that_refuses_answers_nonsense_or_is_not_https_is_unreachable(service):
    with pytest.raises(KeyServiceUnreachable, match="401"):
        ServiceKeys(url_of(service), token="wrong").ids()
    with pytest.raises(KeyServiceUnreachable, match="not https"):
        ServiceKeys("http://keys.example")
    service.RequestHandlerClass.answer = lambda self, _status, told=None: ReferenceService.answer(self, 200, [told])
    with pytest.raises(KeyServiceUnreachable, match="not understood"):
        ServiceKeys(url_of(service), token=TOKEN).ids()


def test_a_service_asks_for_our_certificate_and_we_for_its_own(service, tmp_path: Path, ring: KeyRing):
    authority, certificates = _certificates(tmp_path)
    guarded = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    guarded.load_cert_chain(certificates["service"])
    guarded.load_verify_locations(authority)
    guarded.verify_mode = ssl.CERT_REQUIRED
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Service", (ReferenceService,), {"keys": {"one": bytes(32)}}))
    server.socket = guarded.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    asked = {
        "CLEW_VAULT_KEY_PROVIDER": f"https://localhost:{server.server_address[1]}",
        "CLEW_VAULT_KEY_TOKEN": TOKEN,
        "CLEW_VAULT_KEY_AUTHORITY": str(authority),
        "CLEW_VAULT_KEY_CERTIFICATE": str(certificates["client"]),
    }
    try:
        assert providers(tmp_path, ring, asked).current.ids() == ("one",)
        for missing in ("CLEW_VAULT_KEY_AUTHORITY", "CLEW_VAULT_KEY_CERTIFICATE"):
            without = {name: value for name, value in asked.items() if name != missing}
            with pytest.raises(KeyServiceUnreachable):
                providers(tmp_path, ring, without).current.ids()
        with pytest.raises(KeyServiceUnreachable, match="cannot be read"):
            _ = providers(tmp_path, ring, {**asked, "CLEW_VAULT_KEY_CERTIFICATE": "/nowhere"}).current
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificates(folder: Path):
    """An authority, and by name a certificate with its key in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    begun = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)

    def made(name, issuer=None, issuer_key=None):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signing = issuer_key or key
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begun)
            .not_valid_after(begun + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        )
        certificate = builder.sign(signing, hashes.SHA256())
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = folder / f"{name}.pem"
        path.write_bytes(private + certificate.public_bytes(pem))
        if issuer is None:
            path.write_bytes(certificate.public_bytes(pem))
        return path, subject, key

    authority, issuer, issuer_key = made("authority")
    return authority, {name: made(name, issuer, issuer_key)[0] for name in ("service", "client")}


def test_a_database_that_does_not_answer_is_told(root: Path, ring: KeyRing, tmp_path: Path):
    table = Envelopes(
        Connections({"host": str(tmp_path), "dbname": "clew", "user": "nobody"}),
        OrganisationKeys(providers(tmp_path, ring, {})),
    )
    with pytest.raises(VaultUnreachable):
        Vault(root, ring, envelopes=table).seal_bytes(b"content")
