"""The owner's rule: with whom something is shared, changed at any time, in force at once for everyone who asks from then on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connections, transaction
from django.db.models import Q, QuerySet

from clew.access.models import Officer, Organisation, OrganisationKind, SharingGroup
from clew.access.ownership import Owned, Sharing, clearances_up_to, highest
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.models import Case, Series, Sighting, Submission
from clew.catalogue.rule_followers import rules_changed
from clew.kernel.errors import InputRefused, NotFound
from clew.ledger.actions import record

#: What stands under a rule of its own, by the name under which pages and programs ask for it.
RULED: dict[str, type[Case | Submission | Series]] = {
    "case": Case,
    "submission": Submission,
    "series": Series,
}


class Stated(Protocol):
    """The part of what an officer states that says who may know."""

    @property
    def confidentiality(self) -> str:
        """One of `Confidentiality`."""

    @property
    def sharing(self) -> str:
        """One of `Sharing`."""

    @property
    def audience_organisations(self) -> list[uuid.UUID]:
        """Organisations that are named."""

    @property
    def audience_groups(self) -> list[uuid.UUID]:
        """Groups that are named."""

    @property
    def denied_organisations(self) -> list[uuid.UUID]:
        """Organisations that see nothing of it."""

    @property
    def release_only(self) -> bool:
        """Whether it exists for those named alone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may know of something, and what the others are told."""

    confidentiality: str
    sharing: str
    outside: str
    audience_organisations: list[uuid.UUID] = field(default_factory=list)
    audience_groups: list[uuid.UUID] = field(default_factory=list)
    release_only: bool = False
    denied_organisations: list[uuid.UUID] = field(default_factory=list)

    def columns(self) -> dict[str, Any]:
        """The columns of `Owned` that it sets."""
        return {
            "confidentiality": self.confidentiality,
            "sharing": self.sharing,
            "outside": self.outside,
            "audience_organisations": self.audience_organisations,
            "audience_groups": self.audience_groups,
            "release_only": self.release_only,
            "denied_organisations": self.denied_organisations,
        }

    def facts(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        return {
            name: [str(one) for one in told] if isinstance(told, list) else told
            for name, told in self.columns().items()
        }


def rule_of(row: Owned) -> Rule:
    """The rule under which a row stands."""
    return Rule(
        confidentiality=row.confidentiality,
        sharing=row.sharing,
        outside=row.outside,
        audience_organisations=list(row.audience_organisations),
        audience_groups=list(row.audience_groups),
        release_only=row.release_only,
        denied_organisations=list(row.denied_organisations),
    )


def refuse_rule(officer: Officer, stated: Stated) -> None:
    """Refuse a rule that nobody can mean: names that the officer cannot know, a marking above their clearance, a release to nobody."""
    if stated.confidentiality not in clearances_up_to(officer.clearance):
        raise InputRefused(
            reason="You are not cleared for that confidentiality and would not see it again. Nothing was changed. Ask a colleague who is."
        )
    if stated.release_only and (
        stated.sharing == Sharing.NOBODY or not (stated.audience_organisations or stated.audience_groups)
    ):
        raise InputRefused(
            reason="Released only to those named, and nobody is named. Nothing was changed. Name them, or share with nobody."
        )
    named = Organisation.objects.using("service").filter(id__in=stated.audience_organisations)
    if named.filter(kind=OrganisationKind.PROVIDER).exists():
        raise InputRefused(
            reason="A service provider was named. Providers receive lists, never records. Nothing was changed. Leave it out."
        )
    organisations = {*stated.audience_organisations, *stated.denied_organisations}
    if Organisation.objects.using("service").filter(id__in=organisations).count() != len(organisations):
        raise InputRefused(
            reason="An organisation that was named is not known. Nothing was changed. Choose from the list."
        )
    groups = set(stated.audience_groups)
    own = Q(owner=officer.organisation_id) | Q(members=officer.organisation_id)
    known = SharingGroup.objects.using("service").filter(own, id__in=groups).values("id").distinct().count()
    if known != len(groups):
        raise InputRefused(reason="A group that was named is not known. Nothing was changed. Choose from the list.")


def ruled_for(officer: Officer, kind: str, id_: uuid.UUID) -> Case | Submission | Series:
    """What the officer may change the rule of, or `NotFound`: their own unit's, or their organisation's for those who oversee it.

    Runs inside the officer's scope.
    """
    require(officer, Permission.RULE_CHANGE)
    found = RULED[kind].objects.filter(id=id_, owner_organisation=officer.organisation_id)
    if Permission.RULE_OVERSEE not in officer.permissions:
        found = found.filter(owner_unit=officer.unit_id)
    row = found.first()
    if row is None:
        raise NotFound
    return row


def may_change(officer: Officer, row: Owned) -> bool:
    """Whether a page should offer it."""
    is_own = row.owner_organisation_id == officer.organisation_id
    is_near = row.owner_unit_id == officer.unit_id or Permission.RULE_OVERSEE in officer.permissions
    return is_own and is_near and Permission.RULE_CHANGE in officer.permissions


def change_rule(officer: Officer, kind: str, id_: uuid.UUID, rule: Rule) -> None:
    """Put a case, a submission or a series under another rule, with everything in it that stood under the old one; on record.

    A case takes its submissions with it, a submission its sightings. Who is denied a series is denied the sightings of what is in it too.
    Whatever is told from now on, also of what was met before, is told by the new rule.
    """
    with acting_as(officer):
        row = ruled_for(officer, kind, id_)
    refuse_rule(officer, rule)
    with transaction.atomic(using="service"):
        changed = _CHANGES[kind](row.id, rule.columns())
        record(
            "catalogue:rule:change",
            actor=officer,
            using="service",
            subject_kind=kind,
            subject_id=row.id,
            facts={**rule.facts(), "rows": changed},
        )


def _change_case(case_id: uuid.UUID, columns: dict[str, Any]) -> int:
    Case.objects.using("service").filter(id=case_id).update(**columns)
    submissions = Submission.objects.using("service").filter(case=case_id)
    changed = submissions.update(**columns)
    changed += Sighting.objects.using("service").filter(submission__case=case_id).update(**columns)
    _tell_followers(Sighting.objects.using("service").filter(submission__case=case_id))
    _raise_series(
        Sighting.objects.using("service").filter(submission__case=case_id).values("media_id"), case_id, columns
    )
    return 1 + changed


def _change_submission(submission_id: uuid.UUID, columns: dict[str, Any]) -> int:
    submission = Submission.objects.using("service").select_related("case").get(id=submission_id)
    Submission.objects.using("service").filter(id=submission_id).update(**columns)
    changed = Sighting.objects.using("service").filter(submission=submission_id).update(**columns)
    _tell_followers(Sighting.objects.using("service").filter(submission=submission_id))
    reached = highest([submission.case.confidentiality, columns["confidentiality"]])
    Case.objects.using("service").filter(id=submission.case_id).update(confidentiality=reached)
    seen = Sighting.objects.using("service").filter(submission=submission_id).values("media_id")
    _raise_series(seen, submission.case_id, columns)
    return 1 + changed


def _change_series(series_id: uuid.UUID, columns: dict[str, Any]) -> int:
    inside = Sighting.objects.using("service").filter(
        media__memberships__series=series_id,
        media__memberships__opens_media=True,
        owner_organisation__in=Series.objects.using("service").filter(id=series_id).values("owner_organisation"),
    )
    # An aggregate takes the highest of its parts.
    parts = inside.values_list("confidentiality", flat=True).distinct()
    columns = {**columns, "confidentiality": highest([columns["confidentiality"], *parts])}
    Series.objects.using("service").filter(id=series_id).update(**columns)
    return 1 + _deny_sightings(list(inside.values_list("id", flat=True).distinct()), columns["denied_organisations"])


def _deny_sightings(sighting_ids: Sequence[uuid.UUID], denied: Sequence[uuid.UUID]) -> int:
    if not (sighting_ids and denied):
        return 0
    with connections["service"].cursor() as cursor:
        cursor.execute(
            "UPDATE catalogue_sighting SET denied_organisations = ARRAY(SELECT DISTINCT unnest(denied_organisations || %s::uuid[]))"
            " WHERE id = ANY (%s)",
            [list(denied), list(sighting_ids)],
        )
        changed = int(cursor.rowcount)
    _tell_followers(Sighting.objects.using("service").filter(id__in=sighting_ids))
    return changed


def _tell_followers(changed: QuerySet[Sighting]) -> None:
    """Rooms above follow, for sightings of one owner."""
    told = list(changed.values_list("owner_organisation_id", "media_id").distinct())
    for owner in {owner for owner, _ in told}:
        rules_changed(owner, [media_id for one, media_id in told if one == owner])


def _raise_series(media: Any, case_id: uuid.UUID, columns: dict[str, Any]) -> None:
    """Series of the same owner that hold these media are at least as confidential as they are now."""
    owner = Case.objects.using("service").filter(id=case_id).values("owner_organisation")
    lower = clearances_up_to(columns["confidentiality"]) - {columns["confidentiality"]}
    Series.objects.using("service").filter(
        memberships__media__in=media,
        memberships__opens_media=True,
        owner_organisation__in=owner,
        confidentiality__in=lower,
    ).update(confidentiality=columns["confidentiality"])


_CHANGES = {"case": _change_case, "submission": _change_submission, "series": _change_series}


def share_with(row: Series | Sighting, organisation_id: uuid.UUID) -> None:
    """Name one more organisation among those with whom a row is shared; runs in the service's transaction."""
    named = [*row.audience_organisations]
    if organisation_id not in named:
        named.append(organisation_id)
    sharing = Sharing.LISTED if row.sharing == Sharing.NOBODY else row.sharing
    # Shared with nobody, old names counted for nothing: they must not come alive by this.
    if row.sharing == Sharing.NOBODY:
        named, row.audience_groups = [organisation_id], []
    type(row).objects.using("service").filter(id=row.id).update(
        sharing=sharing, audience_organisations=named, audience_groups=row.audience_groups
    )
    if isinstance(row, Sighting):
        rules_changed(row.owner_organisation_id, [row.media_id])
