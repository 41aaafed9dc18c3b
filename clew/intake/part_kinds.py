"""Kinds of parts: how scenes and sounds ask their index, and what a comparison with a held one makes of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from clew.intake.fingerprints import Fingerprint
from clew.intake.fits import SceneFit, SoundFit, SoundPieceFit
from clew.intake.imprint_forms import SCENES, SOUNDS
from clew.intake.imprint_index import ImprintForm, P
from clew.intake.imprint_rows import HeldImprint
from clew.intake.models import PartBasis
from clew.intake.rules import Candidate
from clew.kernel.limits import IMPRINT_MISSES_CLOSER_MAX, IMPRINT_MISSES_MAX, IMPRINT_PROPOSED_MAX
from clew.matching.scene_grade import SceneGrade
from clew.matching.scene_index import SceneIndex
from clew.matching.scene_verify import SceneMatch, verify
from clew.matching.sound_index import SoundIndex
from clew.matching.sound_pieces import SoundPiece, align_tuned
from clew.matching.sound_telling import Items
from clew.signatures.orientations import Orientation
from clew.signatures.scene_signature import SceneQuery, SceneSignature
from clew.signatures.sound_print import SoundPrint


@dataclass(frozen=True, slots=True)
class PartKind(Generic[P]):
    """One kind: its form, what a fingerprint asks (milliseconds and question), what an index proposes, and what a comparison tells."""

    form: ImprintForm[P]
    questions: Callable[[Fingerprint], Iterable[tuple[int, Any]]]
    propose: Callable[[Any, Any], Sequence[int]]
    compare: Callable[[Any, int, HeldImprint], Candidate | None]
    #: After how many comparisons that come to nothing a question is given up.
    misses: Callable[[Any], int] = lambda _asked: IMPRINT_MISSES_MAX


def _scene_questions(fingerprint: Fingerprint) -> Iterable[tuple[int, SceneQuery]]:
    return [(scene.time_ms, scene.asked) for scene in fingerprint.scenes]


def _propose_scenes(index: SceneIndex, asked: SceneQuery) -> list[int]:
    return [candidate.id for candidate in index.search(asked, IMPRINT_PROPOSED_MAX)]


def _scene_misses(asked: SceneQuery) -> int:
    return IMPRINT_MISSES_CLOSER_MAX if asked.is_deep else IMPRINT_MISSES_MAX


def _compare_scenes(asked: SceneQuery, time_ms: int, imprint: HeldImprint) -> Candidate | None:
    found = verify(asked, SceneSignature.from_bytes(imprint.content))
    if found is None or (found.grade is SceneGrade.SHARED and not found.is_strong):
        # A few details that lie alike by chance would read like a caption.
        return None
    is_frame = bool(time_ms or imprint.time_ms)
    return Candidate(
        media_id=imprint.media_id,
        basis=PartBasis.SCENE.value,
        distance=None,
        orientation=(Orientation.FLIPY if found.is_mirrored else Orientation.ORIGINAL).value,
        variant="frame" if is_frame else "",
        time_ms=time_ms,
        time_held_ms=imprint.time_ms,
        fit=scene_fit(found),
    )


def scene_fit(found: SceneMatch) -> SceneFit:
    """What a comparison of two scenes found, as matches keep it."""
    return SceneFit(
        grade=found.grade.value,
        details=found.inliers,
        asked=[(x, y) for x, y in found.query_polygon.tolist()],
        held=[(x, y) for x, y in found.held_polygon.tolist()],
        points=[((a, b), (c, d)) for a, b, c, d in found.points.tolist()],
        coverage=(found.query_covered, found.held_covered),
        is_mirrored=found.is_mirrored,
    )


def _sound_questions(fingerprint: Fingerprint) -> Iterable[tuple[int, SoundPrint]]:
    return [(0, fingerprint.sound)] if fingerprint.sound is not None else []


def _propose_sounds(index: SoundIndex, asked: SoundPrint) -> list[int]:
    return [candidate.id for candidate in index.search_tuned(asked.tunings(), IMPRINT_PROPOSED_MAX).candidates]


def _compare_sounds(asked: SoundPrint, _time_ms: int, imprint: HeldImprint) -> Candidate | None:
    pieces = align_tuned(asked.tunings(), SoundPrint.from_bytes(imprint.content).items)
    if not pieces:
        return None
    return Candidate(
        media_id=imprint.media_id,
        basis=PartBasis.SOUND.value,
        distance=None,
        orientation=Orientation.ORIGINAL.value,
        fit=sound_fit(pieces),
    )


def sound_fit(pieces: Sequence[SoundPiece]) -> SoundFit:
    """What a comparison of two sounds found, as matches keep it."""
    kept = [SoundPieceFit(p.asked_from_ms, p.asked_to_ms, p.held_from_ms, p.held_to_ms, p.bit_error) for p in pieces]
    return SoundFit(kept, tuning_percent=pieces[0].tuning)


SCENE_PARTS: PartKind[SceneSignature] = PartKind(
    SCENES, _scene_questions, _propose_scenes, _compare_scenes, _scene_misses
)
SOUND_PARTS: PartKind[Items] = PartKind(SOUNDS, _sound_questions, _propose_sounds, _compare_sounds)
PARTS_BY_KIND: tuple[PartKind[Any], ...] = (SCENE_PARTS, SOUND_PARTS)
