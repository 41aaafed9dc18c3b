"""Forms of exposure: what an organisation allows, and when an officer's shift ends."""

from __future__ import annotations

from django import forms

from clew.kernel.limits import SHIFT_MINUTES_MAX
from clew.review.exposure_oversight import BOUNDS
from clew.review.exposure_rules import Allowed

_WORDS = {
    "day_points_max": "Points a day",
    "week_points_max": "Points a week",
    "break_after_minutes": "A break is due after so many minutes",
    "break_minutes": "A break takes so many minutes",
    "stop_minutes": "Nothing grave in the last so many minutes of a shift",
}


class RuleForm(forms.Form):
    """What an organisation allows its officers."""

    def __init__(self, stated: object = None, *, initial: dict[str, int] | None = None) -> None:
        super().__init__(stated, initial=initial, label_suffix="")  # type: ignore[arg-type]  # a QueryDict or nothing
        for name, (least, most) in BOUNDS.items():
            self.fields[name] = forms.IntegerField(
                label=_WORDS[name], min_value=least, max_value=most, help_text=f"{least:,} to {most:,}"
            )

    def stated(self) -> Allowed:
        """As stated."""
        return Allowed(**self.cleaned_data)


class ShiftForm(forms.Form):
    """In how many minutes a shift ends."""

    minutes = forms.IntegerField(
        label="My shift ends in so many minutes (0: none is planned)", min_value=0, max_value=SHIFT_MINUTES_MAX
    )
