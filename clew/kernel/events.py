"""Events: what a lower room announces and an upper room subscribes to, so that no room ever calls upwards."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; subclasses carry ids and plain words, never hashes or paths."""


@dataclass(frozen=True, slots=True)
class MediaCatalogued(Event):
    """A medium was seen for the first time."""

    media_id: uuid.UUID
    submission_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class MediaMatched(Event):
    """A submitted file met something held by another unit: that unit is to be told."""

    media_id: uuid.UUID
    series_id: uuid.UUID | None
    holder_unit_id: uuid.UUID
    asker_unit_id: uuid.UUID
    submission_id: uuid.UUID
    basis: str
    distance: int | None
    told: str


@dataclass(frozen=True, slots=True)
class CautionAsked(Event):
    """A record is to be used by nobody but its owner while it is examined; whose wish that is is not said."""

    caution_id: uuid.UUID
    organisation_id: uuid.UUID
    record_id: uuid.UUID
    record_kind: str


@dataclass(frozen=True, slots=True)
class CautionEnded(Event):
    """The examination for which a caution was asked has ended."""

    caution_id: uuid.UUID
    organisation_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class RecordPurged(Event):
    """A case or a series is gone, with all that derived from it."""

    purge_id: uuid.UUID
    record_id: uuid.UUID
    record_kind: str
    owner_unit_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class MediaPurged(Event):
    """A content is gone: nobody holds it any more."""

    media_id: uuid.UUID
    purge_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class SeriesOutcome(Event):
    """A series came to something for the child in it, as its owner states: an `OutcomeKind` of the catalogue."""

    series_id: uuid.UUID
    outcome: str


Subscriber = Callable[[uuid.UUID, Any], None]
E_ = TypeVar("E_", bound=Event)

_subscribers: dict[type[Event], list[Subscriber]] = defaultdict(list)
_kinds: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (CautionAsked, CautionEnded, MediaCatalogued, MediaMatched, MediaPurged, RecordPurged, SeriesOutcome)
}


def subscribe(kind: type[E_], subscriber: Callable[[uuid.UUID, E_], None]) -> None:
    """Have `subscriber(announcement_id, event)` called for each event of this kind, at least once each."""
    if subscriber not in _subscribers[kind]:
        _subscribers[kind].append(subscriber)


def subscribers(kind: type[Event]) -> list[Subscriber]:
    """Who wants to be told of events of this kind."""
    return list(_subscribers[kind])


def rebuild(name: str, body: dict[str, Any]) -> Event:
    """The event as it was announced, from its name and JSON body."""
    kind = _kinds[name]
    values = {
        field.name: uuid.UUID(body[field.name]) if field.name.endswith("_id") and body[field.name] else body[field.name]
        for field in fields(kind)
    }
    return kind(**values)
