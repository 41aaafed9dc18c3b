"""The data-protection policy: retention by collection, review, holds and the clocks of requests, read from a file and checked before use."""

from __future__ import annotations

import calendar
import datetime as dt
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from clew.kernel.errors import ClewError

SHIPPED = Path(__file__).with_name("data_protection.toml")
EXTENSIONS = frozenset({"now", "start"})


class PolicyBroken(ClewError):
    """The data-protection policy cannot be used: {why}. Nothing was changed. Correct the file (CLEW_POLICY) and start again."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule the code refers to by its id, with where it is written."""

    id: str
    text: str
    article: str
    source: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What is kept alike: for how many years at most, and from when an extension counts ("now" or "start")."""

    key: str
    words: str
    years_max: int
    extension_from: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy, as data."""

    version: str
    rules: dict[str, Rule]
    collections: dict[str, Collection]
    defaults: dict[str, str]
    #: Country -> collection -> years; never more than the collection's.
    countries: dict[str, dict[str, int]]
    review_months_before: int
    reminder_days_before: tuple[int, ...]
    answer_days_min: int
    hold_review_months_max: int
    keeps_exact_hash: bool
    #: Months until a request of a data subject is acknowledged, and until it is decided, by kind.
    acknowledge_months: int
    decide_months: dict[str, int]

    def years(self, collection: str, country: str = "") -> int:
        """For how many years a country keeps what is in a collection."""
        shorter = self.countries.get(country, {}).get(collection)
        return self.collections[collection].years_max if shorter is None else shorter


def read_policy(text: str) -> Policy:
    """The policy as written (TOML). Raises PolicyBroken, also where a country would keep longer than the collection allows."""
    try:
        policy = _policy(tomllib.loads(text))
    except KeyError as missing:
        raise PolicyBroken(why=f"{missing} is missing") from None
    except (tomllib.TOMLDecodeError, TypeError, ValueError, AttributeError) as wrong:
        raise PolicyBroken(why=str(wrong)) from None
    _check(policy)
    return policy


@cache
def policy() -> Policy:
    """The policy of this installation: the file named by `CLEW_POLICY`, or the one shipped."""
    path = Path(os.environ.get("CLEW_POLICY") or SHIPPED)
    try:
        return read_policy(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyBroken(why=f"{path} cannot be read ({error.strerror})") from None


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later (earlier where negative), or the month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _policy(told: dict[str, Any]) -> Policy:
    requests = told["subject_requests"]
    return Policy(
        version=str(told["version"]),
        rules={
            rule["id"]: Rule(**{name: rule[name] for name in ("id", "text", "article", "source")})
            for rule in told["rules"]
        },
        collections={
            key: Collection(key, found["words"], int(found["years_max"]), found["extension_from"])
            for key, found in told["collections"].items()
        },
        defaults={kind: told["defaults"][kind] for kind in ("case", "series")},
        countries={
            country: {key: int(years) for key, years in shorter.items()}
            for country, shorter in told.get("countries", {}).items()
        },
        review_months_before=int(told["review"]["months_before"]),
        reminder_days_before=tuple(sorted(map(int, told["review"]["reminder_days_before"]), reverse=True)),
        answer_days_min=int(told["review"]["answer_days_min"]),
        hold_review_months_max=int(told["holds"]["review_months_max"]),
        keeps_exact_hash=told["purge"]["keep_exact_hash"] is True,
        acknowledge_months=int(requests["acknowledge_months"]),
        decide_months={kind: int(requests[f"{kind}_months"]) for kind in ("access", "correction", "deletion")},
    )


def _check(found: Policy) -> None:
    for collection in found.collections.values():
        if collection.years_max < 1 or collection.extension_from not in EXTENSIONS:
            raise PolicyBroken(why=f"collection {collection.key} needs years and an extension from now or start")
    for key in found.defaults.values():
        if key not in found.collections:
            raise PolicyBroken(why=f"there is no collection {key}")
    for country, shorter in found.countries.items():
        for key, years in shorter.items():
            if key not in found.collections or not 0 < years <= found.collections[key].years_max:
                raise PolicyBroken(why=f"{country} may only shorten a collection that exists ({key})")
    if min(found.review_months_before, found.hold_review_months_max, found.acknowledge_months) < 1:
        raise PolicyBroken(why="a clock shorter than a month gives nobody time")
