"""Nouns of review: each part keeps its own in a file beside this one."""

from __future__ import annotations

from clew.review.second_review_models import SecondLook, SecondReview
from clew.review.stack_models import Stack, StackedSubmission, StackMember, StackMove, StackSkip
from clew.review.statement_models import Basis, Decision, Statement

__all__ = [
    "Basis",
    "Decision",
    "SecondLook",
    "SecondReview",
    "Stack",
    "StackMember",
    "StackMove",
    "StackSkip",
    "StackedSubmission",
    "Statement",
]
