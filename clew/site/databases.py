"""The three ways into the one database: as web (bound by row-level security), as the matching service, as the tables' owner."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.db.models import Model

from clew.access.policies import SERVICE_ROLE, WEB_ROLE
from clew.site.home import home

DATABASE_NAME = "clew"


def owner_url() -> str:
    """The address of the database as the tables' owner: `CLEW_DATABASE_URL`, or the embedded server."""
    given = os.environ.get("CLEW_DATABASE_URL")
    if given:
        return given
    socket = quote(str(home().postgres_socket), safe="")
    secret = quote(home().read_or_make_secret("postgres"), safe="")
    return f"postgresql://postgres:{secret}@{socket}/{DATABASE_NAME}"


def role_secret(role: str) -> str:
    """The password of a role, made at the first start and kept in the home."""
    return home().read_or_make_secret(role.replace("_", "-"))


def databases() -> dict[str, dict[str, Any]]:
    """Django's connections by alias: `default` is the web role, `service` matches over everything, `owner` migrates."""
    web = os.environ.get("CLEW_WEB_DATABASE_URL")
    service = os.environ.get("CLEW_SERVICE_DATABASE_URL")
    return {
        "default": _settings(web) if web else _settings(owner_url(), WEB_ROLE),
        "service": _settings(service) if service else _settings(owner_url(), SERVICE_ROLE),
        "owner": _settings(owner_url()),
    }


def _settings(url: str, role: str | None = None) -> dict[str, Any]:
    parts = urlsplit(url)
    authority = parts.netloc.rpartition("@")[2]
    host = unquote(authority if authority.startswith("%2F") else parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or DATABASE_NAME,
        "USER": role or unquote(parts.username or ""),
        "PASSWORD": role_secret(role) if role else unquote(parts.password or ""),
        "HOST": host,
        "PORT": "" if authority.startswith("%2F") else str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # While a film is opened a connection is silent for minutes; what lies between must not take it for dead.
        "OPTIONS": {"keepalives_idle": "60", **dict(parse_qsl(parts.query))},
        "TEST": {"MIGRATE": False},
    }


#: Sign-in comes before there is anybody in whose scope the web role could look: what it needs is read by the service, and shut to the web.
SIGN_IN_APPS = frozenset({"account", "django_cache", "sessions"})


class OneDatabase:
    """Tells Django that rows met over different connections are rows of one database: owner, web and service differ in rights alone."""

    def db_for_read(self, model: type[Model], **hints: object) -> str | None:
        """The service's connection for sessions and what belongs to them, and for whose a factor is: asked before anybody is in scope."""
        of = getattr(hints.get("instance"), "_meta", None)
        is_whose_factor = of is not None and of.app_label == "mfa" and model._meta.label == "access.Officer"  # noqa: SLF001
        return "service" if is_whose_factor or model._meta.app_label in SIGN_IN_APPS else None  # noqa: SLF001 - Django's documented Meta API

    db_for_write = db_for_read

    def allow_relation(self, _first: object, _second: object, **_hints: object) -> bool:
        """Always: there is one database."""
        return True
