"""Inference: each scheme's public definition as a table of what follows from it, and the properties that no rule set may break."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

REAL_YOUNG = ("facts:real", "facts:under-13")

# From (scheme, version, code), with labels, to a scheme: the answer and the code, as the public definitions have it.
TABLE = [
    # UK to the baseline: age and reality are not in the category.
    ("uk", "2014", "A", (), "baseline", "ambiguous", ""),
    ("uk", "2014", "A", REAL_YOUNG, "baseline", "broader", "yes"),
    ("uk", "2014", "A", ("facts:altered", "facts:under-13"), "baseline", "broader", "yes"),
    ("uk", "2014", "A", ("facts:real", "facts:13-or-over"), "baseline", "broader", "no"),
    ("uk", "2014", "A", ("facts:generated", "facts:under-13"), "baseline", "broader", "no"),
    # A hybrid keeps the real child in view.
    ("uk", "2014", "A", ("facts:generated", "facts:altered"), "baseline", "ambiguous", ""),
    ("uk", "2014", "B", REAL_YOUNG, "baseline", "ambiguous", ""),
    ("uk", "2014", "C", REAL_YOUNG, "baseline", "ambiguous", ""),
    ("uk", "2014", "prohibited", (), "baseline", "broader", "no"),
    ("uk", "2014", "prohibited", ("facts:altered",), "baseline", "ambiguous", ""),
    ("uk", "2014", "none", (), "baseline", "broader", "no"),
    ("baseline", "1", "yes", (), "uk", "ambiguous", ""),
    ("baseline", "1", "no", (), "uk", "ambiguous", ""),
    # Project VIC: the old 0 says nothing, the current 0 is not pertinent.
    ("vic-us", "1", "0", (), "vic-us", "impossible", ""),
    ("vic-us", "1", "1", (), "vic-us", "exact", "1"),
    ("vic-us", "1", "2", (), "vic-us", "exact", "2"),
    ("vic-us", "1", "3", (), "vic-us", "narrower", "3"),
    ("vic-us", "1", "4", (), "vic-us", "exact", "4"),
    ("vic-us", "1", "5", (), "vic-us", "exact", "0"),
    ("vic-us", "2", "1", (), "uk", "ambiguous", ""),
    ("vic-us", "2", "0", (), "uk", "impossible", ""),
    ("vic-us", "2", "0", (), "baseline", "impossible", ""),
    ("vic-us", "2", "3", (), "baseline", "broader", "no"),
    ("uk", "2014", "A", (), "vic-us", "broader", "1"),
    ("uk", "2014", "B", (), "vic-us", "broader", "1"),
    ("uk", "2014", "C", (), "vic-us", "ambiguous", ""),
    # Never "harmless" by a code alone.
    ("uk", "2014", "none", (), "vic-us", "ambiguous", ""),
    # NCMEC: likely, and not exact.
    ("ncmec", "1", "A1", (), "baseline", "ambiguous", ""),
    ("ncmec", "1", "A1", ("facts:real",), "baseline", "narrower", "yes"),
    ("ncmec", "1", "A1", ("facts:generated",), "baseline", "broader", "no"),
    ("ncmec", "1", "B1", ("facts:real",), "baseline", "ambiguous", ""),
    ("ncmec", "1", "A1", (), "uk", "ambiguous", ""),
    ("ncmec", "1", "A2", (), "uk", "broader", "C"),
    ("uk", "2014", "B", ("facts:pubescent",), "ncmec", "broader", "B1"),
    ("uk", "2014", "B", (), "ncmec", "ambiguous", ""),
    ("uk", "2014", "B", ("facts:pubescent", "facts:prepubescent"), "ncmec", "ambiguous", ""),
    # SAR and COPINE.
    ("sar", "1", "1", (), "uk", "ambiguous", ""),
    ("sar", "1", "3", (), "uk", "broader", "B"),
    ("sar", "1", "5", (), "uk", "broader", "A"),
    ("uk", "2014", "A", (), "sar", "ambiguous", ""),
    ("copine", "misp", "5", (), "uk", "ambiguous", ""),
    ("copine", "misp", "10", (), "uk", "broader", "A"),
    ("copine", "cac", "7", (), "copine", "exact", "6"),
    ("copine", "cac", "8", (), "copine", "ambiguous", ""),
    # Lists: what a service does not know is not said to be harmless.
    ("arachnid", "1", "csam", (), "baseline", "ambiguous", ""),
    ("arachnid", "1", "no-known-match", (), "uk", "impossible", ""),
    ("iccam", "1", "baseline", (), "baseline", "exact", "yes"),
    ("iccam", "1", "national", (), "baseline", "broader", "no"),
    ("baseline", "1", "yes", (), "iccam", "exact", "baseline"),
    ("baseline", "1", "no", (), "iccam", "ambiguous", ""),
    ("caid", "1", "1", (), "uk", "exact", "A"),
    ("ch", "1", "child-abuse", (), "baseline", "impossible", ""),
    # Labels alone.
    ("labels", "", "", ("rooms:furniture", "rooms:bedroom"), "training", "broader", "furnished"),
    ("labels", "", "", ("rooms:bedroom",), "training", "ambiguous", ""),
    ("labels", "", "", ("rooms:single-object",), "training", "exact", "object"),
    ("labels", "", "", ("rooms:window",), "training", "impossible", ""),
    # Over one scheme between: one step may lose, not both.
    ("uk", "2014", "A", (), ("vic-us", "1"), "broader", "1"),
    ("caid", "1", "1", (), "vic-us", "broader", "1"),
    ("sar", "1", "4", (), "vic-us", "impossible", ""),
    ("sar", "1", "4", (), "baseline", "ambiguous", ""),
    ("sar", "1", "4", REAL_YOUNG, "baseline", "impossible", ""),
]


def _infer(scheme, version, code, labels, to):
    from clew.review.inference import infer

    key, to_version = to if isinstance(to, tuple) else (to, "")
    return infer(scheme, version, code, labels, to=key, to_version=to_version)


@pytest.mark.parametrize(("scheme", "version", "code", "labels", "to", "answer", "found"), TABLE)
def test_what_follows_from_a_public_definition(scheme, version, code, labels, to, answer, found):
    told = _infer(scheme, version, code, labels, to)
    assert (told.answer, told.code) == (answer, found)


def _everything():
    from clew.review.inference import rule_book
    from clew.review.inference_rules import labels_named
    from clew.review.schemes import all_schemes

    book = rule_book()
    starts = [(one.key, one.version, code.code) for one in all_schemes() for code in one.codes]
    ends = [(one.key, one.version) for one in all_schemes()]
    return starts, ends, sorted(labels_named(book.rule_sets()))


def _keeps_its_word(start, labels, end):
    """The properties of decision 0025, of one conversion."""
    from clew.review.inference import LOSSY, WITH_CODE, Answer, infer
    from clew.review.schemes import scheme_of

    told = infer(*start, labels, to=end[0], to_version=end[1])
    assert told == infer(*start, list(reversed(labels)), to=end[0], to_version=end[1])
    assert (told.scheme, told.version) == end
    assert bool(told.code) == (told.answer in WITH_CODE)
    assert bool(told.loss.strip()) == (told.answer is not Answer.EXACT)
    assert told.rule.count(";") <= 1
    if told.code:
        stated, found = scheme_of(*start[:2]).code(start[2]), scheme_of(*end).code(told.code)
        assert told.is_milder == (found.severity < stated.severity)
        assert not told.is_milder or told.answer in LOSSY
        if stated.code != found.code or start[:2] != end:
            assert stated.is_assessment
            assert found.is_assessment


def test_every_code_of_every_scheme_keeps_the_properties_into_every_other():
    starts, ends, _ = _everything()
    for start, end in itertools.product(starts, ends):
        _keeps_its_word(start, [], end)


@given(st.data())
def test_whatever_labels_are_stated_no_conversion_guesses_or_is_milder_in_silence(data):
    starts, ends, labels = _everything()
    start, end = data.draw(st.sampled_from(starts)), data.draw(st.sampled_from(ends))
    _keeps_its_word(start, data.draw(st.lists(st.sampled_from(labels), unique=True)), end)


def test_a_conversion_is_directed():
    from clew.review.inference import infer

    there = infer("uk", "2014", "A", to="vic-us")
    back = infer(there.scheme, there.version, there.code, to="uk")
    assert (there.code, back.code, back.answer) == ("1", "", "ambiguous")


def test_every_label_that_a_shipped_rule_asks_for_is_in_a_shipped_taxonomy():
    from clew.review.taxonomies import shipped_taxonomies

    _, _, labels = _everything()
    known = {f"{one.key}:{label.id}" for one in shipped_taxonomies() for label in one.labels}
    assert set(labels) <= known


def test_what_is_not_known_is_refused():
    from clew.review.inference import RulesUnknown, infer, replay
    from clew.review.schemes import CodeUnknown, SchemeUnknown

    with pytest.raises(SchemeUnknown):
        infer("uk", "2014", "A", to="none-such")
    with pytest.raises(CodeUnknown):
        infer("uk", "2014", "Z", to="baseline")
    with pytest.raises(RulesUnknown):
        replay("uk-baseline", "0", "A")
