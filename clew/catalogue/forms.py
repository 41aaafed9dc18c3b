"""Forms of the catalogue: the rule that says who may know of something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from clew.access.models import Officer, Organisation, SharingGroup
from clew.access.ownership import Confidentiality, Outside, Sharing
from clew.access.queries import groups_to_share_with, organisations_to_share_with
from clew.catalogue.sharing import Rule


class RuleForm(forms.Form):
    """With whom something is shared. The choices of audience are those the officer may know of."""

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
    release_only = forms.BooleanField(
        label="Released only to those named: to everyone else it does not exist, whatever else says otherwise",
        required=False,
    )
    outside = forms.ChoiceField(
        label="Everyone else, when they meet it, is told",
        choices=Outside.choices,
        initial=Outside.CONTACT,
        widget=forms.RadioSelect,
    )
    denied_organisations: forms.ModelMultipleChoiceField[Organisation] = forms.ModelMultipleChoiceField(
        label="Never", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, stated: QueryDict | None, *, officer: Officer, initial: dict[str, Any] | None = None, **more: Any
    ) -> None:
        super().__init__(stated, label_suffix="", initial=initial, **more)
        self._audience("audience_organisations").queryset = organisations_to_share_with(officer)
        self._audience("denied_organisations").queryset = organisations_to_share_with(officer)
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
        elif cleaned.get("release_only") and (cleaned.get("sharing") == Sharing.NOBODY or not named):
            self.add_error("release_only", "Name those to whom it is released.")
        return cleaned

    def rule(self) -> Rule:
        """The rule as chosen; an audience that was ticked before the rule was changed counts for nothing."""
        chosen = self.cleaned_data
        counts = chosen["sharing"] == Sharing.LISTED or chosen["release_only"]
        return Rule(
            confidentiality=chosen["confidentiality"],
            sharing=chosen["sharing"],
            outside=chosen["outside"],
            audience_organisations=[found.id for found in chosen["audience_organisations"]] if counts else [],
            audience_groups=[found.id for found in chosen["audience_groups"]] if counts else [],
            release_only=chosen["release_only"],
            denied_organisations=[found.id for found in chosen["denied_organisations"]],
        )
