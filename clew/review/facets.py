"""Facets: what the contents that answer a search have in common, each with its number and the search that keeps to it.

Numbers are counted over the contents that were counted for the page, the newest thousand at most, and of what the officer may see: what is foreign
and what is absent count alike, which is not at all.
"""

from __future__ import annotations

import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clew.access.models import Officer
from clew.catalogue.models import Media, Membership, Series, Sighting, Submission
from clew.intake.models import Verdict, VerdictKind
from clew.review.models import Statement
from clew.review.search import Search
from clew.review.search_filters import PREVALENCES, SAID, SIZES
from clew.review.search_telling import box_words, code_words

#: Choices shown of one facet, the most frequent.
CHOICES_MAX = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: in words, how many have it, and the search that keeps to it, or goes back from it."""

    words: str
    count: int
    search: Search
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to part what was found."""

    key: str
    title: str
    choices: Sequence[Choice]


def facets_of(officer: Officer, search: Search, ids: Sequence[uuid.UUID]) -> list[Facet]:
    """Every facet that parts these contents, or by which they were chosen. Runs inside the officer's scope; a question for each table."""
    made = [
        *_of_verdicts(officer, search, ids),
        *_of_statements(officer, search, ids),
        *_of_sightings(officer, search, ids),
        *_of_series(search, ids),
        *_of_media(search, ids),
    ]
    return [facet for facet in made if facet.choices]


def _facet(
    key: str,
    title: str,
    search: Search,
    counted: Counter[Any],
    words: Callable[[Any], str],
    to_query: Callable[[Any], dict[str, str]],
) -> Facet:
    """A facet of what was counted; each choice adds its filter, a chosen one takes it off."""
    choices = []
    for value, count in counted.most_common(CHOICES_MAX):
        changes = to_query(value)
        is_chosen = all(getattr(search, name) == told for name, told in changes.items())
        other = search.without(*changes) if is_chosen else search.with_(**changes)
        choices.append(Choice(words(value), count, other, is_chosen))
    return Facet(key, title, choices)


def _once(pairs: Iterable[tuple[uuid.UUID, Hashable]]) -> Counter[Any]:
    """How many contents have each value, each content once."""
    return Counter(value for _media_id, value in set(pairs))


def _of_verdicts(officer: Officer, search: Search, ids: Sequence[uuid.UUID]) -> list[Facet]:
    own = Verdict.objects.filter(owner_organisation=officer.organisation_id, sighting__media__in=ids)
    counted = _once(own.values_list("sighting__media_id", "kind"))
    return [_facet("verdict", "Verdict", search, counted, _verdict_words, lambda kind: {"verdict": kind})]


def _verdict_words(kind: str) -> str:
    return str(VerdictKind(kind).label)


def _of_statements(officer: Officer, search: Search, ids: Sequence[uuid.UUID]) -> list[Facet]:
    standing = Statement.objects.filter(is_standing=True, media__in=ids).values_list(
        "media_id", "scheme", "code", "owner_organisation_id", "slot", "start_ms", "end_ms"
    )
    said: set[tuple[uuid.UUID, str]] = set()
    codes: set[tuple[uuid.UUID, tuple[str, str]]] = set()
    slots: dict[Any, set[str]] = defaultdict(set)
    for media_id, scheme, code, organisation_id, *span in standing:
        codes.add((media_id, (scheme, code)))
        said.add((media_id, "own" if organisation_id == officer.organisation_id else "other"))
        slots[(media_id, scheme, *span)].add(code)
    said |= {(slot[0], "disputed") for slot, told in slots.items() if len(told) > 1}
    own = {media_id for media_id, who in said if who == "own"}
    counted = _once(said)
    counted["undecided"] = len(set(ids) - own)
    return [
        _facet("said", "Who decided", search, +counted, SAID.__getitem__, lambda who: {"said": who}),
        _facet(
            "code",
            "Code",
            search,
            _once(codes),
            lambda told: code_words(*told),
            lambda told: {"scheme": told[0], "code": told[1]},
        ),
    ]


