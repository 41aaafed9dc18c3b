"""Telling a search in words: each filter that is set, with the way to take it off; and for a search that finds nothing, which of them to take off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clew.access.models import Officer
from clew.access.paging import COUNTED_MAX
from clew.catalogue.models import Case, Series, Submission
from clew.intake.models import VerdictKind
from clew.review.schemes import SchemeUnknown, scheme_of
from clew.review.search import Search, media_found
from clew.review.search_filters import FILTERS, PREVALENCES, SAID, SIZES, id_told
from clew.review.search_running import SearchTooLong, within_time

#: Filters that are set and taken off together.
GROUPS: tuple[tuple[str, ...], ...] = (("text",), ("like",), *FILTERS)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set: in words, and the search without it."""

    words: str
    without: Search


@dataclass(frozen=True, slots=True)
class Loosening:
    """A filter to take off where nothing is found, and how many there are without it."""

    words: str
    without: Search
    count: int

    @property
    def count_words(self) -> str:
        """As many as were counted, in words that claim no more."""
        return f"more than {COUNTED_MAX:,}" if self.count > COUNTED_MAX else f"{self.count:,}"


def chips_of(search: Search) -> list[Chip]:
    """Every filter that is set, in the order of the page. Runs inside the officer's scope: names are told where they may be seen."""
    return [
        Chip(_words(search, names), search.without(*names))
        for names in GROUPS
        if any(getattr(search, name) for name in names)
    ]


def loosenings_of(officer: Officer, search: Search) -> list[Loosening]:
    """What would be found without each filter of a search that finds nothing, the most telling first; those that change nothing are left out."""
    found = []
    for chip in chips_of(search):
        try:
            with within_time(3):
                count = len(media_found(officer, chip.without).values_list("pk", flat=True)[: COUNTED_MAX + 1])
        except SearchTooLong:
            continue
        if count:
            found.append(Loosening(chip.words, chip.without, count))
    return sorted(found, key=lambda one: one.count)


def _words(search: Search, names: tuple[str, ...]) -> str:
    values = [getattr(search, name) for name in names]
    return _TELLING[names](*values) if names in _TELLING else f"{names[0].capitalize()}: {' '.join(values).strip()}"


def _case(told: str) -> str:
    found = Case.objects.filter(id=id_told(told)).first()
    return f"Case: {found.reference}" if found else "A case that is not there"


def _submission(told: str) -> str:
    found = Submission.objects.select_related("case").filter(id=id_told(told)).first()
    return (
        f"Submission of {found.opened_at:%Y-%m-%d} to {found.case.reference}"
        if found
        else "A submission that is not there"
    )


def _series(told: str) -> str:
    found = Series.objects.filter(id=id_told(told)).first()
    return f"Series: {found.name}" if found else "A series that is not there"


def _verdict(told: str) -> str:
    return f"Verdict: {VerdictKind(told).label}" if told in VerdictKind.values else "A verdict that is none"


def code_words(scheme: str, code: str) -> str:
    """A code of a scheme as people read it."""
    try:
        found = scheme_of(scheme)
        return next(
            (f"{found.title}: {one.code} {one.label}" for one in found.codes if one.code == code), f"{scheme}: {code}"
        )
    except SchemeUnknown:
        return f"{scheme} {code}".strip()


def _said(scheme: str, code: str, said: str) -> str:
    what = code_words(scheme, code) if scheme and code else scheme or code
    return ": ".join(part for part in (SAID.get(said, said), what) if part)


def _days(words: str) -> Callable[[str, str], str]:
    def told(low: str, high: str) -> str:
        return " ".join([words, *([f"from {low}"] if low else []), *([f"to {high}"] if high else [])])

    return told


_TELLING: dict[tuple[str, ...], Callable[..., str]] = {
    ("text",): lambda text: f"Words: {text}",
    ("like",): lambda _like: "Like what was asked about",
    ("make", "model"): lambda make, model: f"Camera: {make} {model}".strip(),
    ("taken_from", "taken_to"): _days("Taken"),
    ("seen_from", "seen_to"): _days("Seen"),
    ("box",): lambda box: f"Place: {box_words(box)}",
    ("size",): lambda band: f"Size: {SIZES[band][2] if band in SIZES else band}",
    ("prevalence",): lambda band: f"Seen in {PREVALENCES[band][2] if band in PREVALENCES else band}",
    ("case",): _case,
    ("submission",): _submission,
    ("series",): _series,
    ("verdict",): _verdict,
    ("scheme", "code", "said"): _said,
}


def box_words(box: str) -> str:
    """A box of degrees as people read it."""
    try:
        south, west, north, east = (float(part) for part in box.split(","))
    except ValueError:
        return "no place on Earth"
    return f"{_degrees(south, 'N', 'S')} to {_degrees(north, 'N', 'S')}, {_degrees(west, 'E', 'W')} to {_degrees(east, 'E', 'W')}"


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g}° {negative if value < 0 else positive}"
