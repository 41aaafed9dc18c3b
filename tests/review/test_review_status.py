"""The status shown: one's own scheme first, else converted with its loss, else the source's label; the gravest where words differ."""

import pytest

from clew.review.status import How, Spoken, status_of


def status(*said, desk="uk", labels=()):
    from clew.review.schemes import scheme_of

    told = status_of(scheme_of(desk), [Spoken(*one) for one in said], labels)
    return told.how, told.label, told.is_disputed


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((), (How.NOTHING, "", False)),
        ((("uk", "2014", "B", True), ("uk", "2014", "A", False)), (How.OWN, "B", True)),
        ((("uk", "2014", "B", True), ("uk", "2014", "B", False)), (How.OWN, "B", False)),
        ((("uk", "2014", "B", True), ("uk", "2014", "A", True)), (How.OWN, "A", True)),
        ((("uk", "2014", "B", False), ("uk", "2014", "none", False)), (How.OTHERS, "B", True)),
        ((("sar", "1", "4", False),), (How.CONVERTED, "A", False)),
        ((("sar", "1", "4", False), ("sar", "1", "2", False)), (How.CONVERTED, "A", True)),
        ((("sar", "1", "4", True), ("uk", "2014", "C", False)), (How.OTHERS, "C", False)),
        ((("vic-us", "2", "1", False),), (How.SOURCE, "Child abuse material", False)),
        ((("vic-us", "2", "1", False), ("vic-us", "2", "2", True)), (How.SOURCE, "Child abuse material", True)),
        ((("unknown", "1", "x", False),), (How.NOTHING, "", False)),
        ((("uk", "2014", "Z", True),), (How.NOTHING, "", False)),
    ],
)
def test_the_status_by_its_declared_rule(said, expected):
    assert status(*said) == expected


def test_labels_help_a_conversion_and_the_loss_is_kept():
    from clew.review.schemes import scheme_of

    said = [Spoken("uk", "2014", "A", is_own=False)]
    without = status_of(scheme_of("baseline"), said)
    assert (without.how, without.label) == (How.SOURCE, "A")
    told = status_of(scheme_of("baseline"), said, ["facts:real", "facts:under-13"])
    assert (told.how, told.label, bool(told.loss)) == (How.CONVERTED, "Baseline", True)
    assert told.rule == "uk-baseline/a-real-young version 1"
