"""Taxonomies for the house: those that come with Clew, and those that an organisation brought in, which stay with it."""

from __future__ import annotations

import re
from functools import cache

from django.db import IntegrityError, transaction

from clew.access.approvals import present
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.errors import ClewError
from clew.kernel.ids import new_id
from clew.ledger.actions import record
from clew.review.models import Taxonomy
from clew.review.scheme_files import files_of
from clew.review.schemes import all_schemes
from clew.review.taxonomy import LabelList, TaxonomyBroken, label_of, read_taxonomy, rows_of

#: The titles of those that come with Clew.
_TITLES = {"facts": "Facts that conversions ask for", "rooms": "Training: rooms and objects"}


class TaxonomyThere(ClewError):
    """Your organisation already has version {version} of the taxonomy {key}, and it says something else. Nothing was changed. Give the new file a new version."""

    status = 409


@cache
def shipped_taxonomies() -> tuple[LabelList, ...]:
    """Those that come with Clew or lie in the installation's folder, as `key-version.csv`; older versions first."""
    found = []
    for file in files_of("taxonomies", ".csv"):
        key = re.sub(r"-[^-]*\.csv$", "", file.name)
        found.append(read_taxonomy(file.content, key=key, title=_TITLES.get(key, key)))
    return tuple(sorted(found, key=lambda one: (one.key, one.version)))


def taxonomies_of(officer: Officer) -> list[LabelList]:
    """Those in whose labels the officer may describe, older versions first: what comes with Clew, and their organisation's own."""
    own = (
        Taxonomy.objects.using("service")
        .filter(owner_organisation=officer.organisation_id)
        .order_by("key", "brought_at")
    )
    return [*shipped_taxonomies(), *(_list_of(row) for row in own)]


def taxonomy_for(officer: Officer, key: str, version: str = "") -> LabelList | None:
    """One version of one of them, the newest where none is named; None where there is none."""
    fitting = [one for one in taxonomies_of(officer) if one.key == key and version in {"", one.version}]
    return fitting[-1] if fitting else None


def bring_taxonomy(officer: Officer, content: bytes, *, key: str, title: str) -> LabelList:
    """Take a taxonomy in for the officer's organisation, whole or not at all, on record; the same file again changes nothing.

    Raises `TaxonomyBroken` with the place of the fault, and `TaxonomyThere`.
    """
    require(officer, Permission.SCHEME_CONFIRM)
    taxonomy = read_taxonomy(content, key=key, title=title)
    if key in {scheme.key for scheme in all_schemes()} | {one.key for one in shipped_taxonomies()}:
        raise TaxonomyBroken(place="its name", fault=f"{key} is the name of a scheme or taxonomy that is there already")
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.SCHEME_CONFIRM)
        row = Taxonomy(
            id=new_id(),
            owner_organisation_id=actor.organisation_id,
            key=key,
            version=taxonomy.version,
            title=taxonomy.title,
            digest=taxonomy.digest,
            labels=rows_of(taxonomy),
            brought_by=actor,
        )
        if _is_new(row):
            facts = {"taxonomy": key, "version": taxonomy.version, "labels": len(taxonomy.labels)}
            record(
                "review:taxonomy:bring",
                actor=actor,
                using="service",
                subject_kind="taxonomy",
                subject_id=row.id,
                facts=facts,
            )
    return taxonomy


def _is_new(row: Taxonomy) -> bool:
    """Keep it; False where the very same is there. Raises `TaxonomyThere`."""
    try:
        with transaction.atomic(using="service"):
            row.save(using="service", force_insert=True)
    except IntegrityError:
        there = Taxonomy.objects.using("service").get(
            owner_organisation=row.owner_organisation_id, key=row.key, version=row.version
        )
        if there.digest != row.digest:
            raise TaxonomyThere(key=row.key, version=row.version) from None
        return False
    return True


def _list_of(row: Taxonomy) -> LabelList:
    return LabelList(row.key, row.version, row.title, tuple(label_of(one) for one in row.labels), row.digest)
