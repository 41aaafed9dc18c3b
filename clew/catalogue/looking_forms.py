"""Forms of looking: an organisation's minimum, and what officers choose for themselves."""

from __future__ import annotations

from django import forms

from clew.catalogue.look_minimum import Minimum, OwnChoice
from clew.catalogue.looking_models import STEP_CHOICES
from clew.kernel.limits import LOOK_HIDDEN_AFTER_SECONDS_MAX, LOOK_HIDDEN_AFTER_SECONDS_MIN


def _step(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=STEP_CHOICES, coerce=int)


class MinimumForm(forms.Form):
    """What an organisation demands of every look."""

    first_step = _step("The first look shows at most")
    grid_step = _step("Pictures in grids become at most")
    colour_needs_reason = forms.BooleanField(label="Colour needs a stated reason", required=False)
    colour_of_known = forms.BooleanField(
        label="Colour may be shown of what is known: decided, or of a series that is identified or closed",
        required=False,
    )

    def stated(self) -> Minimum:
        """The minimum as stated."""
        return Minimum(**self.cleaned_data)


class OwnChoiceForm(forms.Form):
    """What an officer chooses."""

    first_step = _step("The first look shows at most")
    grid_step = _step("Pictures in grids become at most")
    fills_grids = forms.BooleanField(label="Grids fill themselves with outlines", required=False)
    hides_on_leave = forms.BooleanField(label="A picture hides when the pointer leaves it", required=False)
    hidden_after_seconds = forms.IntegerField(
        label="A picture hides by itself after so many seconds",
        min_value=LOOK_HIDDEN_AFTER_SECONDS_MIN,
        max_value=LOOK_HIDDEN_AFTER_SECONDS_MAX,
    )

    def chosen(self) -> OwnChoice:
        """The choice as made."""
        return OwnChoice(**self.cleaned_data)
