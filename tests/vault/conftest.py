from __future__ import annotations

from pathlib import Path

import pytest

from clew.vault.keys import KeyRing
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
