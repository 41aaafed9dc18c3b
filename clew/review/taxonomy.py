"""A taxonomy as it is read from a file (CSV or JSON, shaped like the UCS): labels that describe what is there. Pure; refused as a whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from clew.kernel.errors import ClewError
from clew.kernel.limits import TAXONOMY_BYTES_MAX, TAXONOMY_LABELS_MAX
from clew.review.wording import refused_terms

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TEXT_CHARACTERS_MAX = {"section": 60, "label": 120, "definition": 1000, "version": 40}


class TaxonomyBroken(ClewError):
    """The taxonomy cannot be read, at {place}: {fault}. Nothing of it was kept. Correct the file and bring it again."""

    status = 422


class LabelUnknown(ClewError):
    """The taxonomy {taxonomy} has no label {label}. Nothing was changed. Choose one of its labels."""

    status = 422


@dataclass(frozen=True, slots=True)
class Label:
    """One label: what it is called, what it means, and under which it stands."""

    id: str
    #: The label above it; empty at the top.
    parent: str
    section: str
    label: str
    definition: str
    version: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelList:
    """One version of a taxonomy."""

    key: str
    version: str
    title: str
    labels: tuple[Label, ...]
    #: SHA-256 of the file, in hexadecimal.
    digest: str

    def label(self, id_: str) -> Label:
        """One of its labels. Raises `LabelUnknown`."""
        for one in self.labels:
            if one.id == id_:
                return one
        raise LabelUnknown(taxonomy=self.title, label=id_)

    def with_those_above(self, ids: Iterable[str]) -> frozenset[str]:
        """The labels with all under which they stand: a bedroom is a room."""
        above = {one.id: one.parent for one in self.labels}
        found: set[str] = set()
        for id_ in ids:
            at = id_
            while at and at not in found:
                found.add(at)
                at = above.get(at, "")
        return frozenset(found)


_COLUMNS = [field.name for field in fields(Label)]


def read_taxonomy(content: bytes, *, key: str, title: str) -> LabelList:
    """The taxonomy in a file, whole or not at all. Raises `TaxonomyBroken` with the place of the first fault."""
    if not _ID.fullmatch(key) or not title.strip():
        raise TaxonomyBroken(
            place="its name", fault="a key of letters, digits, dots and dashes, and a title, are needed"
        )
    if len(content) > TAXONOMY_BYTES_MAX:
        raise TaxonomyBroken(place="the whole", fault=f"it has more than {TAXONOMY_BYTES_MAX:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise TaxonomyBroken(place=f"byte {wrong.start + 1}", fault="it is not UTF-8") from None
    rows = _json_rows(text) if text.lstrip()[:1] in {"[", "{"} else _csv_rows(text)
    labels = tuple(_label(place, row) for place, row in rows)
    _refuse_whole(labels, [place for place, _ in rows])
    return LabelList(key, labels[0].version, title.strip(), labels, hashlib.sha256(content).hexdigest())


def rows_of(taxonomy: LabelList) -> list[dict[str, Any]]:
    """Its labels as JSON, as they are kept."""
    return [asdict(one) for one in taxonomy.labels]


def label_of(row: dict[str, Any]) -> Label:
    """A label from the row that was kept."""
    return Label(**{**row, "languages": tuple(row["languages"])})


def _csv_rows(text: str) -> list[tuple[str, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if reader.fieldnames is None or sorted(reader.fieldnames) != sorted(_COLUMNS):
            raise TaxonomyBroken(place="line 1", fault=f"the columns must be {', '.join(_COLUMNS)}")
        rows = [(f"line {reader.line_num}", row) for row in reader]
    except csv.Error as wrong:
        raise TaxonomyBroken(place=f"line {reader.reader.line_num}", fault=str(wrong)) from None
    for place, row in rows:
        if None in row or None in row.values():
            raise TaxonomyBroken(place=place, fault=f"it has not {len(_COLUMNS)} fields")
    return rows


def _json_rows(text: str) -> list[tuple[str, dict[str, Any]]]:
    try:
        table = json.loads(text)
    except ValueError as wrong:
        line = getattr(wrong, "lineno", 1)
        raise TaxonomyBroken(place=f"line {line}", fault="it is not JSON") from None
    except RecursionError:
        raise TaxonomyBroken(place="the whole", fault="it is nested too deeply") from None
    listed = table.get("labels") if isinstance(table, dict) else table
    if not isinstance(listed, list):
        raise TaxonomyBroken(place="the whole", fault="a list of labels is needed")
    for number, row in enumerate(listed, start=1):
        if not isinstance(row, dict) or sorted(row) != sorted(_COLUMNS):
            raise TaxonomyBroken(place=f"label {number}", fault=f"its keys must be {', '.join(_COLUMNS)}")
    return [(f"label {number}", row) for number, row in enumerate(listed, start=1)]


def _label(place: str, row: dict[str, Any]) -> Label:
    told = {name: row[name] for name in _COLUMNS if name != "languages"}
    for name, words in told.items():
        if not isinstance(words, str):
            raise TaxonomyBroken(place=place, fault=f"{name} is not text")
        if any(unicodedata.category(one).startswith("C") for one in words):
            raise TaxonomyBroken(place=place, fault=f"{name} holds characters that cannot be seen")
        told[name] = words.strip()
        if len(told[name]) > _TEXT_CHARACTERS_MAX.get(name, 60) or (not told[name] and name != "parent"):
            raise TaxonomyBroken(place=place, fault=f"{name} is empty or too long")
    for name in ("id", "parent"):
        if told[name] and not _ID.fullmatch(told[name]):
            raise TaxonomyBroken(place=place, fault=f"{name} may have letters, digits, dots and dashes alone")
    if refused := refused_terms(f"{told['label']} {told['definition']}"):
        raise TaxonomyBroken(
            place=place,
            fault=f"it is worded as the guidelines refuse; write {refused[0].say}, or put another's words in quotation marks",
        )
    return Label(**told, languages=_languages(place, row["languages"]))


def _languages(place: str, told: object) -> tuple[str, ...]:
    listed = re.split(r"[\s|;,]+", told.strip()) if isinstance(told, str) else told
    if not isinstance(listed, list) or not all(isinstance(one, str) and _LANGUAGE.fullmatch(one) for one in listed):
        raise TaxonomyBroken(place=place, fault="languages must be codes such as en or pt-BR")
    return tuple(listed)


def _refuse_whole(labels: tuple[Label, ...], places: list[str]) -> None:
    """What only shows over all labels: none, too many, twice the same, two versions, a parent that is missing or below its own child."""
    if not 0 < len(labels) <= TAXONOMY_LABELS_MAX:
        raise TaxonomyBroken(place="the whole", fault=f"it must hold 1 to {TAXONOMY_LABELS_MAX:,} labels")
    above: dict[str, str] = {}
    for one, place in zip(labels, places, strict=True):
        if one.id in above:
            raise TaxonomyBroken(place=place, fault=f"the label {one.id} stands there twice")
        if one.version != labels[0].version:
            raise TaxonomyBroken(
                place=place, fault=f"it is of version {one.version}, the first label of {labels[0].version}"
            )
        above[one.id] = one.parent
    proved: set[str] = set()
    for one, place in zip(labels, places, strict=True):
        way, at = [], one.id
        while at and at not in proved:
            if at not in above:
                raise TaxonomyBroken(place=place, fault=f"there is no label {at} for it to stand under")
            if at in way:
                raise TaxonomyBroken(place=place, fault=f"the label {at} stands under itself")
            way.append(at)
            at = above[at]
        proved.update(way)
