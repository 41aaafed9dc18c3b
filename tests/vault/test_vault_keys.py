from __future__ import annotations

import base64
import concurrent.futures
import json
from pathlib import Path

import pytest

from clew.vault.errors import KeyRingBroken, KeyRingExposed, KeyRingFixed, KeyUnknown
from clew.vault.keys import KEYS_VARIABLE, KeyRing
from clew.vault.ringkey import RingKey

ONE, TWO = base64.b64encode(b"1" * 32).decode(), base64.b64encode(b"2" * 32).decode()


def load(directory: Path, text: str = "") -> KeyRing:
    return KeyRing.load_or_create(directory, environment={KEYS_VARIABLE: text} if text else {})


def test_the_first_start_makes_a_ring_only_its_owner_can_read(tmp_path: Path):
    ring = load(tmp_path / "keys")
    assert (tmp_path / "keys" / "keyring.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["keyring.json"]
    assert load(tmp_path / "keys").current == ring.current


def test_many_first_starts_at_once_agree_on_one_ring(tmp_path: Path):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: load(tmp_path / "keys"), range(16)))
    assert len({ring.current.secret for ring in rings}) == 1


def test_rotation_keeps_the_old_keys_and_the_stable_subkeys(tmp_path: Path):
    ring = load(tmp_path)
    before, locator = ring.current, ring.subkey("locator")
    fresh = ring.rotate()
    again = load(tmp_path)
    assert again.current == fresh != before
    assert again.get(before.id) == before
    assert again.subkey("locator") == locator == ring.subkey("locator")


def test_a_running_process_learns_of_a_key_another_has_added(tmp_path: Path):
    here, there = load(tmp_path), load(tmp_path)
    fresh = there.rotate()
    assert here.get(fresh.id) == fresh


def test_two_processes_rotating_at_once_lose_no_key(tmp_path: Path):
    rings = [load(tmp_path) for _ in range(6)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        fresh = list(pool.map(KeyRing.rotate, rings))
    assert {key.id for key in fresh} < set(load(tmp_path).ids)
    assert len(load(tmp_path).ids) == 7


def test_subkeys_differ_by_label_and_by_key():
    first, second = RingKey.fresh(), RingKey.fresh()
    labels = ("wrapping", "locator", "ledger", "totp")
    assert len({key.derive(label) for key in (first, second) for label in labels} | {first.secret}) == 9


def test_subkeys_are_those_of_rfc_5869_and_so_the_same_on_every_machine():
    # HMAC twice by hand: extract with a zero salt, expand with the label.
    import hmac

    extracted = hmac.digest(bytes(32), b"1" * 32, "sha256")
    expanded = hmac.digest(extracted, b"clew vault 1 locator\x01", "sha256")
    assert RingKey("a", b"1" * 32).derive("locator") == expanded


def test_a_ring_from_the_environment_has_the_last_key_current_and_the_first_for_addresses(tmp_path: Path):
    ring = load(tmp_path, f"a:{ONE}, b:{TWO}")
    assert ring.current == RingKey("b", b"2" * 32)
    assert ring.subkey("locator") == RingKey("a", b"1" * 32).derive("locator")
    assert not (tmp_path / "keyring.json").exists()


def test_the_file_can_be_handed_over_as_the_environment(tmp_path: Path):
    ring = load(tmp_path)
    ring.rotate()
    copy = load(tmp_path / "elsewhere", (tmp_path / "keyring.json").read_text())
    assert (copy.ids, copy.current) == (ring.ids, ring.current)


def test_a_ring_from_the_environment_cannot_rotate(tmp_path: Path):
    with pytest.raises(KeyRingFixed):
        load(tmp_path, f"a:{ONE}").rotate()


def test_a_key_nobody_holds_is_unknown(tmp_path: Path):
    with pytest.raises(KeyUnknown):
        load(tmp_path).get("missing")


def test_a_ring_others_may_read_is_refused(tmp_path: Path):
    load(tmp_path)
    (tmp_path / "keyring.json").chmod(0o640)
    with pytest.raises(KeyRingExposed):
        load(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        f"a:{ONE[:-4]}",
        f"a:{ONE},a:{TWO}",
        f"a b:{ONE}",
        "a:???",
        "{",
        "{}",
        json.dumps({"format": "clew-keyring-2", "current": "a", "keys": []}),
        json.dumps({"format": "clew-keyring-1", "current": "b", "keys": [{"id": "a", "key": ONE}]}),
        json.dumps({"format": "clew-keyring-1", "current": "a", "keys": [ONE]}),
    ],
)
def test_a_damaged_ring_is_refused_without_quoting_it(tmp_path: Path, text: str):
    with pytest.raises(KeyRingBroken) as refusal:
        load(tmp_path, text)
    assert ONE[:12] not in str(refusal.value)


def test_a_key_shows_its_id_and_never_its_secret():
    assert "secret" not in repr(RingKey.fresh())
