"""Inference for the house: the rules that come with Clew and those of the installation, read and proved once in a process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from clew.review.inference_rules import read_rule_set
from clew.review.rule_book import LABELS, LOSSY, WITH_CODE, Answer, Inference, RuleBook, RulesUnknown
from clew.review.scheme_files import files_of
from clew.review.schemes import all_schemes

__all__ = [
    "LABELS",
    "LOSSY",
    "WITH_CODE",
    "Answer",
    "Inference",
    "RuleBook",
    "RulesUnknown",
    "infer",
    "replay",
    "rule_book",
]


@cache
def rule_book() -> RuleBook:
    """All rules, over all schemes. Raises `RulesBroken` where a file of the installation cannot be used."""
    schemes = {(scheme.key, scheme.version): scheme for scheme in all_schemes()}
    return RuleBook(
        schemes.values(), [read_rule_set(file.content, file.name, schemes) for file in files_of("rules", ".toml")]
    )


def infer(
    statement_scheme: str, version: str, code: str, labels: Iterable[str] = (), *, to: str, to_version: str = ""
) -> Inference:
    """What a code stated in one scheme, with these labels (`taxonomy:label`), means in the scheme `to`, the newest version where none is named.

    `LABELS` as the scheme: what the labels alone mean. Raises `SchemeUnknown`, `CodeUnknown`; that nothing follows is an answer.
    """
    return rule_book().infer(statement_scheme, version, code, labels, to=to, to_version=to_version)


def replay(rule_set: str, rule_version: str, code: str, labels: Iterable[str] = ()) -> Inference:
    """What a version of a rule set, also one that is no longer in use, concludes. Raises `RulesUnknown`."""
    return rule_book().replay(rule_set, rule_version, code, labels)
