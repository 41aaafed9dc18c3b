"""Forms of imprints: how scenes of pictures and sounds are read, indexed, kept and tested."""

from __future__ import annotations

from typing import Any

from clew.catalogue.models import ImprintKind
from clew.intake.imprint_index import ImprintForm
from clew.matching.scene_files import open_scene_segment, write_scene_segment
from clew.matching.scene_index import SceneIndex
from clew.matching.scene_recall import check_scene_recall
from clew.matching.scene_segment import SceneSegment
from clew.matching.sound_index import SoundIndex
from clew.matching.sound_recall import check_sound_recall
from clew.matching.sound_segment import SoundSegment
from clew.matching.sound_telling import Items
from clew.matching.store import SegmentForm
from clew.signatures.scene_signature import SceneSignature
from clew.signatures.sound_print import SoundPrint


def _items(content: bytes) -> Items:
    return SoundPrint.from_bytes(content).items


def _scenes(segment: SceneSegment | None) -> SceneIndex:
    return SceneIndex([segment] if segment is not None else [])


SCENES: ImprintForm[SceneSignature] = ImprintForm(
    kind=ImprintKind.SCENE.value,
    name="scenes",
    read=SceneSignature.from_bytes,
    segments=SegmentForm(write_scene_segment, open_scene_segment),
    index=_scenes,
    joined=SceneIndex.joined,
    check=check_scene_recall,
)
SOUNDS: ImprintForm[Items] = ImprintForm(
    kind=ImprintKind.SOUND.value,
    name="sounds",
    read=_items,
    segments=SegmentForm(SoundSegment.write, SoundSegment.open),
    index=SoundIndex,
    joined=SoundIndex.merge,
    check=check_sound_recall,
)
FORMS: tuple[ImprintForm[Any], ...] = (SCENES, SOUNDS)
