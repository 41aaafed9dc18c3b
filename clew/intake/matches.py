"""Matches as they are kept: what a hit says of how it was found, and how much of it the sender was told."""

from __future__ import annotations

from typing import Any

from clew.intake.models import Match, Verdict
from clew.intake.rules import Hit
from clew.kernel.ids import new_id


def match_of(verdict: Verdict, hit: Hit, quality: int | None, **changes: Any) -> Match:
    """The row for a hit of a verdict's file, whose look has this quality; not yet saved."""
    candidate = hit.candidate
    columns: dict[str, Any] = {
        "id": new_id(),
        "verdict": verdict,
        "owner_organisation_id": verdict.owner_organisation_id,
        "media_id": candidate.media_id,
        "series_id": hit.series_id,
        "holder_unit_id": hit.holder_unit_id,
        "basis": candidate.basis,
        "distance": candidate.distance,
        "orientation": candidate.orientation,
        "quality": quality,
        "quality_held": candidate.quality_held,
        "threshold": hit.threshold,
        "variant": candidate.variant,
        "time_ms": candidate.time_ms,
        "time_held_ms": candidate.time_held_ms,
        "film": candidate.film.as_json() if candidate.film else None,
        "fit": candidate.fit.as_json() if candidate.fit else None,
        "level": hit.level.value,
    }
    return Match(**{**columns, **changes})
