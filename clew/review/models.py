"""Nouns of review: each part keeps its own in a file beside this one."""

from __future__ import annotations

from clew.review.search_models import (
    Likeness,
    LikenessHit,
    LikenessOf,
    SavedRun,
    SavedSearch,
    SearchStep,
    SearchWord,
    WordsDue,
)
from clew.review.second_review_models import SecondLook, SecondReview
from clew.review.statement_models import Basis, Decision, Statement

__all__ = [
    "Basis",
    "Decision",
    "Likeness",
    "LikenessHit",
    "LikenessOf",
    "SavedRun",
    "SavedSearch",
    "SearchStep",
    "SearchWord",
    "SecondLook",
    "SecondReview",
    "Statement",
    "WordsDue",
]
