"""Worth: unknown victims first, then where hits lie thick, then clues; every point has its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.review.worth import Clues, facts_told, reasons_for, weights, worth_of

FACTS = ("position", "camera_serial", "taken_at", "written_words", "telling_name")
CLUES = st.builds(
    Clues,
    series_identified=st.integers(0, 2),
    series_open=st.integers(0, 2),
    files_beside=st.integers(0, 100),
    hits_beside=st.integers(0, 0),
    facts=st.frozensets(st.sampled_from(FACTS)),
    case_age_days=st.floats(0, 5000),
    files=st.integers(1, 10_000),
)


def worth(**clues: object) -> int:
    return worth_of(reasons_for(Clues(**clues)))  # type: ignore[arg-type]


def test_each_clue_makes_a_stack_worth_more() -> None:
    assert worth() > worth(series_identified=1)
    assert worth(series_open=1) > worth()
    assert worth(files_beside=10, hits_beside=9) > worth(files_beside=10, hits_beside=1) > worth(files_beside=10)
    assert worth(case_age_days=1) > worth(case_age_days=400)
    assert worth(files=64) > worth(files=2) > worth(files=1)
    for fact in FACTS:
        assert worth(facts=frozenset({fact})) > worth()


def test_an_unknown_victim_counts_more_than_any_other_clue_alone() -> None:
    for points in (value for name, value in weights().points.items() if name != "victim_unknown"):
        assert points < weights().points["victim_unknown"]


def test_a_handful_of_files_says_nothing_about_how_thick_hits_lie() -> None:
    assert worth(files_beside=3, hits_beside=3) == worth()


@given(CLUES)
def test_the_reasons_add_up_and_read_as_sentences(clues: Clues) -> None:
    reasons = reasons_for(clues)
    assert worth_of(reasons) == sum(reason.points for reason in reasons)
    assert [reason.points for reason in reasons] == sorted((reason.points for reason in reasons), reverse=True)
    for reason in reasons:
        assert reason.points > 0
        assert reason.words[0].isupper()
        assert reason.words.endswith(".")


@pytest.mark.parametrize(
    ("metadata", "paths", "told"),
    [
        (["gps_latitude", "gps_longitude"], [], {"position"}),
        (["camera_serial_number"], ["DCIM/100/IMG_0001.jpg"], {"camera_serial"}),
        (["taken_at", "Comment"], [], {"taken_at", "written_words"}),
        (["width", "height"], ["Pictures/Camera/img_12.png"], set()),
        ([], ["Lindenweg summer/12.jpg"], {"telling_name"}),
        ([], ["12.jpeg", "a.tiff"], set()),
    ],
)
def test_facts_and_names_are_told_apart_from_what_every_file_has(
    metadata: list[str], paths: list[str], told: set[str]
) -> None:
    assert facts_told(metadata, paths) == told
