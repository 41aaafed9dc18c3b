"""Hotkeys: which key does what on which page. The table is data (`hotkeys.toml`), the only place that knows all keys; officers change it for themselves."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from django.db import transaction

from clew.access.approvals import present
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.review.models import OwnKeys

#: Keys of this place act beside those of every other.
EVERYWHERE = "everywhere"
#: Keys that a browser or the page itself needs.
_NEEDED = frozenset({"tab", "shift+tab", "shift", "control", "alt", "meta", "dead", "unidentified", "contextmenu"})
_KEY = re.compile(
    r"(shift\+)?[a-z]|[^\sa-z]|space|enter|escape|backspace|delete|insert|home|end|page(up|down)|arrow\w+|f\d\d?"
)


class KeyTaken(ClewError):
    """The key {key} would do two things: {one}; {other}. Nothing was changed. Give one of them another key."""

    status = 409


class KeyRefused(ClewError):
    """{key} cannot be the key of: {words}. Nothing was changed. Take a letter, a letter with Shift, a mark, or a named key such as arrowup."""

    status = 422


@dataclass(frozen=True, slots=True)
class Hotkey:
    """One action of a page, and its key: a browser's name of it in small letters, `space`, or `shift+` and a letter."""

    place: str
    action: str
    key: str
    #: Its key within reach of the left hand alone.
    left: str
    words: str

    @property
    def name(self) -> str:
        """How forms and rows call it."""
        return f"{self.place}.{self.action}"


@dataclass(frozen=True, slots=True)
class Place:
    """A page, or a part of all pages, with keys of its own."""

    key: str
    title: str


@cache
def _table() -> tuple[tuple[Place, ...], tuple[Hotkey, ...]]:
    told = tomllib.loads((files("clew.review") / "hotkeys.toml").read_text(encoding="utf-8"))
    hotkeys = tuple(Hotkey(**row) for row in told["keys"])
    return tuple(Place(**row) for row in told["places"]), hotkeys


def places() -> tuple[Place, ...]:
    """Where keys do something."""
    return _table()[0]


def as_they_came() -> tuple[Hotkey, ...]:
    """Every key that nobody changed."""
    return _table()[1]


def for_the_left_hand() -> tuple[Hotkey, ...]:
    """The same with every key within reach of the left hand."""
    return tuple(replace(one, key=one.left) for one in as_they_came())


def keys_of(officer: Officer) -> tuple[Hotkey, ...]:
    """Every key as the officer has it. Runs inside the officer's scope or outside of any."""
    own = OwnKeys.objects.using("service").filter(officer_id=officer.pk).first()
    return _changed(own.keys) if own else as_they_came()


def change_keys(officer: Officer, keys: Mapping[str, str]) -> None:
    """Give actions (`place.action`) other keys; those not named stay as they came. Raises `KeyTaken`, `KeyRefused`."""
    came = {one.name: one for one in as_they_came()}
    changed = {name: key for name, key in keys.items() if name in came and key != came[name].key}
    refuse_keys(_changed(changed))
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.HOTKEY_CHOOSE)
        OwnKeys.objects.using("service").update_or_create(
            officer_id=actor.pk, defaults={"keys": changed, "changed_at": now()}
        )
        record("review:hotkey:choose", actor=actor, using="service", facts={"changed": len(changed)})


def refuse_keys(hotkeys: Iterable[Hotkey]) -> None:
    """Refuse what cannot be: a key that does two things on one page, one that pages need, and a digit, which is a code's."""
    came = {one.name: one for one in as_they_came()}
    taken: dict[tuple[str, str], Hotkey] = {}
    for one in hotkeys:
        is_digit = one.key.isdigit() and one.key != came[one.name].key
        if one.key in _NEEDED or not _KEY.fullmatch(one.key) or is_digit:
            raise KeyRefused(key=one.key or "Nothing", words=one.words)
        for place in _places_of(one):
            other = taken.setdefault((place, one.key), one)
            if other is not one:
                raise KeyTaken(key=one.key, one=other.words, other=one.words)


def _places_of(one: Hotkey) -> list[str]:
    return [place.key for place in places()] if one.place == EVERYWHERE else [one.place]


def _changed(keys: Mapping[str, str]) -> tuple[Hotkey, ...]:
    return tuple(replace(one, key=keys.get(one.name, one.key)) for one in as_they_came())


def for_the_page(hotkeys: Iterable[Hotkey]) -> str:
    """The table as pages carry it: place -> action, key, words."""
    told: dict[str, list[tuple[str, str, str]]] = {place.key: [] for place in places()}
    for one in hotkeys:
        told[one.place].append((one.action, one.key, one.words))
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
