"""The plan: which series there are, which pictures are in them, who brings what, and in which copies. The same for the same size."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from clew.demo.changes import CHANGES
from clew.demo.organisations import BRINGERS

SEED = 20261101
#: Rooms from this number on are kept for the sample folder: nothing the demo world loads shows them.
STRANGERS_FROM = 9000
#: Rooms of casework that are in no series.
_UNPLACED_FROM = 5000
#: What casework brings of each known picture: as it is, or changed.
_BYTE_COPY_SHARE = 0.25
#: Code names, as units give them: they say nothing of what is shown.
_NAMES = [
    "Alder",
    "Ash",
    "Aspen",
    "Beech",
    "Birch",
    "Bramble",
    "Cedar",
    "Cherry",
    "Clover",
    "Cypress",
    "Elder",
    "Elm",
    "Fern",
    "Fir",
    "Hawthorn",
    "Hazel",
    "Heather",
    "Holly",
    "Ivy",
    "Juniper",
    "Larch",
    "Laurel",
    "Lime",
    "Linden",
    "Maple",
    "Moss",
    "Oak",
    "Olive",
    "Palm",
    "Pine",
    "Plane",
    "Poplar",
    "Reed",
    "Rowan",
    "Rush",
    "Spruce",
    "Sycamore",
    "Thistle",
    "Walnut",
    "Willow",
]


@dataclass(frozen=True, slots=True)
class PlanSize:
    """How large a world: series, views of each series' room, pictures of its belonging in rooms, and known and new files of each case."""

    series: int
    views: int
    things: int
    known_of_case: int
    new_of_case: int
    clips: int

    #: A case for each organisation that brings material.
    cases: int = 2


#: About 1,500 files in 40 series.
FULL = PlanSize(series=40, views=11, things=4, known_of_case=55, new_of_case=6, clips=6)
#: For tests.
SMALL = PlanSize(series=7, views=2, things=1, known_of_case=3, new_of_case=1, clips=1, cases=1)


@dataclass(frozen=True, slots=True)
class Shot:
    """One original picture: a room from a standpoint, with or without the belonging it is of; or a clip of it."""

    place: int
    view: int
    thing: int | None = None
    is_clip: bool = False

    @property
    def key(self) -> str:
        """Its name in the truth."""
        words = f"place {self.place} view {self.view}" + ("" if self.thing is None else f" thing {self.thing}")
        return f"clip {words}" if self.is_clip else words


@dataclass(frozen=True, slots=True)
class PlannedSeries:
    """A series of one bureau and how it is shared."""

    number: int
    name: str
    owner: str
    state: str
    victim_identified: bool
    offender_identified: bool
    sharing: str
    outside: str
    audience: tuple[str, ...]
    shots: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of a submission: a shot, as it is or changed (`change` is a key of `CHANGES`)."""

    path: str
    shot: Shot
    change: str | None
    series: int | None


@dataclass(frozen=True, slots=True)
class PlannedSubmission:
    """A delivery of one organisation. An archive holds the originals of one sharing rule; casework holds what was met."""

    reference: str
    bringer: str
    sharing: str
    outside: str
    audience: tuple[str, ...]
    is_archive: bool
    files: tuple[PlannedFile, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it; archives come before casework, so that casework meets them."""

    series: tuple[PlannedSeries, ...]
    submissions: tuple[PlannedSubmission, ...] = field(default=())

    @property
    def file_count(self) -> int:
        """Files in all submissions."""
        return sum(len(submission.files) for submission in self.submissions)


def plan(size: PlanSize = FULL) -> Plan:
    """The plan of that size."""
    series = tuple(_series(number, size) for number in range(size.series))
    archives = tuple(_archives(series))
    casework = tuple(_casework(series, size))
    return Plan(series, archives + casework)


def _series(number: int, size: PlanSize) -> PlannedSeries:
    rng = random.Random(f"{SEED} series {number}")  # noqa: S311 - a plan, not a secret
    bureaus = BRINGERS[:-1]
    owner = bureaus[number % len(bureaus)]
    sharing, outside = (
        ("members", "contact"),
        ("members", "contact"),
        ("listed", "contact"),
        ("nobody", "contact"),
        ("nobody", "silent"),
    )[number % 5]
    audience = tuple(rng.sample([key for key in bureaus if key != owner], 2)) if sharing == "listed" else ()
    state = rng.choice(("open", "open", "identified", "closed"))
    shots = [Shot(place=number, view=view) for view in range(size.views)]
    # The same belonging turns up in the room of the next series too: a link that is there to be found.
    thing = number // 2
    shots += [Shot(place=number, view=view, thing=thing) for view in range(size.things)]
    if number < size.clips:
        shots.append(Shot(place=number, view=0, is_clip=True))
    return PlannedSeries(
        number=number,
        name=_NAMES[number],
        owner=owner,
        state=state,
        victim_identified=state != "open",
        offender_identified=state == "closed",
        sharing=sharing,
        outside=outside,
        audience=audience,
        shots=tuple(shots),
    )


def _archives(series: tuple[PlannedSeries, ...]) -> Iterator[PlannedSubmission]:
    """The originals: for each owner one submission for each of its sharing rules."""
    rules = sorted({(found.owner, found.sharing, found.outside, found.audience) for found in series})
    for owner, sharing, outside, audience in rules:
        own = [s for s in series if (s.owner, s.sharing, s.outside, s.audience) == (owner, sharing, outside, audience)]
        files = tuple(
            PlannedFile(f"Series {s.number:02}/{_name(s.number, n, shot, None)}", shot, None, s.number)
            for s in own
            for n, shot in enumerate(s.shots)
        )
        named = "-".join([sharing, outside, *audience])
        yield PlannedSubmission(
            f"{owner.upper()}-ARCHIVE-{named}", owner, sharing, outside, audience, is_archive=True, files=files
        )


def _casework(series: tuple[PlannedSeries, ...], size: PlanSize) -> Iterator[PlannedSubmission]:
    """Seized disks: copies of what some country holds, and rooms nobody has seen."""
    for case in range(size.cases):
        for place, bringer in enumerate(BRINGERS):
            rng = random.Random(f"{SEED} case {bringer} {case}")  # noqa: S311 - a plan, not a secret
            files = [_copy(rng, series, n) for n in range(size.known_of_case)]
            first = _UNPLACED_FROM + (case * len(BRINGERS) + place) * size.new_of_case
            for n in range(size.new_of_case):
                shot = Shot(place=first + n, view=0)
                files.append(PlannedFile(f"DCIM/101CLEW/{_name(50, n, shot, None)}", shot, None, None))
            sharing = "members" if case == 0 else "nobody"
            yield PlannedSubmission(
                f"{bringer.upper()}-2026-{101 + case}",
                bringer,
                sharing,
                "contact",
                (),
                is_archive=False,
                files=tuple(files),
            )


def _copy(rng: random.Random, series: tuple[PlannedSeries, ...], n: int) -> PlannedFile:
    found = rng.choice(series)
    shot = rng.choice(found.shots)
    change = None if shot.is_clip or rng.random() < _BYTE_COPY_SHARE else rng.choice(list(CHANGES))
    return PlannedFile(f"DCIM/100CLEW/{_name(10 + n // 50, n, shot, change)}", shot, change, found.number)


def _name(roll: int, n: int, shot: Shot, change: str | None) -> str:
    suffix = ".mp4" if shot.is_clip else ".jpg" if change is None else CHANGES[change].suffix
    return str(PurePosixPath(f"IMG_{roll:02}{n:03}").with_suffix(suffix))
