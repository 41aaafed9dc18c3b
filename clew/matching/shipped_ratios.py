"""The ratio tables that come with Clew, as `bench/evidence.py` measured them on rendered rooms: a beginning, until an installation has its own."""

from __future__ import annotations

from pathlib import Path

from clew.matching.evidence_sources import Source
from clew.matching.ratio_table import RatioTable

_FOLDER = Path(__file__).parent / "ratios"


def shipped_tables() -> dict[Source, RatioTable]:
    """Source -> its table; sources that no trial has measured have none, and say nothing. Raises RatiosUnusable for a damaged file."""
    tables = [RatioTable.from_json(path.read_text()) for path in sorted(_FOLDER.glob("*.json"))]
    return {table.source: table for table in tables}
