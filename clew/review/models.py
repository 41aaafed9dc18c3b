"""Nouns of review: each part keeps its own in a file beside this one."""

from __future__ import annotations

from clew.review.results_models import Result, ResultChunk
from clew.review.second_review_models import SecondLook, SecondReview
from clew.review.statement_models import Basis, Decision, Statement

__all__ = ["Basis", "Decision", "Result", "ResultChunk", "SecondLook", "SecondReview", "Statement"]
