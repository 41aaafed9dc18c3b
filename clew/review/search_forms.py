"""Forms of searching: what is looked for, with what is asked what is like it, and under which name a search is kept."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import QueryDict

from clew.access.models import Officer
from clew.access.purposes import LEGAL_BASIS_CHARACTERS_MAX, PURPOSE_CHARACTERS_MAX, purposes_offered
from clew.intake.models import VerdictKind
from clew.kernel.errors import ClewError
from clew.kernel.limits import SEARCH_NAME_CHARACTERS_MAX, SEARCH_TEXT_CHARACTERS_MAX
from clew.review.schemes import all_schemes
from clew.review.search import Search
from clew.review.search_filters import PREVALENCES, SAID, SIZES
from clew.review.taxonomies import taxonomies_of

#: As many hexadecimal digits as the shortest digest has.
_HASH = re.compile(r"[0-9a-fA-F]{32}")


class HashInWords(ClewError):
    """That looks like a hash. It was not searched for, since words stand in the address of a page and hashes must not. Ask under "By hash or picture"."""

    status = 422


def refuse_hash(search: Search) -> None:
    """Raise `HashInWords` where a field of words holds what may be a hash."""
    if any(_HASH.search(getattr(search, name)) for name in ("text", "make", "model", "city", "country", "language")):
        raise HashInWords


def _bands(bands: dict[str, tuple[int, int | None, str]]) -> list[tuple[str, str]]:
    return [("", "Any"), *((band, words) for band, (_low, _high, words) in bands.items())]


class GroundsForm(forms.Form):
    """For what and on which law is searched; what their unit has set, where the officer states nothing else."""

    purpose = forms.CharField(
        required=False, max_length=PURPOSE_CHARACTERS_MAX, widget=forms.TextInput(attrs={"list": "purposes"})
    )
    legal_basis = forms.CharField(label="Legal basis", required=False, max_length=LEGAL_BASIS_CHARACTERS_MAX)

    def __init__(self, stated: Any = None, files: Any = None, *, officer: Officer, **more: Any) -> None:
        self.officer, unit = officer, officer.unit
        initial = {"purpose": unit.purpose_default, "legal_basis": unit.legal_basis_default, **more.pop("initial", {})}
        super().__init__(stated, files, initial=initial, **more)
        self.purposes = purposes_offered()


class SearchForm(GroundsForm):
    """What is looked for; every field may stay empty. Those that name a record, or a question, are set by links and carried along."""

    text = forms.CharField(
        label="Words",
        required=False,
        max_length=SEARCH_TEXT_CHARACTERS_MAX,
        help_text="Of paths, metadata, cases and series, in any script. Each is the beginning of a word, and all must be met.",
        widget=forms.TextInput(attrs={"dir": "auto", "type": "search"}),
    )
    taken_from = forms.DateField(label="Taken from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    taken_to = forms.DateField(label="Taken to", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    seen_from = forms.DateField(label="Seen from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    seen_to = forms.DateField(label="Seen to", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    make = forms.CharField(label="Camera's make", required=False, max_length=80)
    model = forms.CharField(label="Camera's model", required=False, max_length=80)
    city = forms.CharField(required=False, max_length=80)
    country = forms.CharField(required=False, max_length=80)
    box = forms.CharField(
        label="GPS box", required=False, max_length=80, help_text="South, west, north, east in degrees, with commas."
    )
    language = forms.CharField(required=False, max_length=80)
    kind = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Any"),
            *((kind, kind.capitalize()) for kind in ("image", "video", "audio", "document", "other")),
        ],
    )
    size = forms.ChoiceField(required=False, choices=_bands(SIZES))
    prevalence = forms.ChoiceField(label="Seen in", required=False, choices=_bands(PREVALENCES))
    verdict = forms.ChoiceField(required=False, choices=[("", "Any"), *VerdictKind.choices])
    said = forms.ChoiceField(label="Who decided", required=False, choices=[("", "Anybody or nobody"), *SAID.items()])
    scheme = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "Any"), *{scheme.key: scheme.title for scheme in all_schemes()}.items()],
    )
    code = forms.CharField(required=False, max_length=120)
    case = forms.CharField(required=False, widget=forms.HiddenInput)
    submission = forms.CharField(required=False, widget=forms.HiddenInput)
    series = forms.CharField(required=False, widget=forms.HiddenInput)
    like = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_code(self) -> str:
        """A code that a scheme or a taxonomy here has: anything else finds nothing, and belongs into no address."""
        told = str(self.cleaned_data["code"])
        known = {code.code for scheme in all_schemes() for code in scheme.codes}
        known |= {label.id for taxonomy in taxonomies_of(self.officer) for label in taxonomy.labels}
        if told and told not in known:
            raise forms.ValidationError("No scheme or taxonomy here has it.")
        return told

    def search(self) -> Search:
        """As the query takes it; what was not understood counts as empty."""
        told = {name: value for name, value in self.cleaned_data.items() if name not in GroundsForm.base_fields}
        return Search(**{name: str(value) if value is not None else "" for name, value in told.items()})


class LikenessForm(GroundsForm):
    """With what is asked what is like it: hashes, one to a line, or a picture."""

    signatures = forms.CharField(
        label="Hashes",
        required=False,
        help_text="One to a line, as kind:digits (md5, sha1, sha256, pdq), or the digits alone.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off", "dir": "ltr"}),
    )
    picture = forms.FileField(
        label="Or a picture", required=False, help_text="It is opened in the jail, asked with, and not kept."
    )

    def lines(self) -> list[str]:
        """The hashes as they are asked with; digits alone say by their number what they are."""
        lines = [line.strip() for line in self.cleaned_data["signatures"].splitlines() if line.strip()]
        return [line if ":" in line else f"hash:{line}" for line in lines]


class KeepForm(forms.Form):
    """Under which name a search is kept, and whether the unit sees it."""

    name = forms.CharField(max_length=SEARCH_NAME_CHARACTERS_MAX)
    is_shared = forms.BooleanField(label="For my unit", required=False)
    query = forms.CharField(widget=forms.HiddenInput, max_length=8000)

    def search(self) -> Search:
        """The search that is kept."""
        return Search.from_query(QueryDict(self.cleaned_data["query"]))
