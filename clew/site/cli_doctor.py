"""`clew doctor`: what works on this machine and what does not, in one table. It looks only; it needs neither database nor installation."""

from __future__ import annotations

import json as json_
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clew.access.declared import Who, command

if TYPE_CHECKING:
    from clew.site.findings import Finding

_STYLES = {"well": "green", "not yet": "", "unknown": "yellow", "bad": "bold red"}
#: Without a terminal a line is as wide as a printed page.
_PLAIN_WIDTH = 160


@command(Who.ANYBODY, "site:machine:examine")
def doctor(json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """What works on this machine and what does not. Changes nothing. Exit status 1 if somebody should look at something."""
    from clew.site.doctor_installation import installation_findings
    from clew.site.doctor_machine import machine_findings
    from clew.site.home import chosen_path

    path = chosen_path()
    findings = [*machine_findings(path), *installation_findings(path)]
    is_well = all(one.is_fine for one in findings)
    if json:
        told = [{"name": one.name, "outcome": one.outcome.value, "words": one.words} for one in findings]
        print(json_.dumps({"is_well": is_well, "findings": told}, ensure_ascii=False))
    else:
        _tell(findings)
    raise typer.Exit(0 if is_well else 1)


def _tell(findings: Sequence[Finding]) -> None:
    console = Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("what", "how", "found"):
        table.add_column(heading, overflow="fold")
    for one in findings:
        table.add_row(one.name, Text(one.outcome.value, style=_STYLES[one.outcome.value]), Text(one.words))
    console.print(table)
