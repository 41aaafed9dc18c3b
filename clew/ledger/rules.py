"""Pure rules of the ledger: the canonical form of an entry, of which its leaf is the hash. A form, once used, never changes."""

from __future__ import annotations

import datetime as dt
import json
import math
import uuid
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from typing import Any

from clew.ledger.tree import leaf_hash

__all__ = ["FORMAT", "Stated", "canonical_form", "leaf_hash", "settled", "text_of_moment"]

#: The form in which entries are written now. Form 1 knew no circumstances and no version.
FORMAT = 2
#: From 2^53 on a number is told differently by JSON and by the database.
_NUMBER_MAX = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What an entry states, each part as the text that goes into its canonical form; `facts` and `sensitive` are JSON with sorted keys."""

    format: int
    at: str
    verb: str
    outcome: str
    officer: str | None
    organisation: str | None
    subject_kind: str
    subject_id: str | None
    facts: str
    session: str | None = None
    address: str | None = None
    door: str = ""
    purpose: str = ""
    legal_basis: str = ""
    sensitive: str = "{}"


def canonical_form(stated: Stated) -> bytes:
    """The entry as bytes, the same on every machine: JSON with sorted keys, no spaces, ASCII alone, UTC to the microsecond."""
    quoted = encode_basestring_ascii
    officer, organisation, subject = (
        _or_null(stated.officer),
        _or_null(stated.organisation),
        _or_null(stated.subject_id),
    )
    verb, outcome, kind = quoted(stated.verb), quoted(stated.outcome), quoted(stated.subject_kind)
    if stated.format == 1:
        text = (
            f'{{"at":"{stated.at}","facts":{stated.facts},"officer":{officer},"organisation":{organisation},'
            f'"outcome":{outcome},"subject":[{kind},{subject}],"verb":{verb}}}'
        )
        return text.encode()
    text = (
        f'{{"address":{_or_null(stated.address)},"at":"{stated.at}","basis":{quoted(stated.legal_basis)},'
        f'"door":{quoted(stated.door)},"facts":{stated.facts},"format":{stated.format},"officer":{officer},'
        f'"organisation":{organisation},"outcome":{outcome},"purpose":{quoted(stated.purpose)},'
        f'"sensitive":{stated.sensitive},"session":{_or_null(stated.session)},"subject":[{kind},{subject}],"verb":{verb}}}'
    )
    return text.encode()


def _or_null(text: str | None) -> str:
    return f'"{text}"' if text else "null"


def text_of_moment(at: dt.datetime) -> str:
    """A moment as entries state it."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def text_of_id(id_: uuid.UUID | None) -> str | None:
    """An id as entries state it."""
    return str(id_) if id_ else None


def text_of_json(value: Any) -> str:
    """JSON as entries state it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def settled(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as they will come back from the database, so that the hash of today is that of any later day.

    Raises ValueError for what would not come back the same: infinities, and numbers beyond 2^53.
    """
    found: dict[str, Any] = json.loads(json.dumps(facts, allow_nan=False))
    _refuse_unsettled(found)
    return found


def _refuse_unsettled(value: Any) -> None:
    if isinstance(value, dict):
        for within in value.values():
            _refuse_unsettled(within)
    elif isinstance(value, list):
        for within in value:
            _refuse_unsettled(within)
    elif isinstance(value, float) and (abs(value) >= _NUMBER_MAX or math.copysign(1, value) < 0 == value):
        message = "the ledger takes no number beyond 2^53, and no zero below zero"
        raise ValueError(message)


def plain(text: str, characters_max: int) -> str:
    """Text that any database and any JSON takes: no zero character, no half of a pair, cut to a length."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:characters_max]
