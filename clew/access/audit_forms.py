"""Forms of the auditor's pages: which entries are wanted, and what is drawn for a spot check."""

from __future__ import annotations

import datetime as dt

from django import forms

from clew.access.audit_queries import Wanted
from clew.kernel.clock import now
from clew.kernel.limits import SPOT_CHECK_ENTRIES_MAX

_OUTCOMES = (("", "All"), ("refused", "Refused ones"))


class EntriesForm(forms.Form):
    """Which entries; every field may stay empty."""

    officer = forms.UUIDField(required=False, widget=forms.Select)
    country = forms.UUIDField(label="Organisation", required=False, widget=forms.Select)
    record = forms.UUIDField(required=False, help_text="The id of a record, as pages and entries show it.")
    verb = forms.CharField(required=False, max_length=80)
    outcome = forms.ChoiceField(required=False, choices=_OUTCOMES)
    at_from = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    at_to = forms.DateField(label="Up to and with", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def wanted(self) -> Wanted:
        """As the query takes it; fields that were not understood are told and count as empty."""
        chosen = self.cleaned_data
        return Wanted(
            officer_id=chosen.get("officer"),
            subject_id=chosen.get("record"),
            organisation_id=chosen.get("country"),
            verb=chosen.get("verb", ""),
            outcome=chosen.get("outcome", ""),
            at_from=_begin(chosen.get("at_from")),
            at_to=_begin(chosen.get("at_to"), days=1),
            before=chosen.get("before"),
        )


class DrawForm(forms.Form):
    """What a spot check is drawn from."""

    at_from = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    at_to = forms.DateField(label="Up to and with", widget=forms.DateInput(attrs={"type": "date"}))
    number = forms.IntegerField(label="Entries", min_value=1, max_value=SPOT_CHECK_ENTRIES_MAX)

    def times(self) -> tuple[dt.datetime, dt.datetime]:
        """The moments between which entries are drawn."""
        begin, end = _begin(self.cleaned_data["at_from"]), _begin(self.cleaned_data["at_to"], days=1)
        assert begin is not None
        assert end is not None
        return begin, end


def last_week() -> dict[str, object]:
    """What is offered: the last seven days, ten entries."""
    today = now().date()
    return {"at_from": today - dt.timedelta(days=7), "at_to": today, "number": 10}


def _begin(day: dt.date | None, *, days: int = 0) -> dt.datetime | None:
    return dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), dt.UTC) if day else None
