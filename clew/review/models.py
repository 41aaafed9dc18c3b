"""Nouns of review: each part keeps its own in a file beside this one."""

from __future__ import annotations

from clew.review.statement_models import Basis, Decision, Statement

__all__ = ["Basis", "Decision", "Statement"]
