"""Nouns of review: each part keeps its own in a file beside this one."""

from __future__ import annotations

from clew.review.scheme_models import DeskSchemes, SchemeConfirmation, SchemeFile, Taxonomy
from clew.review.second_review_models import SecondLook, SecondReview
from clew.review.stack_models import Stack, StackedSubmission, StackMember, StackMove, StackSkip
from clew.review.statement_models import Basis, Decision, Statement
from clew.review.vote_models import Promotion, VoteCall

__all__ = [
    "Basis",
    "Decision",
    "DeskSchemes",
    "Promotion",
    "SchemeConfirmation",
    "SchemeFile",
    "SecondLook",
    "SecondReview",
    "Statement",
    "Taxonomy",
    "VoteCall",
    "Stack",
    "StackMember",
    "StackMove",
    "StackSkip",
    "StackedSubmission",
]
