"""Links to an organisation's own identity provider: who an officer is there. Stated by an administrator, bound at the first sign-in, never made by the provider."""

from __future__ import annotations

from django.db import transaction

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.access.sign_in_models import IdentityLink
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record


class IdentityNameTaken(ClewError):
    """Another officer goes by this name at the identity provider already. Nothing was changed. Look at the spelling."""

    status = 409


def state_name(officer: Officer, *, issuer: str, name: str, by: Officer | None) -> None:
    """State under which name the officer is known to the identity provider; an older statement, and what was bound by it, is void."""
    if by is not None:
        require(by, Permission.IDENTITY_STATE)
        if by.organisation_id != officer.organisation_id or by.person_id == officer.person_id:
            raise NotFound
    with transaction.atomic(using="service"):
        links = IdentityLink.objects.using("service")
        if links.filter(issuer=issuer, name=name).exclude(officer=officer).exists():
            raise IdentityNameTaken
        links.filter(issuer=issuer, officer=officer).delete()
        links.bulk_create([IdentityLink(id=new_id(), officer=officer, issuer=issuer, name=name)])
        record("access:identity:state", actor=by, using="service", subject_kind="officer", subject_id=officer.id)


def officer_at_identity_provider(
    *, issuer: str, subject: str, name: str | None, organisation_key: str
) -> Officer | None:
    """The active officer of this organisation whom the identity provider vouches for, or None.

    Once bound, the provider's `sub` alone counts: a name may be given to somebody else, a `sub` is not (OpenID Connect Core 1.0, section 2).
    """
    with transaction.atomic(using="service"):
        links = IdentityLink.objects.using("service").select_for_update().filter(issuer=issuer)
        of_organisation = links.filter(officer__is_active=True, officer__unit__organisation__key=organisation_key)
        found = of_organisation.filter(subject=subject).first()
        if found is None and name and not links.filter(subject=subject).exists():
            found = of_organisation.filter(name=name, subject=None).first()
            if found is not None:
                found.subject, found.linked_at = subject, now()
                found.save(using="service", update_fields=["subject", "linked_at"])
                record(
                    "access:identity:link",
                    actor=None,
                    using="service",
                    subject_kind="officer",
                    subject_id=found.officer_id,
                )
        return Officer.objects.get(pk=found.officer_id) if found else None
