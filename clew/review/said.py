"""What is said of one content, laid out side by side for a page: by whom, in which scheme, on what basis, and what it means in one's own."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.catalogue.models import Media
from clew.review.models import Promotion, Statement
from clew.review.rule_book import Answer, Inference
from clew.review.scheme_nouns import CodeUnknown, Scheme, SchemeUnknown
from clew.review.schemes import desk_scheme, scheme_of
from clew.review.statements import standing_statements
from clew.review.status import Spoken, Status, conversion, status_of
from clew.review.taxonomies import taxonomies_of
from clew.review.taxonomy import LabelList
from clew.review.vote_queries import promotions_visible, veiled


@dataclass(frozen=True, slots=True)
class Line:
    """One statement as a page shows it."""

    statement: Statement
    #: What the code is called; the code itself where its scheme is not known here.
    label: str
    #: How the source of the scheme calls it, where that differs.
    literal: str
    is_own: bool
    #: Who said it, where they are of the viewer's organisation: other organisations answer for their officers.
    officer_name: str
    #: Somebody says another code of the same scheme of it.
    is_disputed: bool
    #: What it means in the viewer's scheme; None where it is said in that, or is unknown here.
    inference: Inference | None
    inferred_label: str


@dataclass(frozen=True, slots=True)
class Said:
    """All of it."""

    status: Status
    #: Title of scheme or taxonomy, with its version -> lines, newest first.
    lines: dict[str, list[Line]] = field(default_factory=dict)
    promotions: list[tuple[Promotion, str, str]] = field(default_factory=list)
    #: The officer is asked to vote, and sees what others say once they have.
    is_veiled: bool = False


def said_of(officer: Officer, media: Media) -> Said | None:
    """Everything that stands of a content, as far as the officer may see it; None for those who read no media. Inside the officer's scope."""
    if Permission.MEDIA_READ not in officer.permissions:
        return None
    stated = standing_statements(officer, [media.id]).get(media.id, [])
    desk, taxonomies = desk_scheme(officer), taxonomies_of(officer)
    labels = _labels(stated, taxonomies)
    disputed = _disputed(stated)
    names = dict(Officer.in_scope.filter(id__in={one.officer_id for one in stated}).values_list("id", "name"))
    lines: dict[str, list[Line]] = defaultdict(list)
    for one in stated:
        lines[_title(one, taxonomies)].append(_line(officer, one, desk, labels, taxonomies, disputed, names))
    is_veiled = bool(veiled(officer, [media.id]))
    confirmed = [] if is_veiled else list(promotions_visible(officer, [media.id]))
    return Said(
        status=status_of(desk, [_spoken(officer, one) for one in stated if not one.slot], labels),
        lines=dict(lines),
        promotions=[(one, *_names(one.scheme, one.scheme_version, one.code)) for one in confirmed],
        is_veiled=is_veiled,
    )


def _spoken(officer: Officer, one: Statement) -> Spoken:
    is_own = one.owner_organisation_id == officer.organisation_id
    return Spoken(one.scheme, one.scheme_version, one.code, is_own)


def _line(
    officer: Officer,
    one: Statement,
    desk: Scheme,
    labels: frozenset[str],
    taxonomies: Sequence[LabelList],
    disputed: set[tuple[str, str]],
    names: dict[uuid.UUID, str],
) -> Line:
    label, literal = _label(one, taxonomies)
    inference = None
    if not one.slot and (one.scheme, one.scheme_version) != (desk.key, desk.version):
        inference = conversion(desk, _spoken(officer, one), labels)
    return Line(
        statement=one,
        label=label,
        literal=literal,
        is_own=one.officer_id == officer.pk,
        officer_name=names.get(one.officer_id, ""),
        is_disputed=(one.scheme, one.scheme_version) in disputed and not one.slot,
        inference=inference
        if inference is None or inference.answer is not Answer.IMPOSSIBLE or inference.rule
        else None,
        inferred_label=desk.code(inference.code).label if inference and inference.code else "",
    )


def _disputed(stated: Sequence[Statement]) -> set[tuple[str, str]]:
    """Scheme versions in which different codes are said of the whole, or of the same part."""
    codes: dict[tuple[str, str, int | None, int | None], set[str]] = defaultdict(set)
    for one in stated:
        if not one.slot:
            codes[one.scheme, one.scheme_version, one.start_ms, one.end_ms].add(one.code)
    return {(scheme, version) for (scheme, version, _, _), said in codes.items() if len(said) > 1}


def _labels(stated: Sequence[Statement], taxonomies: Sequence[LabelList]) -> frozenset[str]:
    """The labels stated, with all under which they stand."""
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in stated:
        if one.slot:
            said[one.scheme, one.scheme_version].add(one.code)
    known = {(one.key, one.version): one for one in taxonomies}
    return frozenset(
        f"{key}:{id_}"
        for (key, version), ids in said.items()
        for id_ in (known[key, version].with_those_above(ids) if (key, version) in known else ids)
    )


def _title(one: Statement, taxonomies: Sequence[LabelList]) -> str:
    if one.slot:
        titles = [known.title for known in taxonomies if (known.key, known.version) == (one.scheme, one.scheme_version)]
        return f"{titles[0] if titles else one.scheme}, version {one.scheme_version}"
    return f"{_names(one.scheme, one.scheme_version, one.code)[0]}, version {one.scheme_version}"


def _label(one: Statement, taxonomies: Sequence[LabelList]) -> tuple[str, str]:
    if not one.slot:
        _, label = _names(one.scheme, one.scheme_version, one.code)
        try:
            return label, scheme_of(one.scheme, one.scheme_version).code(one.code).literal
        except (SchemeUnknown, CodeUnknown):
            return label, ""
    for known in taxonomies:
        if (known.key, known.version) == (one.scheme, one.scheme_version):
            return next((label.label for label in known.labels if label.id == one.code), one.code), ""
    return one.code, ""


def _names(scheme: str, version: str, code: str) -> tuple[str, str]:
    """The scheme's title and the code's label; what stands in the row where this installation does not know them."""
    try:
        known = scheme_of(scheme, version)
        return known.title, known.code(code).label
    except (SchemeUnknown, CodeUnknown):
        return scheme, code
