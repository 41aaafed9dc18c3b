"""Pure rules of data subjects' requests: their clocks (R6), the steps they may take, and the templates of answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from clew.access.data_protection import Policy, months_later


class RequestKind(StrEnum):
    """What the person asks for."""

    ACCESS = "access"
    CORRECTION = "correction"
    DELETION = "deletion"


class RequestState(StrEnum):
    """How far a request has come."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ADMITTED = "admitted"
    REFUSED = "not admissible"
    DECIDED = "decided"
    ANSWERED = "answered"


#: From each state, where it may go.
STEPS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.RECEIVED: frozenset({RequestState.ACKNOWLEDGED}),
    RequestState.ACKNOWLEDGED: frozenset({RequestState.ADMITTED, RequestState.REFUSED}),
    RequestState.ADMITTED: frozenset({RequestState.DECIDED}),
    RequestState.DECIDED: frozenset({RequestState.ANSWERED}),
    RequestState.REFUSED: frozenset({RequestState.ANSWERED}),
    RequestState.ANSWERED: frozenset(),
}


class Decision(StrEnum):
    """What was decided."""

    GRANTED = "granted"
    PARTLY = "partly granted"
    DENIED = "denied"
    NEITHER = "neither confirmed nor denied"


#: The words sent to the person, to be completed by hand. The last says the same whether or not there is anything.
TEMPLATES: dict[str, str] = {
    "acknowledgement": "We have received your request of {received} and will tell you by {decide} how it was decided.",
    Decision.GRANTED: "Your request of {received} was granted. {words}",
    Decision.PARTLY: "Your request of {received} was granted in part. {words}",
    Decision.DENIED: "Your request of {received} was not granted. {words}",
    Decision.NEITHER: (
        "Your request of {received} was examined and what had to be done was done. "
        "We neither confirm nor deny that data on you are, or were, held. {words}"
    ),
}


@dataclass(frozen=True, slots=True)
class Clocks:
    """By when a request is to be acknowledged, and, once admitted, decided."""

    acknowledge_by: dt.date
    decide_by: dt.date | None


def clocks(policy: Policy, kind: str, received_on: dt.date, admitted_on: dt.date | None) -> Clocks:
    """The clocks of a request: a month from its receipt, and the months of its kind from the day on which it was admitted."""
    decide_by = months_later(admitted_on, policy.decide_months[kind]) if admitted_on else None
    return Clocks(months_later(received_on, policy.acknowledge_months), decide_by)


def is_overdue(state: str, found: Clocks, today: dt.date) -> bool:
    """Whether a clock has run out on what still has to be done."""
    if state == RequestState.RECEIVED:
        return today > found.acknowledge_by
    return state == RequestState.ADMITTED and found.decide_by is not None and today > found.decide_by
