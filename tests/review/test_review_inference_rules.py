"""Rule sets as files: proved when they are read, refused as a whole with the place of the fault, and old versions replayed for ever."""

import pytest

RULES = """
key = "sar-iccam"
version = "1"
author = "A. Author"
source = "A source"
from = "sar"
from_version = "1"
to = "iccam"
to_version = "1"

[[rules]]
id = "indicative"
codes = ["1"]
answer = "broader"
gives = "not-illegal"
is_milder = true
loss = "That it points to an interest is not kept."

[[rules]]
id = "rest"
codes = ["2", "3", "4", "5"]
answer = "ambiguous"
candidates = ["baseline", "national"]
loss = "The law of the hosting country was not said."

[[cases]]
code = "1"
answer = "broader"
gives = "not-illegal"

[[cases]]
code = "4"
answer = "ambiguous"
"""


def _schemes():
    from clew.review.schemes import all_schemes

    return {(one.key, one.version): one for one in all_schemes()}


def _read(text, file="own.toml"):
    from clew.review.inference_rules import read_rule_set

    return read_rule_set(text.encode(), file, _schemes())


def test_rules_that_keep_their_word_are_read_with_their_digest():
    rules = _read(RULES)
    assert rules.infer("1").code == "not-illegal"
    assert len(rules.digest) == 64


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('author = "A. Author"', 'author = ""'), "lacks its author or its source"),
        (('from_version = "1"', 'from_version = "9"'), "the scheme sar 9 is not loaded"),
        (('to_version = "1"', 'to_version = "9"'), "the scheme iccam 9 is not loaded"),
        (
            ('loss = "That it points to an interest is not kept."', ""),
            "rule indicative: broader and its loss do not agree",
        ),
        (("is_milder = true", ""), "rule indicative: it is milder and says otherwise"),
        (
            (
                'answer = "broader"\ngives = "not-illegal"\nis_milder',
                'answer = "impossible"\ngives = "not-illegal"\nis_milder',
            ),
            "do not agree",
        ),
        (
            ('gives = "not-illegal"\nis_milder', 'gives = "none-such"\nis_milder'),
            "rule indicative: The scheme ICCAM has no code none-such",
        ),
        (('"2", "3", "4", "5"', '"2", "3", "4"'), "the codes 5 are neither covered nor said to be unmapped"),
        (('codes = ["1"]', 'codes = ["1"]\nlabels = ["facts:real"]'), "the codes 1 are neither covered"),
        (('candidates = ["baseline", "national"]', 'candidates = ["baseline"]'), "rule rest: candidates that are none"),
        (('[[cases]]\ncode = "4"\nanswer = "ambiguous"\n', ""), "no case tests rest"),
        (('code = "4"\nanswer = "ambiguous"', 'code = "4"\nanswer = "impossible"'), "case 4: ambiguous"),
        (('id = "rest"', 'id = "indicative"'), "two rules have the same id"),
        (('answer = "ambiguous"\ncandidates', 'answer = "likely"\ncandidates'), "not in the form of rules"),
        (('id = "rest"', 'id = "rest"\nunknown = 1'), "not in the form of rules"),
    ],
)
def test_rules_that_could_guess_or_hide_or_are_not_tested_are_refused_whole(change, fault):
    from clew.review.inference_rules import RulesBroken

    assert change[0] in RULES
    with pytest.raises(RulesBroken, match=fault):
        _read(RULES.replace(*change))


def test_from_what_says_nothing_nothing_may_follow():
    from clew.review.inference_rules import RulesBroken

    text = (
        RULES.replace('from = "sar"', 'from = "vic-us"')
        .replace('["1"]', '["0", "5"]')
        .replace('"2", "3", "4", "5"', '"1", "2", "3", "4"')
        .replace("is_milder = true\n", "")
        .replace('code = "1"', 'code = "0"')
    )
    with pytest.raises(RulesBroken, match="0 says nothing, so nothing follows from it"):
        _read(text)


def test_exact_has_to_weigh_the_same():
    from clew.review.inference_rules import RulesBroken

    loss = 'loss = "That it points to an interest is not kept."\n'
    text = RULES.replace('answer = "broader"', 'answer = "exact"').replace(loss, "")
    with pytest.raises(RulesBroken, match="rule indicative: exact, and not of the same severity"):
        _read(text)


def test_an_old_version_is_replayed_after_the_rules_have_changed():
    from clew.review.rule_book import RuleBook

    changed = RULES.replace('version = "1"\nauthor', 'version = "2"\nauthor').replace(
        'codes = ["1"]', 'codes = ["1", "2"]'
    )
    changed = changed.replace('"2", "3", "4", "5"', '"3", "4", "5"')
    book = RuleBook(_schemes().values(), [_read(changed), _read(RULES)])
    assert [rules.version for rules in book.rule_sets()] == ["1", "2"]
    now = book.infer("sar", "1", "2", to="iccam")
    then = book.replay("sar-iccam", "1", "2")
    assert (now.answer, now.rule_version, then.answer, then.rule_version) == ("broader", "2", "ambiguous", "1")


def test_the_tenth_version_is_newer_than_the_ninth():
    from clew.review.rule_book import RuleBook

    versions = [_read(RULES.replace('version = "1"\nauthor', f'version = "{n}"\nauthor')) for n in (10, 9)]
    assert RuleBook(_schemes().values(), versions).infer("sar", "1", "4", to="iccam").rule_version == "10"


def test_two_ways_that_give_two_codes_leave_it_ambiguous():
    from dataclasses import replace

    from clew.review.rule_book import RuleBook, RuleSet
    from clew.review.schemes import scheme_of

    start = scheme_of("iccam")
    middle = [replace(start, key=key, codes=start.codes) for key in ("one", "two")]
    end = replace(start, key="end")

    def step(from_, to, gives):
        from clew.review.rule_book import Answer, Rule

        rule = Rule(id="r", answer=Answer.EXACT, codes=("baseline", "national"), gives=gives)
        return RuleSet(f"{from_}-{to}", "1", "x", "x", from_, "1", to, "1", (rule,), ())

    book = RuleBook(
        [start, *middle, end],
        [
            step("iccam", "one", "baseline"),
            step("one", "end", "baseline"),
            step("iccam", "two", "national"),
            step("two", "end", "national"),
        ],
    )
    told = book.infer("iccam", "1", "baseline", to="end")
    assert (told.answer, told.code, told.candidates) == ("ambiguous", "", ("baseline", "national"))
    assert told.loss
