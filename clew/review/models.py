"""Nouns of review: each part keeps its own in a file beside this one."""

from __future__ import annotations

from clew.review.exposure_models import Duty, Exposure, ExposureRule, Shown
from clew.review.outcome_models import OutcomeNotice, Worked
from clew.review.second_review_models import SecondLook, SecondReview
from clew.review.statement_models import Basis, Decision, Statement

__all__ = [
    "Basis",
    "Decision",
    "Duty",
    "Exposure",
    "ExposureRule",
    "OutcomeNotice",
    "SecondLook",
    "SecondReview",
    "Shown",
    "Statement",
    "Worked",
]
