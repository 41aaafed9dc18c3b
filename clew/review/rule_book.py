"""The rule book: what one scheme's code, or the labels of a taxonomy, mean in another scheme, and what is lost on the way. Pure, deterministic.

Rules are data (`inference_rules`). A conversion is directed, never writes over what was said, and never guesses: where the other scheme needs
to know more than was said, the answer is `ambiguous`; where it has no word for it, `impossible`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from clew.kernel.errors import ClewError
from clew.review.scheme_nouns import Scheme, SchemeUnknown

#: The name of the source of rule sets that start from labels alone.
LABELS = "labels"


class RulesUnknown(ClewError):
    """There are no rules {rule_set} of version {version}. Nothing was worked out. Choose one of those that are listed under Schemes."""

    status = 404


class Answer(StrEnum):
    """How the code found stands to what was said."""

    #: They mean the same.
    EXACT = "exact"
    #: The code found covers more than what was said: a distinction is lost.
    BROADER = "broader"
    #: The code found says more than what was said: part of what was meant does not belong there.
    NARROWER = "narrower"
    #: Several codes may be meant, and nothing that was said tells which.
    AMBIGUOUS = "ambiguous"
    #: The other scheme has no code for it, or no rule leads there.
    IMPOSSIBLE = "impossible"


#: The answers that name a code.
WITH_CODE = frozenset({Answer.EXACT, Answer.BROADER, Answer.NARROWER})
LOSSY = frozenset({Answer.BROADER, Answer.NARROWER})


@dataclass(frozen=True, slots=True)
class Inference:
    """What something said in one scheme means in another: a derived statement, recomputed when rules change, never stored over its source."""

    scheme: str
    version: str
    #: Empty where the answer is `ambiguous` or `impossible`.
    code: str
    answer: Answer
    #: What is lost, as a sentence; empty only where the answer is `exact`.
    loss: str
    #: The rule that answered, as `rule set/rule`, and the version of its set; several, joined by `; `, where two conversions follow each other.
    rule: str
    rule_version: str
    #: The code found weighs less than what was said. Never so without a loss that says it.
    is_milder: bool = False
    #: The codes among which nothing tells, where the answer is `ambiguous`.
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: for which codes, with which labels and without which, it gives which answer."""

    id: str
    answer: Answer
    gives: str = ""
    loss: str = ""
    #: Codes of the source scheme that it is for; empty in sets that start from labels alone.
    codes: tuple[str, ...] = ()
    #: Labels that must all be stated, as `taxonomy:label`.
    labels: tuple[str, ...] = ()
    #: Labels of which at least one must be stated, where there are any.
    any_of: tuple[str, ...] = ()
    #: Labels of which none may be stated.
    without: tuple[str, ...] = ()
    is_milder: bool = False
    candidates: tuple[str, ...] = ()

    @property
    def is_unconditional(self) -> bool:
        """Whether it answers for its codes whatever labels there are."""
        return not (self.labels or self.any_of or self.without)

    def fits(self, code: str, labels: frozenset[str]) -> bool:
        """Whether it answers for this."""
        if self.codes and code not in self.codes:
            return False
        if self.any_of and labels.isdisjoint(self.any_of):
            return False
        return labels.issuperset(self.labels) and labels.isdisjoint(self.without)


