"""The verifier: do two pictures share a part, by which transform, and is it the picture or only something laid over both?

Nearest codes make matches, each match proposes how the one lies in the other, and the transform that most of them fit is refined. Nothing
is drawn at random, so an answer given as evidence comes out the same again. `verify(query, held)` gives a `SceneMatch` or None.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.matching.scene_agreement import Agreement, Box, agreement, lay
from clew.matching.scene_bend import bent
from clew.matching.scene_grade import SLOPES_MIN, Lie, SceneGrade, grade_of
from clew.matching.scene_kernels import align, match_codes, scratch_of
from clew.matching.scene_shapes import Matrix, applied, area, overlap
from clew.signatures.scene_relief import RELIEF_FIELDS
from clew.signatures.scene_signature import SIDE_UNITS, SceneQuery, SceneSignature

#: From here on a match is a lead; the tail of unrelated pairs falls fivefold with each inlier.
INLIERS_LEAD_MIN, INLIERS_STRONG_MIN = 9, 12
#: Down to so few are a lead where the reliefs of both say the same, nearly everywhere: a small crop shows no more.
INLIERS_FEW_MIN = 7
FEW_SLOPES_MIN, FEW_ALIKE_MIN, FEW_SPEAKING_MIN = 24, 0.97, 0.9
#: Hypotheses refined for each pair.
_TRIES = 6
#: Pairs of points told, for drawing.
POINTS_MAX = 64

#: Matches fewer than strong that lie on pictures which do not agree are chance, or a pattern that both have.
ALIKE_CHANCE_MAX = 0.65


@dataclass(frozen=True, slots=True, eq=False)
class SceneMatch:
    """How two pictures share a part. Places are fractions of the whole, untrimmed pictures: (0, 0) top left, (1, 1) bottom right."""

    inliers: int
    grade: SceneGrade
    is_mirrored: bool
    #: (2, 3): leads from a place in the question to the place in the held picture.
    affine: Matrix
    agreement: Agreement
    #: How much of either trimmed picture the common part is.
    held_covered: float
    query_covered: float
    #: (k, 2) corners of what is common, in either picture.
    query_polygon: Matrix
    held_polygon: Matrix
    #: (m, 4): x and y asked, x and y held.
    points: Matrix

    @property
    def is_strong(self) -> bool:
        """Whether so many keypoints fit that no unrelated pair is known to."""
        return self.inliers >= INLIERS_STRONG_MIN


@dataclass(frozen=True, slots=True, eq=False)
class _Alignment:
    inliers: int
    transform: Matrix
    #: (n, 4) places asked and held: of the matches that fit, and of all.
    pairs: Matrix
    all_pairs: Matrix


def _aligned(query: SceneSignature, held: SceneSignature) -> _Alignment:
    """The best transform in trimmed units (shares of each longer side)."""
    ours, theirs = (np.empty(len(query), dtype=np.int64) for _ in range(2))
    hx, hy = held.x / SIDE_UNITS, held.y / SIDE_UNITS
    count = match_codes(_words(query), _words(held), hx, hy, ours, theirs)
    ours, theirs = ours[:count], theirs[:count]
    pairs = np.empty((count, 6))
    pairs[:, 0], pairs[:, 1] = query.x[ours] / SIDE_UNITS, query.y[ours] / SIDE_UNITS
    pairs[:, 2], pairs[:, 3] = hx[theirs], hy[theirs]
    pairs[:, 4] = held.size[theirs].astype(np.float64) - query.size[ours]
    pairs[:, 5] = held.angle[theirs].astype(np.float64) - query.angle[ours]
    scratch = scratch_of(count)
    found = align(pairs.reshape(-1), count, _TRIES, **scratch) if count >= 4 else 0
    return _Alignment(found, scratch["best"].reshape(2, 3), pairs[scratch["best_marks"].astype(bool), :4], pairs[:, :4])


def _words(signature: SceneSignature) -> NDArray[np.uint64]:
    return np.ascontiguousarray(signature.codes).reshape(-1).view(np.uint64)


def verify(query: SceneQuery, held: SceneSignature, *, mirrored: bool | None = None) -> SceneMatch | None:
    """How the two share a part, or None where they do not: fewer than nine keypoints that fit one transform, or hardly more on unlike pictures.
    Seven are enough where the reliefs of both say the same.

    `mirrored` is what the index said of the candidate; without it both are tried and the better one is told.
    """
    found = None
    for is_mirrored in (False, True) if mirrored is None else (mirrored,):
        signature = query.mirrored if is_mirrored else query.direct
        aligned = _aligned(signature, held)
        if aligned.inliers >= INLIERS_FEW_MIN and (found is None or aligned.inliers > found[0].inliers):
            found = aligned, signature, is_mirrored
    return None if found is None else _told(query, held, *found)


def _told(
    query: SceneQuery, held: SceneSignature, aligned: _Alignment, signature: SceneSignature, is_mirrored: bool
) -> SceneMatch | None:
    corners, held_corners = _box_corners(signature), _box_corners(held)
    common = overlap(corners, aligned.transform, held_corners)
    grey = np.ascontiguousarray(query.grey[:, ::-1]) if is_mirrored else query.grey
    laid = lay(grey, signature, bent(aligned.all_pairs, aligned.transform, corners), held)
    whole = agreement(laid)
    if _is_chance(aligned.inliers, whole):
        return None
    sides = held_corners[2]
    matches, outline = aligned.pairs[:, 2:] / sides, applied(aligned.transform, corners) / sides
    grade, box = grade_of(whole, laid, Lie(matches, outline, *_covered(common, aligned, corners, held_corners)))
    if box is not None:
        common = overlap(_corners_of(box, sides), np.eye(2, 3), common)
    held_covered, query_covered = _covered(common, aligned, corners, held_corners)
    ours, theirs = _to_fractions(signature, is_mirrored=is_mirrored), _to_fractions(held)
    back = theirs @ np.vstack([aligned.transform, (0, 0, 1)]) @ np.linalg.inv(ours)
    query_common = applied(np.linalg.inv(back), applied(theirs, common))
    points = aligned.pairs[:POINTS_MAX]
    return SceneMatch(
        inliers=aligned.inliers,
        grade=grade,
        is_mirrored=is_mirrored,
        affine=back[:2],
        agreement=whole,
        held_covered=held_covered,
        query_covered=query_covered,
        query_polygon=np.clip(query_common, 0.0, 1.0),
        held_polygon=np.clip(applied(theirs, common), 0.0, 1.0),
        points=np.hstack([applied(ours, points[:, :2]), applied(theirs, points[:, 2:])]),
    )


def _is_chance(inliers: int, whole: Agreement) -> bool:
    if inliers < INLIERS_LEAD_MIN:
        is_same = whole.slopes >= FEW_SLOPES_MIN and whole.alike >= FEW_ALIKE_MIN and whole.speaking >= FEW_SPEAKING_MIN
        return not is_same
    return inliers < INLIERS_STRONG_MIN and whole.slopes >= SLOPES_MIN and whole.alike <= ALIKE_CHANCE_MAX


def _covered(common: Matrix, aligned: _Alignment, corners: Matrix, held_corners: Matrix) -> tuple[float, float]:
    """How much of the held picture and of the question the common part is."""
    determinant = float(np.linalg.det(aligned.transform[:, :2]))
    shared = area(common)
    return min(1.0, shared / area(held_corners)), min(1.0, shared / determinant / area(corners))


def _corners_of(box: Box, sides: Matrix) -> Matrix:
    """The corners of some fields of the relief, in trimmed units."""
    left, top, right, below = box
    return np.array([(left, top), (right, top), (right, below), (left, below)]) / RELIEF_FIELDS * sides


def _box_corners(signature: SceneSignature) -> Matrix:
    """The corners of the trimmed picture in its own units."""
    long_side = max(signature.box.width, signature.box.height)
    right, below = signature.box.width / long_side, signature.box.height / long_side
    return np.array([(0.0, 0.0), (right, 0.0), (right, below), (0.0, below)])


def _to_fractions(signature: SceneSignature, *, is_mirrored: bool = False) -> Matrix:
    """(3, 3): from trimmed units to fractions of the whole picture, as it lies before us."""
    box = signature.box
    long_side = max(box.width, box.height)
    matrix = np.array(
        [
            (long_side / signature.width, 0.0, box.left / signature.width),
            (0.0, long_side / signature.height, box.top / signature.height),
            (0.0, 0.0, 1.0),
        ]
    )
    return np.array([(-1.0, 0.0, 1.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]) @ matrix if is_mirrored else matrix
