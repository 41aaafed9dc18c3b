"""Verbs of caution: take a record out of use while it is examined, and bring it back, each with a reason (R27)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet

from clew.access.approvals import grave_reason, present
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.caution_models import CautionSource
from clew.catalogue.models import Case, Caution, CautionAuthor, RecordKind, Series, Sighting, Submission
from clew.catalogue.retention import RECORDS, AlreadyAnswered
from clew.catalogue.rule_followers import rules_changed
from clew.kernel.clock import now
from clew.kernel.errors import NotFound, NotPermitted
from clew.kernel.events import CautionAsked, CautionEnded
from clew.kernel.ids import new_id
from clew.ledger.actions import record

#: What an owner reads of every caution that compliance set.
COMPLIANCE_WORDS = "Whether this record complies with the rules on data processing is being examined."


def set_caution(officer: Officer, kind: str, record_id: uuid.UUID, reason: str) -> Caution:
    """Take a record out of use: its owner's officers their own, officers of compliance what they may see."""
    reason = grave_reason(reason)
    is_compliance = Permission.CAUTION_OVERSEE in officer.permissions
    if not is_compliance:
        require(officer, Permission.CAUTION_SET)
    _require_seen(officer, kind, record_id, own=not is_compliance)
    with transaction.atomic(using="service"):
        actor = present(officer)
        if not actor.permissions & {Permission.CAUTION_OVERSEE, Permission.CAUTION_SET}:
            raise NotPermitted(permission=Permission.CAUTION_SET.value)
        row = _locked(kind, record_id)
        if row is None:
            raise NotFound
        if is_compliance:
            caution = _set(new_id(), kind, row)
            CautionAuthor.objects.using("service").create(caution=caution, officer=actor, reason=reason)
            # On the record of compliance's own organisation, under the caution: the owner's history of the record shows no officer.
            _record("catalogue:caution:set", actor, "caution", caution.id)
        else:
            caution = _set(new_id(), kind, row, by=actor, reason=reason)
            _record("catalogue:caution:set", actor, kind, record_id)
    return caution


def clear_caution(officer: Officer, caution_id: uuid.UUID, reason: str) -> None:
    """Bring a record back into use, as far as no other caution stands on it; by those of the organisation whose officer set it."""
    reason = grave_reason(reason)
    with transaction.atomic(using="service"):
        actor = present(officer)
        caution = cautions_clearable(actor).select_for_update(of=("self",)).filter(id=caution_id).first()
        if caution is None:
            raise NotFound
        if caution.cleared_at is not None:
            raise AlreadyAnswered
        _clear(caution, reason)
        is_own = caution.source == CautionSource.OWNER
        subject = (caution.record_kind, caution.record_id) if is_own else ("caution", caution.id)
        _record("catalogue:caution:clear", actor, *subject)


def cautions_clearable(officer: Officer) -> QuerySet[Caution]:
    """The cautions that the officer may clear: their organisation's own, or those that compliance of their organisation set."""
    may = Q(pk__in=[])
    if Permission.CAUTION_SET in officer.permissions:
        may |= Q(source=CautionSource.OWNER, owner_organisation=officer.organisation_id)
    if Permission.CAUTION_OVERSEE in officer.permissions:
        may |= Q(source=CautionSource.COMPLIANCE, author__officer__unit__organisation=officer.organisation_id)
    return Caution.objects.using("service").filter(may)


def caution_asked(_announcement_id: uuid.UUID, event: CautionAsked) -> None:
    """Set a caution that was asked for from elsewhere; runs in the delivery's transaction, once however often it is told."""
    row = _locked(event.record_kind, event.record_id)
    if row is None or row.owner_organisation_id != event.organisation_id:
        return
    if not Caution.objects.using("service").filter(id=event.caution_id).exists():
        _set(event.caution_id, event.record_kind, row)
        _record("catalogue:caution:set", None, "caution", event.caution_id)


def caution_ended(_announcement_id: uuid.UUID, event: CautionEnded) -> None:
    """Clear it again; runs in the delivery's transaction."""
    standing = Caution.objects.using("service").filter(id=event.caution_id, cleared_at__isnull=True)
    for caution in standing.select_for_update():
        _clear(caution, "The examination has ended.")
        _record("catalogue:caution:clear", None, "caution", caution.id)


def _require_seen(officer: Officer, kind: str, record_id: uuid.UUID, *, own: bool) -> None:
    with acting_as(officer):
        seen = RECORDS[kind].objects.filter(id=record_id) if kind in RECORDS else None
        if seen is not None and own:
            seen = seen.filter(owner_organisation=officer.organisation_id)
        if seen is None or not seen.exists():
            raise NotFound


def _locked(kind: str, record_id: uuid.UUID) -> Case | Series | None:
    rows = RECORDS[kind].objects.using("service").select_for_update()
    found: Case | Series | None = rows.filter(id=record_id).first()
    return found


def _set(
    caution_id: uuid.UUID, kind: str, row: Case | Series, *, by: Officer | None = None, reason: str = COMPLIANCE_WORDS
) -> Caution:
    caution = Caution(
        id=caution_id,
        record_kind=kind,
        record_id=row.id,
        owner_organisation_id=row.owner_organisation_id,
        owner_unit_id=row.owner_unit_id,
        source=CautionSource.OWNER if by else CautionSource.COMPLIANCE,
        reason=reason,
        set_by=by,
        set_at=now(),
    )
    caution.save(using="service", force_insert=True)
    _mark(kind, row.id, under_examination=True)
    return caution


def _clear(caution: Caution, reason: str) -> None:
    is_own = caution.source == CautionSource.OWNER
    caution.cleared_at, caution.clear_reason = now(), reason if is_own else ""
    caution.save(using="service")
    standing = Caution.objects.using("service").filter(record_id=caution.record_id, cleared_at__isnull=True)
    _mark(caution.record_kind, caution.record_id, under_examination=standing.exists())


def _mark(kind: str, record_id: uuid.UUID, *, under_examination: bool) -> None:
    """Everything that is owned under the record says so; row-level security and matching read it there."""
    if kind == RecordKind.SERIES:
        Series.objects.using("service").filter(id=record_id).update(under_examination=under_examination)
        return
    Case.objects.using("service").filter(id=record_id).update(under_examination=under_examination)
    Submission.objects.using("service").filter(case_id=record_id).update(under_examination=under_examination)
    seen = Sighting.objects.using("service").filter(submission__case_id=record_id)
    seen.update(under_examination=under_examination)
    told = list(seen.values_list("owner_organisation_id", "media_id").distinct())
    for owner in {owner for owner, _ in told}:
        rules_changed(owner, [media_id for one, media_id in told if one == owner])


def _record(verb: str, actor: Officer | None, kind: str, subject_id: uuid.UUID) -> None:
    record(verb, actor=actor, using="service", subject_kind=kind, subject_id=subject_id)
