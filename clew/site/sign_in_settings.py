"""What the settings of sign-in mean; a value that makes no sense stops the start, in words."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum

from clew.kernel.errors import ClewError
from clew.kernel.limits import IDLE_MINUTES_DEFAULT, IDLE_MINUTES_MAX

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingRefused(ClewError):
    """{name} is {value}, which makes no sense: {why}. Nothing was started. Set it right, or leave it out."""


class Policy(StrEnum):
    """With what an officer signs in."""

    #: A password and a one-time code, or anything stronger.
    ANY = "any"
    #: Passkey, card or identity provider: what opens with a password, even with a code beside it, can be phished.
    PHISHING_RESISTANT = "phishing-resistant"

    @classmethod
    def named(cls, value: str) -> Policy:
        """The policy of this name."""
        if value not in {policy.value for policy in cls}:
            raise SettingRefused(name="CLEW_SIGN_IN", value=value, why=f"it is one of {', '.join(cls)}")
        return cls(value)


def idle_minutes(value: str | None) -> int:
    """Minutes until a screen left alone locks."""
    return _number("CLEW_IDLE_MINUTES", value or str(IDLE_MINUTES_DEFAULT), least=1, most=IDLE_MINUTES_MAX)


def lock_minutes(value: str) -> int:
    """Minutes until a locked name opens by itself; 0 for never."""
    return _number("CLEW_LOCK_MINUTES", value, least=0, most=60 * 24 * 365)


def certificate_header(value: str) -> str:
    """The header's name; empty where no proxy hands certificates on."""
    if value and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", value):
        raise SettingRefused(name="CLEW_CERTIFICATE_HEADER", value=value, why="it is no header's name")
    return value


def trusted_proxies(value: str) -> tuple[Network, ...]:
    """Addresses and networks whose word is taken."""
    try:
        return tuple(ipaddress.ip_network(word.strip()) for word in value.split(",") if word.strip())
    except ValueError:
        raise SettingRefused(name="CLEW_TRUSTED_PROXIES", value=value, why="it names addresses or networks") from None


def _number(name: str, value: str, *, least: int, most: int) -> int:
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise SettingRefused(name=name, value=value, why=f"it is a number from {least} to {most}")
    return int(value)
