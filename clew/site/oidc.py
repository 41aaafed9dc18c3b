"""OpenID Connect, as the relying party: the code flow with PKCE, state and nonce, and every claim of the answer checked (Core 1.0, section 3.1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import jwt

from clew.kernel.errors import ClewError
from clew.site.identity_providers import IdentityProvider

#: Signatures that are taken: none that is made with the client's own secret, and never "none" (RFC 8725, section 3.1).
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
#: How far two clocks may differ.
LEEWAY_SECONDS = 30
#: From the way out to the way back: a person types a password and looks for a telephone.
ROUND_TRIP_SECONDS_MAX = 600
ANSWER_SECONDS_MAX = 10


class IdentityRefused(ClewError):
    """Your organisation's identity provider did not vouch for you, or not for an account here. Nothing was opened. Try again, or ask your administrator."""

    status = 403


class IdentityProviderAway(ClewError):
    """Your organisation's identity provider does not answer as it should. Nothing was opened. Try again later, or sign in another way."""

    status = 502


@dataclass(frozen=True, slots=True)
class Trip:
    """What is remembered in the session while the officer is at the provider."""

    organisation: str
    state: str
    nonce: str
    verifier: str
    started_at: float
    is_confirming: bool
    next: str

    @classmethod
    def begin(cls, provider: IdentityProvider, *, is_confirming: bool, next_path: str) -> Trip:
        """A new trip, with secrets of its own."""
        return cls(
            organisation=provider.organisation,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            started_at=time.time(),
            is_confirming=is_confirming,
            next=next_path,
        )

    def as_json(self) -> dict[str, Any]:
        """As the session keeps it."""
        return asdict(self)

    def matches(self, state: str) -> bool:
        """Whether an answer belongs to this trip, and comes in time."""
        is_same = hmac.compare_digest(self.state.encode(), state.encode())
        return is_same and 0 <= time.time() - self.started_at < ROUND_TRIP_SECONDS_MAX


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for: its constant name for them, and the one people use."""

    subject: str
    name: str | None


def way_out(provider: IdentityProvider, trip: Trip, callback: str) -> str:
    """The address at the provider to which the officer is sent."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(trip.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "scope": "openid profile",
        "client_id": provider.client_id,
        "redirect_uri": callback,
        "state": trip.state,
        "nonce": trip.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if provider.acr:
        asked["acr_values"] = " ".join(sorted(provider.acr))
    if trip.is_confirming:
        asked |= {"prompt": "login", "max_age": "0"}
    address: str = _configuration(provider)["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def way_back(provider: IdentityProvider, trip: Trip, *, code: str, callback: str) -> Identity:
    """Change the code for a token and read it; raises `IdentityRefused` for anything that is not exactly as asked."""
    configuration = _configuration(provider)
    methods = configuration.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": trip.verifier}
    login: httpx.BasicAuth | None = None
    if "client_secret_basic" in methods:
        # RFC 6749, section 2.3.1: both are encoded as in a form first.
        login = httpx.BasicAuth(quote_plus(provider.client_id), quote_plus(provider.client_secret))
    else:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    answer = _json("POST", configuration["token_endpoint"], form=form, auth=login)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise IdentityRefused
    return _identity(provider, trip, _claims(provider, token, configuration["jwks_uri"]))


def _claims(provider: IdentityProvider, token: str, keys_address: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        keys = jwt.PyJWKSet.from_dict(_json("GET", keys_address)).keys
        usable = [
            key for key in keys if key.public_key_use in {None, "sig"} and header.get("kid") in {None, key.key_id}
        ]
        # Without a name for the key there must be no choice.
        if len(usable) != 1 or header.get("alg") not in ALGORITHMS:
            raise IdentityRefused
        claims: dict[str, Any] = jwt.decode(
            token,
            usable[0],
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
    except jwt.PyJWTError:
        raise IdentityRefused from None
    return claims


def _identity(provider: IdentityProvider, trip: Trip, claims: dict[str, Any]) -> Identity:
    """The claims that PyJWT leaves to the caller: nonce, authorised party, factors, and how fresh it is."""
    is_ours = hmac.compare_digest(trip.nonce.encode(), str(claims["nonce"]).encode())
    is_for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if is_for_several or "azp" in claims:
        is_ours = is_ours and claims.get("azp") == provider.client_id
    if not is_ours or not _has_shown_factors(provider, claims):
        raise IdentityRefused
    if trip.is_confirming:
        shown_at = claims.get("auth_time")
        # The provider's clock may be behind ours, but nobody is fresh by a sign-in of this morning.
        if not isinstance(shown_at, int | float) or shown_at < trip.started_at - LEEWAY_SECONDS:
            raise IdentityRefused
    name = claims.get(provider.name_claim)
    return Identity(subject=str(claims["sub"]), name=name if isinstance(name, str) else None)


def _has_shown_factors(provider: IdentityProvider, claims: dict[str, Any]) -> bool:
    shown = claims.get("amr")
    is_way_right = not provider.amr or (isinstance(shown, list) and not provider.amr.isdisjoint(map(str, shown)))
    return is_way_right and (not provider.acr or claims.get("acr") in provider.acr)


def _configuration(provider: IdentityProvider) -> dict[str, Any]:
    found = _json("GET", provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    # Discovery 1.0, section 4.3: another issuer's document is not this one's.
    if found.get("issuer") != provider.issuer:
        raise IdentityProviderAway
    return found


def _json(
    method: str, address: str, *, form: dict[str, str] | None = None, auth: httpx.BasicAuth | None = None
) -> dict[str, Any]:
    try:
        with httpx.Client(timeout=ANSWER_SECONDS_MAX, follow_redirects=False, trust_env=False) as client:
            answer = client.request(method, address, data=form, auth=auth, headers={"Accept": "application/json"})
        found = answer.json()
    except (httpx.HTTPError, ValueError):
        raise IdentityProviderAway from None
    if form is not None and answer.is_client_error:
        raise IdentityRefused
    if not answer.is_success or not isinstance(found, dict):
        raise IdentityProviderAway
    return found
