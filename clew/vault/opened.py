"""The vault this installation uses, opened once in each process from the settings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connections

from clew.vault.connections import Connections
from clew.vault.envelopes import Envelopes
from clew.vault.keys import KeyRing
from clew.vault.organisation_keys import OrganisationKeys
from clew.vault.providers import providers
from clew.vault.store import Vault


@cache
def keyring() -> KeyRing:
    """The key ring of this installation, made at the first start."""
    return KeyRing.load_or_create(Path(settings.CLEW_KEYS_DIRECTORY))


@cache
def envelopes() -> Envelopes:
    """The table of wraps, over connections of the vault's own, with the key provider that the settings name."""
    keys = OrganisationKeys(providers(Path(settings.CLEW_KEYS_DIRECTORY), keyring()))
    return Envelopes(Connections(connection_parameters()), keys)


@cache
def vault() -> Vault:
    """The vault of this installation: `CLEW_VAULT_URL`, by default a directory in the home."""
    return Vault(settings.CLEW_VAULT_URL, keyring(), envelopes=envelopes())


def connection_parameters() -> dict[str, object]:
    """How psycopg reaches the database as the service."""
    told = connections["service"].settings_dict
    named = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"], "password": told["PASSWORD"]}
    return {"dbname": told["NAME"], **{name: value for name, value in named.items() if value}, **told["OPTIONS"]}
