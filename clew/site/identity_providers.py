"""Providers: whom organisations trust to say who signs in, as the environment or a file in the home names them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clew.kernel.errors import ClewError
from clew.site.home import Home

#: The file in the home that names several, one table each.
FILE_NAME = "identity-providers.toml"
#: RFC 8176: the provider asked for more than one factor.
SEVERAL_FACTORS = "mfa"


class IdentityProviderNotUsable(ClewError):
    """The provider of {organisation} cannot be used: {why}. Nothing was started. Set it right, or take it away."""


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """One OpenID Connect provider, and the one organisation for which it speaks."""

    organisation: str
    issuer: str
    client_id: str
    client_secret: str
    name_claim: str
    #: Values of which `acr` must be one; empty: it is not asked.
    acr: frozenset[str]
    #: Values of which `amr` must hold one.
    amr: frozenset[str]


def identity_providers(environment: Mapping[str, str], home: Home) -> dict[str, IdentityProvider]:
    """Every provider by its organisation's key; at most one speaks for an organisation."""
    stated = _from_file(home.path / FILE_NAME)
    issuer = environment.get("CLEW_OIDC_ISSUER")
    if issuer:
        stated.append(
            {
                "issuer": issuer,
                "organisation": environment.get("CLEW_OIDC_ORGANISATION", ""),
                "client": environment.get("CLEW_OIDC_CLIENT", ""),
                "secret_file": environment.get("CLEW_OIDC_SECRET_FILE", ""),
                "name_claim": environment.get("CLEW_OIDC_NAME_CLAIM", ""),
                "acr": _words(environment.get("CLEW_OIDC_ACR", "")),
                "amr": _words(environment.get("CLEW_OIDC_AMR", "")),
            }
        )
    found: dict[str, IdentityProvider] = {}
    for one in stated:
        provider = _provider(one)
        if provider.organisation in found:
            raise IdentityProviderNotUsable(organisation=provider.organisation, why="it has two")
        found[provider.organisation] = provider
    return found


def _from_file(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise IdentityProviderNotUsable(organisation="an organisation", why=f"{path} is no TOML ({wrong})") from None
    return [{"organisation": key, **table} for key, table in tables.items()]


def _provider(stated: Mapping[str, Any]) -> IdentityProvider:
    organisation = stated["organisation"]
    for needed in ("organisation", "issuer", "client", "secret_file"):
        if not stated.get(needed):
            raise IdentityProviderNotUsable(
                organisation=organisation or "an organisation", why=f"its {needed} is missing"
            )
    issuer = urlsplit(stated["issuer"])
    if issuer.scheme != "https" and issuer.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise IdentityProviderNotUsable(organisation=organisation, why="its issuer is no https address")
    try:
        secret = Path(stated["secret_file"]).read_text(encoding="utf-8").strip()
    except OSError as wrong:
        raise IdentityProviderNotUsable(
            organisation=organisation, why=f"its secret file cannot be read ({wrong.strerror})"
        ) from None
    acr, amr = frozenset(stated.get("acr") or ()), frozenset(stated.get("amr") or ())
    return IdentityProvider(
        organisation=organisation,
        issuer=stated["issuer"],
        client_id=stated["client"],
        client_secret=secret,
        name_claim=stated.get("name_claim") or "preferred_username",
        acr=acr,
        amr=amr if acr or amr else frozenset({SEVERAL_FACTORS}),
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
