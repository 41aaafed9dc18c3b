"""Votes: which statements count under a rule, and what they come to. Pure; the rules are data (`votes.toml`).

A vote is what somebody decided of this very content. One person has one vote however many accounts they have; copies of a vote count once;
who had seen what others said does not add to a blind rule, but stands against it where they say otherwise.
"""

from __future__ import annotations

import datetime as dt
import tomllib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from clew.kernel.errors import ClewError


class VoteRuleUnknown(ClewError):
    """There is no such rule for votes. Nothing was changed. Choose one of those that are listed."""

    status = 422


@dataclass(frozen=True, slots=True)
class VoteRule:
    """One version of a rule: how many votes, of how many bodies, with how many against, confirm a code."""

    key: str
    version: str
    title: str
    #: Empty: whatever scheme the votes are asked for in.
    scheme: str
    purpose: str
    votes_min: int
    bodies_min: int
    against_max: int
    #: Only votes of officers whose certification was valid on that day.
    needs_qualification: bool
    #: Voters do not see what others said before they have voted.
    is_blind: bool
    author: str
    source: str


@dataclass(frozen=True, slots=True)
class Vote:
    """One statement, as far as counting needs it. All of one content and scheme are given, also those that stand no more."""

    statement_id: uuid.UUID
    person_id: uuid.UUID
    #: The country of the voter's organisation, or the organisation where no country owns it.
    body: str
    code: str
    #: The act it comes from: what was copied from one act counts once.
    origin_id: uuid.UUID
    made_at: dt.datetime
    is_decided: bool
    is_qualified: bool
    is_standing: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What the votes come to."""

    #: The code with the most votes; empty where there are none, or two have as many.
    code: str
    in_favour: tuple[Vote, ...]
    against: tuple[Vote, ...]
    bodies: frozenset[str]
    is_reached: bool
    #: Somebody says otherwise than the rule allows: nothing is promoted until that is settled.
    is_disputed: bool
    missing: tuple[str, ...]


@cache
def vote_rules() -> tuple[VoteRule, ...]:
    """Every version of every rule, older versions first."""
    table = tomllib.loads((files("clew.review") / "votes.toml").read_text(encoding="utf-8"))
    return tuple(sorted((VoteRule(**row) for row in table["rules"]), key=lambda rule: (rule.key, int(rule.version))))


def vote_rule(key: str, version: str = "") -> VoteRule:
    """One version of a rule, the newest where none is named. Raises `VoteRuleUnknown`."""
    for rule in reversed(vote_rules()):
        if rule.key == key and version in {"", rule.version}:
            return rule
    raise VoteRuleUnknown


def tally(rule: VoteRule, votes: Iterable[Vote], *, asked_at: dt.datetime) -> Tally:
    """Count. `asked_at` is when the votes were asked for, from when on they are cast blind where the rule says so."""
    history = sorted(votes, key=lambda vote: (vote.made_at, vote.statement_id))
    eligible = _one_each([vote for vote in history if vote.is_standing and vote.is_decided and _qualifies(rule, vote)])
    counting = [vote for vote in eligible if not rule.is_blind or _is_blind(vote, history, asked_at)]
    code = _leading(counting)
    in_favour = tuple(vote for vote in counting if vote.code == code)
    against = tuple(vote for vote in eligible if vote.code != code) if code else tuple(eligible)
    bodies = frozenset(vote.body for vote in in_favour)
    is_disputed = len({vote.code for vote in eligible}) > 1 and (not code or len(against) > rule.against_max)
    missing = _missing(rule, in_favour, bodies)
    return Tally(
        code=code,
        in_favour=in_favour,
        against=against,
        bodies=bodies,
        is_reached=bool(code) and not missing and not is_disputed,
        is_disputed=is_disputed,
        missing=missing,
    )


def _qualifies(rule: VoteRule, vote: Vote) -> bool:
    return vote.is_qualified or not rule.needs_qualification


def _one_each(votes: Sequence[Vote]) -> list[Vote]:
    """The newest of each person, and of each act."""
    newest = {vote.person_id: vote for vote in votes}
    by_act = {vote.origin_id: vote for vote in reversed(list(newest.values()))}
    return sorted(by_act.values(), key=lambda vote: (vote.made_at, vote.statement_id))


def _is_blind(vote: Vote, history: Sequence[Vote], asked_at: dt.datetime) -> bool:
    """Cast while nobody else had said anything, or as the person's first under the call, which hides what others say until then."""
    if not any(one.person_id != vote.person_id and one.made_at < vote.made_at for one in history):
        return True
    earlier = (one for one in history if one.person_id == vote.person_id and one.made_at < vote.made_at)
    return vote.made_at >= asked_at and not any(earlier)


def _leading(votes: Sequence[Vote]) -> str:
    counts: dict[str, int] = {}
    for vote in votes:
        counts[vote.code] = counts.get(vote.code, 0) + 1
    most = max(counts.values(), default=0)
    leading = [code for code, count in counts.items() if count == most]
    return leading[0] if len(leading) == 1 else ""


def _missing(rule: VoteRule, in_favour: Sequence[Vote], bodies: frozenset[str]) -> tuple[str, ...]:
    votes, countries = rule.votes_min - len(in_favour), rule.bodies_min - len(bodies)
    told = [(votes, "more vote", "more votes"), (countries, "more country or agency", "more countries or agencies")]
    return tuple(f"{count} {one if count == 1 else several}" for count, one, several in told if count > 0)
