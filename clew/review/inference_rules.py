"""Rule sets as they are read: data with author and source, refused as a whole where one rule could guess, hide a loss, or is not tested."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from clew.kernel.errors import ClewError
from clew.review.rule_book import LABELS, WITH_CODE, Answer, Rule, RuleCase, RuleSet
from clew.review.scheme_nouns import CodeUnknown, Scheme

#: Scheme key and version -> the scheme.
Schemes = Mapping[tuple[str, str], Scheme]


class RulesBroken(ClewError):
    """The rules {file} cannot be used: {fault}. None of them was read. Correct the file, with a new version where its conclusions change."""

    status = 500


def read_rule_set(content: bytes, file: str, schemes: Schemes) -> RuleSet:
    """One file of rules, proved: every code covered, every loss said, nothing milder in silence, every test case answered as it says.

    `schemes` are all that are loaded; `file` is what the fault names. Raises `RulesBroken`.
    """
    rules = replace(_parsed(content, file), digest=hashlib.sha256(content).hexdigest())
    faults = _Faults(file)
    _prove_ends(rules, schemes, faults)
    _prove_rules(rules, schemes, faults)
    _prove_coverage(rules, schemes, faults)
    _prove_cases(rules, faults)
    return rules


class _Faults:
    """Refuses, with the file and the place of the fault."""

    def __init__(self, file: str) -> None:
        self.file = file

    def unless(self, holds: object, fault: str) -> None:
        if not holds:
            raise RulesBroken(file=self.file, fault=fault)


def _parsed(content: bytes, file: str) -> RuleSet:
    try:
        table = tomllib.loads(content.decode())
        cases = tuple(_case(row) for row in table.pop("cases"))
        rules = tuple(_rule(row) for row in table.pop("rules"))
        renamed = {"from_scheme": table.pop("from"), "to_scheme": table.pop("to")}
        return RuleSet(**table, **renamed, rules=rules, cases=cases)
    except (KeyError, TypeError, ValueError) as wrong:
        raise RulesBroken(file=file, fault=f"it is not in the form of rules ({wrong})") from None


_TUPLES = {field.name for field in fields(Rule) if str(field.type).startswith("tuple")}


def _rule(row: dict[str, Any]) -> Rule:
    columns: dict[str, Any] = {name: tuple(told) if name in _TUPLES else told for name, told in row.items()}
    return Rule(**{**columns, "answer": Answer(columns["answer"])})


def _case(row: dict[str, Any]) -> RuleCase:
    return RuleCase(
        code=row.get("code", ""),
        labels=tuple(row.get("labels", ())),
        answer=Answer(row["answer"]),
        gives=row.get("gives", ""),
    )


def _prove_ends(rules: RuleSet, schemes: Schemes, faults: _Faults) -> None:
    faults.unless(rules.author and rules.source, "it lacks its author or its source")
    is_known = rules.from_scheme == LABELS or (rules.from_scheme, rules.from_version) in schemes
    faults.unless(is_known, f"the scheme {rules.from_scheme} {rules.from_version} is not loaded")
    known_end = (rules.to_scheme, rules.to_version) in schemes
    faults.unless(known_end, f"the scheme {rules.to_scheme} {rules.to_version} is not loaded")
    ids = [rule.id for rule in rules.rules]
    faults.unless(len(set(ids)) == len(ids), "two rules have the same id")


def _prove_rules(rules: RuleSet, schemes: Schemes, faults: _Faults) -> None:
    end = schemes[rules.to_scheme, rules.to_version]
    start = schemes.get((rules.from_scheme, rules.from_version))
    for rule in rules.rules:
        place = f"rule {rule.id}"
        faults.unless(
            bool(rule.gives) == (rule.answer in WITH_CODE), f"{place}: {rule.answer} and its code do not agree"
        )
        faults.unless(
            bool(rule.loss.strip()) != (rule.answer is Answer.EXACT),
            f"{place}: {rule.answer} and its loss do not agree",
        )
        is_choice = rule.answer is Answer.AMBIGUOUS
        faults.unless(
            not rule.candidates or (is_choice and len(rule.candidates) > 1), f"{place}: candidates that are none"
        )
        try:
            for code in (*rule.candidates, *filter(None, [rule.gives])):
                faults.unless(end.code(code).is_assessment, f"{place}: {code} says nothing and cannot be concluded")
            weights = [start.code(code).severity for code in rule.codes] if start else []
            _prove_start(rule, start, faults, place)
        except CodeUnknown as unknown:
            raise RulesBroken(file=faults.file, fault=f"{place}: {unknown.message}") from None
        if rule.gives:
            _prove_weight(rule, weights, end.code(rule.gives).severity, faults, place)


def _prove_start(rule: Rule, start: Scheme | None, faults: _Faults, place: str) -> None:
    if start is None:
        faults.unless(not rule.codes, f"{place}: codes in rules that start from labels")
        return
    faults.unless(rule.codes, f"{place}: it does not say for which codes it is")
    silent = [code for code in rule.codes if not start.code(code).is_assessment]
    is_silent = rule.answer is Answer.IMPOSSIBLE
    faults.unless(not silent or is_silent, f"{place}: {', '.join(silent)} says nothing, so nothing follows from it")


def _prove_weight(rule: Rule, weights: list[int], weight: int, faults: _Faults, place: str) -> None:
    """What means the same weighs the same; what weighs less says so."""
    if rule.answer is Answer.EXACT:
        faults.unless(all(one == weight for one in weights), f"{place}: exact, and not of the same severity")
    if weights:
        is_milder = any(one > weight for one in weights)
        faults.unless(
            is_milder == rule.is_milder, f"{place}: it is {'milder' if is_milder else 'not milder'} and says otherwise"
        )


def _prove_coverage(rules: RuleSet, schemes: Schemes, faults: _Faults) -> None:
    """Whatever labels there are or are not, each code has an answer."""
    start = schemes.get((rules.from_scheme, rules.from_version))
    unconditional = [rule for rule in rules.rules if rule.is_unconditional]
    if start is None:
        faults.unless(unconditional, "no rule answers where no label fits")
        return
    covered = {code for rule in unconditional for code in rule.codes}
    missing = [one.code for one in start.codes if one.code not in covered]
    faults.unless(not missing, f"the codes {', '.join(missing)} are neither covered nor said to be unmapped")


def _prove_cases(rules: RuleSet, faults: _Faults) -> None:
    """Each case is answered as it says, and each rule answers at least one: so none is unreachable."""
    tested: set[str] = set()
    for case in rules.cases:
        told = rules.infer(case.code, case.labels)
        place = f"case {' '.join(filter(None, (case.code, *case.labels)))}"
        faults.unless(
            (told.answer, told.code) == (case.answer, case.gives), f"{place}: {told.answer} {told.code}".rstrip()
        )
        tested.add(told.rule.partition("/")[2])
    untested = [rule.id for rule in rules.rules if rule.id not in tested]
    faults.unless(not untested, f"no case tests {', '.join(untested)}")


def labels_named(rules: Iterable[RuleSet]) -> frozenset[str]:
    """Every label that rules ask for, as `taxonomy:label`."""
    return frozenset(
        label for one in rules for rule in one.rules for label in (*rule.labels, *rule.any_of, *rule.without)
    )
