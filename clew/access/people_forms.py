"""Forms about people: a new account, a unit, rights, a certification, a key."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict

from clew.access.enlistment import Newcomer
from clew.access.grants import clearances_within, grantable_roles
from clew.access.models import Confidentiality, Officer, OrganisationKind, Unit
from clew.access.people_queries import units_of
from clew.kernel.clock import now
from clew.kernel.limits import KEY_CALLS_PER_HOUR_DEFAULT, KEY_CALLS_PER_HOUR_MAX, KEY_DAYS_DEFAULT, KEY_DAYS_MAX


def role_words(role: str) -> str:
    """A role as people read it."""
    return role.replace("_", " ").capitalize()


def role_choices(officer: Officer) -> list[tuple[str, str]]:
    """The roles an officer may grant in their own organisation."""
    return [(role, role_words(role)) for role in sorted(grantable_roles(officer.roles, officer.organisation.kind))]


def clearance_choices(officer: Officer) -> list[tuple[str, str]]:
    """The clearances an officer may give."""
    return [(level, str(Confidentiality(level).label)) for level in clearances_within(officer.clearance)]


class AccountForm(forms.Form):
    """Who somebody is, for a new account."""

    username = forms.CharField(
        label="Signs in as", max_length=80, help_text="Such as ingrid.dahl; it is never given again."
    )
    name = forms.CharField(max_length=120)
    email = forms.EmailField(
        label="E-mail address",
        help_text="Accounts with the same address are taken for one person's, wherever they are.",
    )

    def newcomer(self, **more: Any) -> Newcomer:
        """The person as enlistment takes them."""
        named = {name: self.cleaned_data[name] for name in ("username", "name", "email")}
        return Newcomer(**named, **more)


class EnlistForm(AccountForm):
    """A new account in a unit of one's own organisation."""

    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(queryset=Unit.objects.none(), empty_label=None)
    roles = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    clearance = forms.ChoiceField(widget=forms.RadioSelect, initial=Confidentiality.RESTRICTED)
    second_account_of = forms.CharField(
        required=False, max_length=80, help_text="If this person has another account in your organisation: its name."
    )

    def __init__(self, posted: QueryDict | None, *, officer: Officer) -> None:
        super().__init__(posted)
        self.fields["unit"].queryset = units_of(officer)  # type: ignore[attr-defined]
        self.fields["roles"].choices = role_choices(officer)  # type: ignore[attr-defined]
        self.fields["clearance"].choices = clearance_choices(officer)  # type: ignore[attr-defined]


class UnitForm(forms.Form):
    """A unit with the contact others are given."""

    name = forms.CharField(max_length=120)
    contact_email = forms.EmailField(label="Whom others write to")
    contact_phone = forms.CharField(label="Whom others call", max_length=40)

    def __init__(self, posted: QueryDict | None, *, prefix: str | None = None) -> None:
        super().__init__(posted, prefix=prefix)


class OrganisationForm(forms.Form):
    """An organisation that is to join."""

    key = forms.SlugField(label="Short word", help_text="Such as no; it names the organisation at the command line.")
    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(
        choices=[choice for choice in OrganisationKind.choices if choice[0] != OrganisationKind.COORDINATOR],
        widget=forms.RadioSelect,
    )
    country = forms.CharField(required=False, max_length=2, help_text="ISO 3166-1, two letters, for a bureau.")


class CertificationForm(forms.Form):
    """What an officer was examined in."""

    what = forms.CharField(label="Certified in", max_length=200)
    certified_on = forms.DateField(label="On", widget=forms.DateInput(attrs={"type": "date"}))
    expires_on = forms.DateField(label="Until", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, posted: QueryDict | None = None) -> None:
        today = now().date()
        super().__init__(posted, initial={"certified_on": today, "expires_on": today + dt.timedelta(days=365)})


class KeyForm(forms.Form):
    """A key of one's own: where it is used, what it opens, for how long, how often."""

    label = forms.CharField(max_length=80, help_text="Where it is used, such as forensic workstation 3.")
    scope = forms.MultipleChoiceField(label="It may", widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label="Ends after days", min_value=1, max_value=KEY_DAYS_MAX, initial=KEY_DAYS_DEFAULT)
    calls_per_hour = forms.IntegerField(
        label="Calls in an hour", min_value=1, max_value=KEY_CALLS_PER_HOUR_MAX, initial=KEY_CALLS_PER_HOUR_DEFAULT
    )

    def __init__(self, posted: QueryDict | None, *, officer: Officer) -> None:
        super().__init__(posted)
        choices = [(permission, permission) for permission in sorted(officer.permissions)]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]
