"""The form that opens a submission: its case, its grounds, and with whom it is shared."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from clew.access.models import Confidentiality, Officer, Organisation, SharingGroup
from clew.access.ownership import Outside, Sharing
from clew.access.queries import groups_to_share_with, organisations_to_share_with
from clew.catalogue.actions import Grounds


class SubmissionForm(forms.Form):
    """What an officer states before the first file is sent. The choices of audience are those the officer may know of."""

    case_reference = forms.CharField(
        label="Case reference", max_length=120, help_text="Your unit's own; an existing one is continued."
    )
    purpose = forms.CharField(max_length=200, initial="victim identification")
    legal_basis = forms.CharField(
        label="Legal basis", max_length=300, help_text="The law and the decision on which you process this material."
    )
    confidentiality = forms.ChoiceField(
        choices=Confidentiality.choices, initial=Confidentiality.RESTRICTED, widget=forms.RadioSelect
    )
    sharing = forms.ChoiceField(
        label="Shared with", choices=Sharing.choices, initial=Sharing.NOBODY, widget=forms.RadioSelect
    )
    audience_organisations: forms.ModelMultipleChoiceField[Organisation] = forms.ModelMultipleChoiceField(
        label="Organisations", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    audience_groups: forms.ModelMultipleChoiceField[SharingGroup] = forms.ModelMultipleChoiceField(
        label="Groups", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    outside = forms.ChoiceField(
        label="Everyone else, when they meet it, is told",
        choices=Outside.choices,
        initial=Outside.CONTACT,
        widget=forms.RadioSelect,
    )
    review_on = forms.DateField(
        label="Review on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="When somebody should ask whether this is still needed. May stay empty.",
    )

    def __init__(self, stated: QueryDict | None, *, officer: Officer) -> None:
        super().__init__(stated, label_suffix="")
        self._audience("audience_organisations").queryset = organisations_to_share_with(officer)
        self._audience("audience_groups").queryset = groups_to_share_with(officer)

    def _audience(self, name: str) -> forms.ModelMultipleChoiceField[Any]:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        return field

    def clean(self) -> dict[str, Any]:
        """Refuse "named ones" without a name: an empty list would mean nobody, which the officer did not say."""
        cleaned: dict[str, Any] = super().clean() or {}
        named = cleaned.get("audience_organisations") or cleaned.get("audience_groups")
        if cleaned.get("sharing") == Sharing.LISTED and not named:
            self.add_error("sharing", "Name at least one organisation or group, or share with nobody.")
        return cleaned

    def grounds(self) -> Grounds:
        """The owned columns as chosen; an audience that was ticked before the rule was changed counts for nothing."""
        chosen = self.cleaned_data
        listed = chosen["sharing"] == Sharing.LISTED
        return Grounds(
            purpose=chosen["purpose"].strip(),
            confidentiality=chosen["confidentiality"],
            sharing=chosen["sharing"],
            audience_organisations=[found.id for found in chosen["audience_organisations"]] if listed else [],
            audience_groups=[found.id for found in chosen["audience_groups"]] if listed else [],
            outside=chosen["outside"],
            review_on=chosen["review_on"],
        )