def _of_sightings(officer: Officer, search: Search, ids: Sequence[uuid.UUID]) -> list[Facet]:
    """One's own cases and submissions, and by how many submissions a content is seen, of those whose sightings the officer may see."""
    seen = set(Sighting.objects.filter(media__in=ids).values_list("media_id", "submission_id", "owner_organisation_id"))
    own = {(media_id, id_) for media_id, id_, owner_id in seen if owner_id == officer.organisation_id}
    found = Submission.objects.select_related("case").in_bulk({id_ for _media_id, id_ in own})
    names = {id_: f"{one.opened_at:%Y-%m-%d %H:%M}, {one.case.reference}" for id_, one in found.items()}
    cases = {one.case_id: one.case.reference for one in found.values()}
    own = {(media_id, id_) for media_id, id_ in own if id_ in found}
    by_media = Counter(media_id for media_id, _id, _owner_id in seen)
    counted = Counter(_band(PREVALENCES, by_media[id_]) for id_ in ids)
    bands = Counter({band: counted[band] for band in PREVALENCES if counted[band]})
    in_cases = _once((media_id, found[id_].case_id) for media_id, id_ in own)
    return [
        _facet("case", "Case", search, in_cases, cases.__getitem__, lambda id_: {"case": str(id_)}),
        _facet("submission", "Submission", search, _once(own), names.__getitem__, lambda id_: {"submission": str(id_)}),
        _facet(
            "prevalence",
            "Seen in",
            search,
            bands,
            lambda band: PREVALENCES[band][2],
            lambda band: {"prevalence": band},
        ),
    ]


def _of_series(search: Search, ids: Sequence[uuid.UUID]) -> list[Facet]:
    rows = list(Membership.objects.filter(media__in=ids).values_list("media_id", "series_id", "belongs"))
    denied = {(media_id, series_id) for media_id, series_id, belongs in rows if not belongs}
    placed = {(media_id, series_id) for media_id, series_id, _belongs in rows} - denied
    # The few that are shown are named, each looked up once.
    counted = _once(placed)
    shown = Series.objects.in_bulk([series_id for series_id, _count in counted.most_common(CHOICES_MAX)])
    names = {series_id: one.name for series_id, one in shown.items()}
    return [
        _facet(
            "series",
            "Series",
            search,
            Counter({id_: count for id_, count in counted.items() if id_ in names}),
            names.__getitem__,
            lambda id_: {"series": str(id_)},
        ),
    ]


def _of_media(search: Search, ids: Sequence[uuid.UUID]) -> list[Facet]:
    rows = list(Media.objects.filter(id__in=ids))
    kinds = Counter(media.kind for media in rows)
    cameras = Counter((media.camera_make or "", media.camera_model or "") for media in rows)
    del cameras[("", "")]
    years = Counter(media.taken_on.year for media in rows if media.taken_on)
    boxes = Counter(
        _degree_box(media.latitude, media.longitude)
        for media in rows
        if media.latitude is not None and media.longitude is not None
    )
    sizes = Counter(_band(SIZES, media.size_bytes) for media in rows if media.size_bytes is not None)
    return [
        _facet("kind", "Kind", search, kinds, str.capitalize, lambda kind: {"kind": kind}),
        _facet("taken", "Taken in", search, years, str, _year),
        _facet("camera", "Camera", search, cameras, lambda told: " ".join(told).strip(), _camera),
        *(_plain(search, rows, name) for name in ("country", "city", "language")),
        _facet("box", "Where, by GPS", search, boxes, box_words, lambda box: {"box": box}),
        _facet("size", "Size", search, sizes, lambda band: SIZES[band][2], lambda band: {"size": band}),
    ]


def _plain(search: Search, rows: Sequence[Media], name: str) -> Facet:
    counted = Counter(told for media in rows if (told := getattr(media, name)))
    return _facet(name, name.capitalize(), search, counted, str, lambda told: {name: told})


def _camera(told: tuple[str, str]) -> dict[str, str]:
    return {name: value for name, value in zip(("make", "model"), told, strict=True) if value}


def _year(year: int) -> dict[str, str]:
    return {"taken_from": f"{year}-01-01", "taken_to": f"{year}-12-31"}


def _degree_box(latitude: float, longitude: float) -> str:
    """The box of one degree by one in which a place lies."""
    south, west = math.floor(latitude), math.floor(longitude)
    return f"{south},{west},{south + 1},{west + 1}"


def _band(bands: dict[str, tuple[int, int | None, str]], value: int) -> str:
    """Of bands that follow one another the last that begins at the value or below."""
    return [band for band, (low, _high, _words) in bands.items() if low <= value][-1]
