"""Telling results: as a table for people, as CSV for a spreadsheet, as JSON lines for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from enum import Enum
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

Result = dict[str, Any]
#: Where a spreadsheet would begin to calculate.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "path", "verdict", "reason", "basis", "distance", "threshold", "orientation", "variant", "met_later_at", "media", "series", "series_name", "state",
    "victim_identified", "offender_identified", "owner", "unit", "email", "phone", "parent",
)  # fmt: skip
#: Without a terminal a line is as wide as a printed page.
_PLAIN_WIDTH = 160
_STYLES = {"known": "bold red", "resembles": "yellow", "unreadable": "magenta", "new": ""}


class Form(Enum):
    """How results are told."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"

    @classmethod
    def of(cls, *, json: bool, csv: bool) -> Form:
        """The form the options ask for."""
        if json and csv:
            message = "--json and --csv exclude one another."
            raise typer.BadParameter(message)
        return cls.JSON if json else cls.CSV if csv else cls.TABLE


class Teller:
    """Tells results as they come and remembers how many there were of each verdict."""

    def __init__(self, form: Form, *, is_telling_new: bool = False, is_streaming: bool = False) -> None:
        self._form, self._is_streaming = form, is_streaming
        self._is_telling_new = is_telling_new
        self._counts: Counter[str] = Counter()
        self._rows: list[Result] = []
        self._writer = csv.writer(sys.stdout)
        if form is Form.CSV:
            self._writer.writerow(_COLUMNS)

    @property
    def has_met_something(self) -> bool:
        """Whether anything was known or resembled something."""
        return bool(self._counts["known"] or self._counts["resembles"])

    def tell(self, results: Sequence[Result]) -> None:
        """Tell these, or keep them for the table; a stream is told line by line."""
        for result in results:
            self._counts[result["verdict"]] += 1
            if self._form is Form.JSON:
                print(json.dumps(result, ensure_ascii=False))
            elif self._form is Form.CSV:
                self._writer.writerows(_lines(result))
            elif self._is_streaming:
                print(_line(result))
            elif self._is_telling_new or result["verdict"] != "new":
                self._rows.append(result)
        if self._form is not Form.TABLE:
            sys.stdout.flush()

    def count(self, verdict: str, number: int) -> None:
        """Count so many more that are not told one by one."""
        self._counts[verdict] += number

    def end(self, noun: str = "file") -> None:
        """The table and the counts."""
        total = sum(self._counts.values())
        counts = ", ".join(f"{self._counts[verdict]:,} {verdict}" for verdict in _STYLES)
        plural = "hashes" if noun == "hash" else f"{noun}s"
        words = f"{total:,} {noun if total == 1 else plural}: {counts}"
        if self._form is not Form.TABLE:
            print(words, file=sys.stderr)
            return
        console = Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False)
        if self._rows:
            console.print(_table(self._rows))
        console.print(Text(words))
        if self._counts["new"] and not self._is_telling_new and not self._is_streaming:
            console.print(Text("New files are not listed; --new lists them."))


def _table(results: Sequence[Result]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("verdict", "path", "why", "series", "held by"):
        table.add_column(heading, overflow="fold")
    for result in results:
        verdict = Text(result["verdict"], style=_STYLES[result["verdict"]])
        # Of several, one that leads to a series says most.
        nearest = next(
            (m for m in result["matches"] if m["series"]), result["matches"][0] if result["matches"] else None
        )
        more = len(result["matches"]) - 1
        held_by = Text(_holder(nearest) + (f" and {more} more" if more > 0 else "") if nearest else "")
        table.add_row(verdict, Text(printable(result["path"])), Text(result["reason"]), Text(_series(nearest)), held_by)
    return table


def _line(result: Result) -> str:
    told = f"{result['verdict']:<10} {printable(result['path'])}: {result['reason']}"
    nearest = next((m for m in result["matches"] if m["series"]), next(iter(result["matches"]), None))
    if nearest is None:
        return told
    more = len(result["matches"]) - 1
    series = f"; series {_series(nearest)}" if nearest["series"] else ""
    return f"{told}{series}; held by {_holder(nearest)}" + (f" and {more} more" if more > 0 else "")


def _series(match: Result | None) -> str:
    if match is None or match["series"] is None:
        return ""
    state = match["state"]
    identified = [who for who in ("victim", "offender") if state[f"{who}_identified"]]
    words = f"{' and '.join(identified)} identified" if identified else "nobody identified"
    return f"{match['series']['name']} ({state['series']}, {words})"


def _holder(match: Result) -> str:
    owner = match["owner"]
    if owner is None:
        return "another unit, unnamed; ask through Clew"
    return f"{owner['organisation']}, {owner['unit']} {owner['phone']} {owner['email']}"


def printable(text: str) -> str:
    """A path on one line: what would move the cursor or break the line is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _lines(result: Result) -> list[list[str]]:
    told, parent = [result["path"], result["verdict"], result["reason"]], result.get("parent") or ""
    if not result["matches"]:
        return [[_safe(cell) for cell in [*told, *[""] * (len(_COLUMNS) - len(told) - 1), parent]]]
    return [[_safe(cell) for cell in [*told, *_cells(match), parent]] for match in result["matches"]]


def _cells(match: Result) -> list[Any]:
    series, state, owner = match["series"] or {}, match["state"] or {}, match["owner"] or {}
    return [
        match["basis"], "" if match["distance"] is None else match["distance"], match["threshold"], match["orientation"], match["variant"],
        match["met_later_at"] or "", match["media"] or "",
        series.get("id", ""), series.get("name", ""), state.get("series", ""),
        _yes(state.get("victim_identified")), _yes(state.get("offender_identified")),
        *(owner.get(name, "") for name in ("organisation", "unit", "email", "phone")),
    ]  # fmt: skip


def _yes(is_so: bool | None) -> str:
    return "" if is_so is None else "yes" if is_so else "no"


def _safe(cell: Any) -> str:
    """A cell no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