@dataclass(frozen=True, slots=True)
class RuleCase:
    """A test case that comes with a rule set, and is run whenever it is loaded."""

    code: str
    labels: tuple[str, ...]
    answer: Answer
    gives: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of the rules from one scheme to another. The first rule that fits answers."""

    key: str
    version: str
    author: str
    #: On what the rules rest: law or publication.
    source: str
    from_scheme: str
    from_version: str
    to_scheme: str
    to_version: str
    rules: tuple[Rule, ...]
    cases: tuple[RuleCase, ...]
    #: SHA-256 of the file, in hexadecimal.
    digest: str = ""

    def answering(self, code: str, labels: frozenset[str]) -> Rule | None:
        """The rule that answers for this; None where none does, which a loaded set rules out for the codes of its scheme."""
        return next((rule for rule in self.rules if rule.fits(code, labels)), None)

    def infer(self, code: str, labels: Iterable[str] = ()) -> Inference:
        """What this set says of a code with these labels."""
        rule = self.answering(code, frozenset(labels))
        if rule is None:
            return nowhere(self.to_scheme, self.to_version, f"The rules {self.key} do not speak of {code}.")
        return Inference(
            scheme=self.to_scheme,
            version=self.to_version,
            code=rule.gives,
            answer=rule.answer,
            loss=rule.loss,
            rule=f"{self.key}/{rule.id}",
            rule_version=self.version,
            is_milder=rule.is_milder,
            candidates=rule.candidates,
        )


def nowhere(scheme: str, version: str, why: str) -> Inference:
    """The answer that there is none."""
    return Inference(scheme, version, "", Answer.IMPOSSIBLE, why, rule="", rule_version="")


class RuleBook:
    """All loaded rules over all loaded schemes. Two of them over the same data answer alike."""

    def __init__(self, schemes: Iterable[Scheme], rule_sets: Iterable[RuleSet]) -> None:
        self._schemes: dict[str, list[Scheme]] = {}
        for scheme in sorted(schemes, key=lambda one: (one.key, one.version)):
            self._schemes.setdefault(scheme.key, []).append(scheme)
        self._all = {(rules.key, rules.version): rules for rules in rule_sets}
        self._newest: dict[tuple[str, str], dict[tuple[str, str], RuleSet]] = {}
        for (_, _), rules in sorted(self._all.items(), key=lambda pair: (pair[0][0], _order(pair[0][1]))):
            start = (rules.from_scheme, rules.from_version)
            self._newest.setdefault(start, {})[rules.to_scheme, rules.to_version] = rules

    def rule_sets(self) -> list[RuleSet]:
        """Every version of every set, by key and version."""
        return [self._all[pair] for pair in sorted(self._all, key=lambda pair: (pair[0], _order(pair[1])))]

    def scheme(self, key: str, version: str = "") -> Scheme:
        """One version of a scheme, the newest where none is named. Raises `SchemeUnknown`."""
        for scheme in reversed(self._schemes.get(key, [])):
            if version in {"", scheme.version}:
                return scheme
        raise SchemeUnknown(scheme=f"{key} {version}".strip())

    def infer(
        self, scheme: str, version: str, code: str, labels: Iterable[str] = (), *, to: str, to_version: str = ""
    ) -> Inference:
        """What a code with these labels means in the scheme `to`: by its own rules, or over one scheme between where only one step loses.

        `scheme` is `LABELS` where labels alone were stated. Raises `SchemeUnknown`, `CodeUnknown`; whatever else is wrong is an answer.
        """
        start, goal = self._start(scheme, version, code), self.scheme(to, to_version)
        end, stated = (goal.key, goal.version), frozenset(labels)
        if start == end:
            return Inference(
                goal.key, goal.version, code, Answer.EXACT, "", rule="same scheme", rule_version=goal.version
            )
        direct = self._newest.get(start, {}).get(end)
        if direct is not None:
            return direct.infer(code, stated)
        return self._over_one(start, end, code, stated)

    def replay(self, rule_set: str, rule_version: str, code: str, labels: Iterable[str] = ()) -> Inference:
        """What a version of a rule set, old or new, answers: for court. Raises `RulesUnknown`."""
        found = self._all.get((rule_set, rule_version))
        if found is None:
            raise RulesUnknown(rule_set=rule_set, version=rule_version)
        return found.infer(code, labels)

    def _start(self, scheme: str, version: str, code: str) -> tuple[str, str]:
        if scheme == LABELS:
            return (LABELS, "")
        found = self.scheme(scheme, version)
        found.code(code)
        return (found.key, found.version)

    def _over_one(self, start: tuple[str, str], end: tuple[str, str], code: str, labels: frozenset[str]) -> Inference:
        """Over one scheme between: refused where both steps lose; where two ways give two codes, nothing tells which."""
        found: list[Inference] = []
        unsure: list[Inference] = []
        refused = ""
        for between, first in sorted(self._newest.get(start, {}).items()):
            second = self._newest.get(between, {}).get(end)
            if second is None:
                continue
            step = first.infer(code, labels)
            if step.answer not in WITH_CODE:
                refused = refused or step.loss
                continue
            joined = _joined(step, second.infer(step.code, labels))
            if joined is not None and joined.answer is Answer.AMBIGUOUS:
                unsure.append(joined)
            if joined is None:
                refused = f"Only two conversions that both lose something lead there, over {between[0]} {between[1]}; such a chain is refused."
            elif joined.answer in WITH_CODE:
                found.append(joined)
        codes = sorted({one.code for one in found})
        if len(codes) > 1:
            return replace(
                nowhere(*end, "Two ways lead there, and each gives another code."),
                answer=Answer.AMBIGUOUS,
                candidates=tuple(codes),
            )
        if found:
            return min(found, key=lambda one: (list(Answer).index(one.answer), one.rule))
        if unsure:
            return min(unsure, key=lambda one: one.rule)
        return nowhere(*end, refused or "No rules lead from what was said to this scheme.")


def _joined(first: Inference, second: Inference) -> Inference | None:
    """Two conversions, one after the other; None where both lose."""
    if second.answer not in WITH_CODE:
        return second
    if first.answer in LOSSY and second.answer in LOSSY:
        return None
    lossy = first if first.answer in LOSSY else second
    return replace(
        second,
        answer=lossy.answer,
        loss=lossy.loss,
        rule=f"{first.rule}; {second.rule}",
        rule_version=f"{first.rule_version}; {second.rule_version}",
        is_milder=lossy.is_milder,
    )


def _order(version: str) -> tuple[int, str]:
    """Versions in their order: numbers as numbers."""
    return (int(version), "") if version.isdigit() else (0, version)


def explain(inference: Inference, source_title: str, code_label: str) -> str:
    """One line for pages and exports: from what it was converted, and what is lost."""
    line = f"Converted from {source_title} {code_label}"
    return f"{line}: {inference.loss}" if inference.loss else f"{line}, which means the same."
