"""Grants: which roles may be given by whom and in which kind of organisation, and how far clearances reach. Pure rules over data."""

from __future__ import annotations

from collections.abc import Collection

from clew.access.models import Confidentiality, OrganisationKind
from clew.access.permissions import Role

_OF_A_UNIT = frozenset({Role.SPECIALIST, Role.NATIONAL_ADMINISTRATOR, Role.AUDITOR})

#: What somebody with the role may grant, and take away, in organisations of the kind. What is not here is granted by whoever runs the
#: installation alone: a coordinator, above all.
GRANTABLE_ROLES: dict[tuple[Role, OrganisationKind], frozenset[Role]] = {
    (Role.NATIONAL_ADMINISTRATOR, OrganisationKind.BUREAU): _OF_A_UNIT,
    (Role.NATIONAL_ADMINISTRATOR, OrganisationKind.HOTLINE): _OF_A_UNIT,
    (Role.NATIONAL_ADMINISTRATOR, OrganisationKind.PROVIDER): frozenset(
        {Role.PROVIDER_ENGINEER, Role.NATIONAL_ADMINISTRATOR, Role.AUDITOR}
    ),
    (Role.COORDINATOR, OrganisationKind.BUREAU): frozenset({Role.NATIONAL_ADMINISTRATOR}),
    (Role.COORDINATOR, OrganisationKind.HOTLINE): frozenset({Role.NATIONAL_ADMINISTRATOR}),
    (Role.COORDINATOR, OrganisationKind.PROVIDER): frozenset({Role.NATIONAL_ADMINISTRATOR}),
}
#: From the least strict to the strictest.
_CLEARANCES = [level.value for level in Confidentiality]


def grantable_roles(granter_roles: Collection[str], kind: str) -> frozenset[str]:
    """The roles that somebody with these roles may grant or take away in an organisation of this kind."""
    return frozenset(
        role.value
        for (granter, of_kind), roles in GRANTABLE_ROLES.items()
        if granter.value in granter_roles and of_kind.value == kind
        for role in roles
    )


def refused_roles(
    granter_roles: Collection[str], kind: str, *, before: Collection[str], after: Collection[str]
) -> list[str]:
    """Of the roles that a change gives or takes away, those the granter may not; in order of their names."""
    changed = set(before) ^ set(after)
    return sorted(changed - grantable_roles(granter_roles, kind))


def is_within_clearance(asked: str, own: str) -> bool:
    """Whether a clearance is no stricter than one's own; one that does not exist is not."""
    return asked in _CLEARANCES and own in _CLEARANCES and _CLEARANCES.index(asked) <= _CLEARANCES.index(own)


def clearances_within(own: str) -> list[str]:
    """The clearances up to one's own."""
    return [level for level in _CLEARANCES if is_within_clearance(level, own)]
