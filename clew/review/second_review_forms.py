"""The form from which a second review is drawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from clew.kernel.clock import now
from clew.kernel.limits import SECOND_REVIEW_MEDIA_MAX
from clew.review.schemes import all_schemes


class SecondReviewForm(forms.Form):
    """Which decisions are judged again."""

    scheme = forms.ChoiceField()
    made_from = forms.DateField(label="Decided from", widget=forms.DateInput(attrs={"type": "date"}))
    made_to = forms.DateField(label="Up to and with", widget=forms.DateInput(attrs={"type": "date"}))
    number = forms.IntegerField(label="Pictures", min_value=1, max_value=SECOND_REVIEW_MEDIA_MAX)
    is_blind = forms.BooleanField(
        label="Blind", required=False, help_text="Whoever judges again does not see what was said first."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = {scheme.key: scheme.title for scheme in all_schemes()}
        self.fields["scheme"].choices = sorted(titles.items(), key=lambda named: named[1])  # type: ignore[attr-defined]  # a ChoiceField

    def drawing(self) -> dict[str, Any]:
        """As `draw_second_review` takes it: whole days, in UTC."""
        chosen = self.cleaned_data
        return {
            "scheme": chosen["scheme"],
            "made_from": _begin(chosen["made_from"]),
            "made_to": _begin(chosen["made_to"] + dt.timedelta(days=1)),
            "number": chosen["number"],
            "is_blind": chosen["is_blind"],
        }


def last_month() -> dict[str, Any]:
    """What is offered: fifty pictures of the last thirty days, blind."""
    today = now().date()
    return {"made_from": today - dt.timedelta(days=30), "made_to": today, "number": 50, "is_blind": True}


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
