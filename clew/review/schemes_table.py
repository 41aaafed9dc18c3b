"""The reference of schemes, made from their data: every code with its meaning, and what each conversion gives and loses.

`python -m clew.review.schemes_table` prints it; a test holds `docs/reference/schemes.md` against it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from clew.review.rule_book import Rule, RuleSet
from clew.review.scheme_nouns import Scheme
from clew.review.votes import vote_rules

HEAD = """# Schemes

Made from the data in `clew/review/schemes` by `python -m clew.review.schemes_table`; a test holds the two together. Labels and definitions are our own words; what a source calls a
code otherwise is quoted. *Weight* is Clew's neutral order of gravity, 0 (none) to 4 (gravest), by which exposure is counted and the desk ordered. A code marked *unverified* is borne
out by no public source: nobody decides in it before the national administrator of their organisation has confirmed it ([how](../how-to/schemes.md)). From a code marked *says nothing*
nothing follows, and nobody decides in it.
"""


def table() -> str:
    """The whole page, as Markdown."""
    from clew.review.inference import rule_book
    from clew.review.schemes import all_schemes

    parts = [HEAD]
    parts += [_scheme(scheme) for scheme in all_schemes()]
    parts.append(
        "\n# Conversions\n\nThe first rule that fits answers. What is ambiguous or impossible is never guessed; what is milder says so.\n"
    )
    parts += [_rules(rules) for rules in rule_book().rule_sets()]
    parts.append(
        "\n# Votes\n\n| rule | for what | votes | countries or agencies | against | blind | source |\n|---|---|---|---|---|---|---|\n"
    )
    parts += [
        f"| {one.key} {one.version} | {one.purpose} | {one.votes_min} | {one.bodies_min} | {one.against_max} | {'yes' if one.is_blind else 'no'} | {one.source} |\n"
        for one in vote_rules()
    ]
    return "".join(parts)


def _scheme(scheme: Scheme) -> str:
    where = scheme.jurisdiction or "international"
    head = f"\n## {scheme.title}\n\n`{scheme.key}` version `{scheme.version}`, {where}, {scheme.language}. Source: {scheme.source}.\n"
    if not scheme.codes:
        return head
    return head + "\n| code | label | meaning | weight | key |\n|---|---|---|---|---|\n" + "".join(_codes(scheme))


def _codes(scheme: Scheme) -> Iterator[str]:
    for one in scheme.codes:
        marks = [
            f"“{one.literal}” in its source" if one.literal else "",
            "" if one.is_verified else "*unverified*",
            "" if one.is_assessment else "*says nothing*",
        ]
        label = ", ".join([one.label, *filter(None, marks)])
        yield f"| `{one.code}` | {label} | {one.definition} | {one.severity} | {one.digit} |\n"


def _rules(rules: RuleSet) -> str:
    start = f"{rules.from_scheme} {rules.from_version}".strip()
    head = f"\n## {start} to {rules.to_scheme} {rules.to_version}\n\n`{rules.key}` version `{rules.version}`, by {rules.author}. Source: {rules.source}.\n"
    rows = "".join(
        f"| {', '.join(rule.codes)} | {_labels(rule)} | {rule.answer}{', milder' if rule.is_milder else ''} | {_found(rule)} | {rule.loss} |\n"
        for rule in rules.rules
    )
    return head + "\n| code | with labels | answer | code there | what is lost |\n|---|---|---|---|---|\n" + rows


def _labels(rule: Rule) -> str:
    parts = [" and ".join(rule.labels), f"any of {', '.join(rule.any_of)}" if rule.any_of else ""]
    parts.append(f"without {', '.join(rule.without)}" if rule.without else "")
    return "; ".join(filter(None, parts))


def _found(rule: Rule) -> str:
    return rule.gives or " or ".join(rule.candidates)


def main() -> None:
    """Print it."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clew.site.settings")
    django.setup()
    sys.stdout.write(table())


if __name__ == "__main__":
    main()
