from __future__ import annotations

from pathlib import Path

import pytest

from clew.vault.connections import Connections
from clew.vault.keys import KeyRing
from clew.vault.organisation_keys import OrganisationKeys
from clew.vault.store import Vault


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.load_or_create(tmp_path / "keys", environment={})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(root: Path, ring: KeyRing) -> Vault:
    return Vault(root, ring)


@pytest.fixture
def plain(root: Path, ring: KeyRing) -> Vault:
    """A vault that keeps the keys of its objects in their headers."""
    return Vault(root, ring)


@pytest.fixture
def providers(tmp_path: Path, ring: KeyRing):
    from clew.vault.providers import providers

    return providers(tmp_path / "keys", ring, environment={})


@pytest.fixture
def envelopes(database, providers):
    """The table of wraps, with keys of organisations in a file."""
    from clew.vault.envelopes import Envelopes
    from clew.vault.opened import connection_parameters

    table = Envelopes(Connections(connection_parameters()), OrganisationKeys(providers))
    yield table
    table.connections.close()


@pytest.fixture
def apart(root: Path, ring: KeyRing, envelopes) -> Vault:
    """A vault that keeps the keys of its objects in the table of wraps."""
    return Vault(root, ring, envelopes=envelopes)
