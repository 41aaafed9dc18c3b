"""Nouns of review: each part keeps its own in a file beside this one."""

from __future__ import annotations

from clew.review.exposure_models import Duty, Exposure, ExposureRule, Shown
from clew.review.hotkeys_models import OwnKeys
from clew.review.outcome_models import OutcomeNotice, Worked
from clew.review.results_models import Result, ResultChunk
from clew.review.scheme_models import DeskSchemes, SchemeConfirmation, SchemeFile, Taxonomy
from clew.review.second_review_models import SecondLook, SecondReview
from clew.review.stack_models import SkipReason, Stack, StackedSubmission, StackMember, StackMove, StackSkip
from clew.review.statement_models import Basis, Decision, Statement
from clew.review.vote_models import Promotion, VoteCall

__all__ = [
    "Basis",
    "Decision",
    "DeskSchemes",
    "Duty",
    "Exposure",
    "ExposureRule",
    "OutcomeNotice",
    "OwnKeys",
    "Promotion",
    "Result",
    "ResultChunk",
    "SchemeConfirmation",
    "SchemeFile",
    "SecondLook",
    "SecondReview",
    "Shown",
    "SkipReason",
    "Stack",
    "StackMember",
    "StackMove",
    "StackSkip",
    "StackedSubmission",
    "Statement",
    "Taxonomy",
    "VoteCall",
    "Worked",
]
