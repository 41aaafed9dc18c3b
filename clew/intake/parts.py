"""Parts met: what files meet by a part of them alone, beside what the recogniser finds by bytes and looks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from clew.intake.rules import Candidate, Recognised

#: By place in the list that was asked: the contents of which a part is met, each with the reason why its imprint is set aside, if it is.
Parts = Mapping[int, Sequence[tuple[Candidate, str | None]]]
NO_PARTS: Parts = MappingProxyType({})


def with_parts(recognised: Mapping[int, Recognised], parts: Parts) -> dict[int, Recognised]:
    """Both together; a content that is met whole is not told a second time for a part of it."""
    merged = dict(recognised)
    for place, met in parts.items():
        known = merged.get(place, Recognised())
        counted = [candidate for candidate, why in met if why is None]
        aside = [(candidate, why) for candidate, why in met if why is not None]
        merged[place] = Recognised(_once([*known.candidates, *counted]), [*known.parked, *aside], known.refused)
    return merged


def _once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each content by the nearest of the ways in which it is met."""
    nearest: dict[uuid.UUID, Candidate] = {}
    for candidate in candidates:
        known = nearest.get(candidate.media_id)
        if known is None or candidate.nearness < known.nearness:
            nearest[candidate.media_id] = candidate
    return list(nearest.values())
