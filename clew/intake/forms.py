"""The form that opens a submission: its case, its grounds, and with whom it is shared."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.http import QueryDict

from clew.access.data_protection import policy
from clew.access.models import Officer
from clew.access.purposes import purposes_offered
from clew.catalogue.actions import Grounds
from clew.catalogue.forms import RuleForm
from clew.catalogue.retention import Term


class SubmissionForm(RuleForm):
    """What an officer states before the first file is sent. Purpose and legal basis begin with what their unit has set."""

    case_reference = forms.CharField(
        label="Case reference", max_length=120, help_text="Your unit's own; an existing one is continued."
    )
    purpose = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"list": "purposes"}),
        help_text="One of the list, or your own words.",
    )
    legal_basis = forms.CharField(
        label="Legal basis", max_length=300, help_text="The law and the decision on which you process this material."
    )
    review_on = forms.DateField(
        label="Review on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="When your unit is asked whether the case is still needed. Empty: half a year before it expires.",
    )
    collection = forms.ChoiceField(
        required=False,
        choices=lambda: [
            ("", "As the policy says"),
            *((found.key, found.words) for found in policy().collections.values()),
        ],
        help_text="Of a new case: for how long it is kept at most.",
    )
    keep_until = forms.DateField(
        label="Keep until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Of a new case: a day earlier than its collection's. May stay empty.",
    )

    def __init__(self, stated: QueryDict | None, *, officer: Officer, **more: Any) -> None:
        unit = officer.unit
        initial = {
            "purpose": unit.purpose_default or "victim-identification",
            "legal_basis": unit.legal_basis_default,
        }
        super().__init__(stated, officer=officer, initial=initial, **more)
        self.purposes = purposes_offered()

    def grounds(self) -> Grounds:
        """The owned columns as chosen."""
        chosen = self.cleaned_data
        return Grounds(
            **asdict(self.rule()),
            purpose=chosen["purpose"].strip(),
            review_on=chosen["review_on"],
            term=Term(chosen["collection"], chosen["keep_until"]),
        )
