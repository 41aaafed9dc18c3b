"""Parts met: merged with what is met whole, ranked behind it, and told only where they count."""

import uuid
from dataclasses import replace

from clew.access.ownership import Level
from clew.intake.fits import SceneFit, SoundFit, SoundPieceFit
from clew.intake.models import VerdictKind
from clew.intake.part_search import surest
from clew.intake.parts import NO_PARTS, with_parts
from clew.intake.rules import Candidate, Hit, Recognised, decide

A, B, C = (uuid.UUID(int=n) for n in range(3))
PART = SceneFit("part", 20, [], [], [], (0.9, 0.9))
SOUND = SoundFit([SoundPieceFit(2000, 32_000, 5000, 35_000, 0.1)])


def _part(media_id, fit=PART, basis="scene"):
    return Candidate(media_id, basis, None, "original", fit=fit)


def _near(media_id, distance=10):
    return Candidate(media_id, "pdq", distance, "original")


def _hits(*candidates, level=Level.FULL):
    return [Hit(candidate, None, uuid.UUID(int=9), uuid.UUID(int=8), level) for candidate in candidates]


def test_a_content_that_is_met_whole_is_not_told_for_a_part_too():
    merged = with_parts({0: Recognised([_near(A)])}, {0: [(_part(A), None), (_part(B), None)], 2: [(_part(C), None)]})
    assert [(c.media_id, c.basis) for c in merged[0].candidates] == [(A, "pdq"), (B, "scene")]
    assert [c.media_id for c in merged[2].candidates] == [C]


def test_of_two_parts_of_one_content_the_surer_is_told():
    merged = with_parts({}, {0: [(_part(A), None), (_part(A, replace(PART, details=40)), None)]})
    assert [c.fit.strength for c in merged[0].candidates] == [40]


def test_a_content_with_many_imprints_takes_no_others_place():
    scenes = [(_part(A, replace(PART, details=100 + n)), None) for n in range(60)]
    found = surest([*scenes, (_part(B), None), (_part(C), "matches too much"), (_part(C), None)])
    assert [(candidate.media_id, why) for candidate, why in found] == [
        (A, None),
        (B, None),
        (C, "matches too much"),
        (C, None),
    ]
    assert found[0][0].fit.strength == 159


def test_an_imprint_that_is_set_aside_is_told_apart():
    merged = with_parts({0: Recognised([], [(_near(C), "x")], "y")}, {0: [(_part(A), "matches too much")]})
    assert merged[0].candidates == []
    assert [why for _candidate, why in merged[0].parked] == ["x", "matches too much"]
    assert merged[0].refused == "y"


def test_without_parts_nothing_changes():
    met = {0: Recognised([_near(A)])}
    assert with_parts(met, NO_PARTS) == met


def test_the_nearest_comes_first_bytes_before_looks_before_parts_before_what_only_seems_one():
    same = Candidate(A, "sha256", 0, "original")
    shared = _part(B, replace(PART, grade="shared", details=99))
    answer = decide(_hits(shared, _part(A), _near(B), _near(C, 3), same))
    assert answer.kind is VerdictKind.KNOWN
    assert [hit.candidate for hit in answer.hits] == [same, _near(C, 3), _near(B), _part(A), shared]


def test_a_part_resembles():
    answer = decide(_hits(_part(A)), quality=20, quality_min=50)
    assert (answer.kind, answer.reason) == (
        VerdictKind.RESEMBLES,
        "a part of the same picture: 20 details lie alike",
    )


def test_a_sound_resembles():
    answer = decide(_hits(_part(A, SOUND, "sound")))
    assert answer.kind is VerdictKind.RESEMBLES
    assert answer.reason == "the same sound: seconds 2 to 32 are seconds 5 to 35 of a held file"


def test_a_shared_caption_leaves_a_file_new_and_says_so():
    answer = decide(_hits(_part(A, replace(PART, grade="shared"))))
    assert answer.kind is VerdictKind.NEW
    assert answer.reason.startswith("no match; it shares a part with something held, such as a caption")
    assert len(answer.hits) == 1


def test_what_its_owner_keeps_silent_is_not_told_for_a_part_either():
    assert list(decide(_hits(_part(A), level=Level.SILENT)).hits) == []
