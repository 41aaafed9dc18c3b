"""The grade of a scene match: is it the same picture around the shared keypoints, or two pictures under one caption, mark or frame?

One picture agrees nearly everywhere. A stranger's picture over a part of a copy does not: that is told from a page or a screen around two
pictures by what agrees, which is a picture and no plain ground, all over it. Where a piece of it lies beside others in a collage, the part
between its keypoints agrees, and the frames of the two pictures lie anyhow: of two pages with one text they lie the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from clew.matching.scene_agreement import Agreement, Box, Laid, agreement
from clew.matching.scene_shapes import Matrix
from clew.signatures.scene_relief import RELIEF_FIELDS

#: One picture: so many slopes are clear in both, so few run against each other, and nowhere together (standard deviations).
SLOPES_MIN, ALIKE_MIN, CONTRADICTION_MAX = 12, 0.75, 2.5
#: And nowhere is one of them full of slopes where the other is flat: a page with a plain picture, and with another.
ONE_SIDED_MAX = 3.5
#: Two pictures on one plain page, or with little to go by at all, agree where nothing is: more must speak, and it must agree more.
SPEAKING_MIN, GROUND_MAX, AGREEING_ON_GROUND_MIN = 0.4, 0.28, 0.83
#: A picture partly covered: most of what speaks agrees, on no plain ground, and what matches lies all over it, in so many of 36 fields,
#: and so far apart across and down. A shared text below two pictures lies in one half.
SPEAKING_COVERED_MIN, AGREEING_COVERED_MIN, SPREAD_COVERED_MIN, EXTENT_COVERED_MIN = 0.6, 0.6, 8, 0.65
#: A piece among others: between its keypoints, so many, in so many of 36 fields of a box of such sides, hardly anything speaks against it.
PIECE_INLIERS_MIN, PIECE_SPREAD_MIN, PIECE_EXTENT_MIN, PIECE_SLOPES_MIN = 12, 9, 0.25, 30
PIECE_ALIKE_MIN, PIECE_AGREEING_MIN, PIECE_SPEAKING_MIN, PIECE_GROUND_MAX = 0.93, 0.95, 0.75, 0.6
#: Two frames whose left and right edges, or upper and lower ones, lie nearer than this are one layout.
EDGES_APART_MIN = 0.06
#: A copy covers so much of both pictures.
COPY_COVERED_MIN = 0.6
#: Fields along each side among which matches are spread.
_SPREAD_FIELDS = 6


class SceneGrade(StrEnum):
    """What a match means."""

    #: The same picture, nearly whole.
    COPY = "copy"
    #: The same picture, of which one shows a part, or which is a part of the other.
    PART = "part"
    #: Something both have: a caption, a mark, a frame, a page layout. It does not make them one picture.
    SHARED = "shared"


@dataclass(frozen=True, slots=True, eq=False)
class Lie:
    """How the question lies on the held picture, in shares of the sides of that."""

    #: (n, 2): where the matches are.
    matches: Matrix
    #: (4, 2): the question's corners: left above, right above, right below, left below.
    corners: Matrix
    #: How much of either the common part is.
    held_covered: float
    query_covered: float

    @property
    def extent(self) -> float:
        """How far apart matches lie, in the direction in which that is less."""
        return float(np.ptp(self.matches, axis=0).min())

    @property
    def edges_apart(self) -> float:
        """How far the frames are from lying edge on edge, in the direction in which that is less."""
        wanted = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
        return float(np.abs(self.corners - wanted).max(axis=0).min())

    def box(self) -> Box:
        """The fields of the relief between the outermost matches."""
        first, last = (
            np.floor(place * RELIEF_FIELDS) for place in (self.matches.min(axis=0), self.matches.max(axis=0))
        )
        left, top = np.clip(first, 0, RELIEF_FIELDS - 1).astype(int).tolist()
        right, below = np.clip(last + 1, 1, RELIEF_FIELDS).astype(int).tolist()
        return left, top, right, below


def grade_of(whole: Agreement, laid: Laid, lie: Lie) -> tuple[SceneGrade, Box | None]:
    """The grade, and the fields that it speaks of where that is not the whole common part."""
    is_whole = _is_one_picture(whole) or _is_partly_covered(whole, lie)
    if (not is_whole or whole.agreeing < AGREEING_ON_GROUND_MIN) and _is_piece(laid, lie):
        return SceneGrade.PART, lie.box()
    if not is_whole:
        return SceneGrade.SHARED, None
    is_copy = min(lie.held_covered, lie.query_covered) >= COPY_COVERED_MIN
    return (SceneGrade.COPY if is_copy else SceneGrade.PART), None


def _is_one_picture(whole: Agreement) -> bool:
    return (
        whole.slopes >= SLOPES_MIN
        and whole.alike >= ALIKE_MIN
        and whole.contradiction <= CONTRADICTION_MAX
        and whole.one_sided <= ONE_SIDED_MAX
        and whole.speaking >= SPEAKING_MIN
        and (whole.agreeing >= AGREEING_ON_GROUND_MIN or whole.ground < GROUND_MAX)
    )


def _is_partly_covered(whole: Agreement, lie: Lie) -> bool:
    return (
        whole.speaking >= SPEAKING_COVERED_MIN
        and whole.agreeing >= AGREEING_COVERED_MIN
        and whole.ground < GROUND_MAX
        and lie.extent >= EXTENT_COVERED_MIN
        and _spread(lie.matches) >= SPREAD_COVERED_MIN
    )


def _is_piece(laid: Laid, lie: Lie) -> bool:
    if len(lie.matches) < PIECE_INLIERS_MIN or lie.extent < PIECE_EXTENT_MIN or lie.edges_apart < EDGES_APART_MIN:
        return False
    within = (lie.matches - lie.matches.min(axis=0)) / np.ptp(lie.matches, axis=0)
    inside = agreement(laid, lie.box())
    return (
        _spread(within) >= PIECE_SPREAD_MIN
        and inside.slopes >= PIECE_SLOPES_MIN
        and inside.alike >= PIECE_ALIKE_MIN
        and inside.agreeing >= PIECE_AGREEING_MIN
        and inside.speaking >= PIECE_SPEAKING_MIN
        and inside.ground <= PIECE_GROUND_MAX
    )


def _spread(places: Matrix) -> int:
    """In how many of 36 fields there are matches."""
    fields = np.clip(np.floor(places * _SPREAD_FIELDS), 0, _SPREAD_FIELDS - 1)
    return len(np.unique(fields, axis=0))
