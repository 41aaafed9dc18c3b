"""Verbs of schemes: choose the desk's, confirm what no public source bears out, and take a file as it was first met; and what may be decided in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from clew.access.approvals import grave_reason, present
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record
from clew.review.inference import rule_book
from clew.review.models import DeskSchemes, SchemeConfirmation, SchemeFile
from clew.review.schemes import Scheme, scheme_of
from clew.review.taxonomies import taxonomy_for


class CodeUnconfirmed(ClewError):
    """No public source bears out the code {code} of {scheme}, and your organisation has not confirmed it. Nothing was decided. Ask your national administrator, who confirms it under Schemes."""

    status = 409


class SaysNothing(ClewError):
    """The code {code} of {scheme} says nothing of a content, so nothing is decided by it. Nothing was changed. Choose another code, or leave it undecided."""

    status = 422


class FileChanged(ClewError):
    """{what} is not what it was when it was first used here, and has the same version. Nothing was decided by it. Give the changed file a new version, and put the old one back."""

    status = 500


@dataclass(frozen=True, slots=True)
class Word:
    """What is to be said, in which version of which scheme or taxonomy, and in which slot: codes of one slot exclude each other."""

    scheme: str
    version: str
    code: str
    slot: str


def word_for(officer: Officer, scheme: str, version: str, code: str) -> Word:
    """A code of a scheme, or a label of a taxonomy, in which the officer may decide now.

    Raises `SchemeUnknown`, `CodeUnknown`, `LabelUnknown`, `SaysNothing`, `CodeUnconfirmed`, `FileChanged`.
    """
    taxonomy = taxonomy_for(officer, scheme, version)
    if taxonomy is not None:
        taxonomy.label(code)
        return Word(taxonomy.key, taxonomy.version, code, slot=code)
    chosen = scheme_of(scheme, version)
    found = chosen.code(code)
    if not found.is_assessment:
        raise SaysNothing(scheme=chosen.title, code=found.label)
    if not found.is_verified and not is_confirmed(officer, chosen):
        raise CodeUnconfirmed(scheme=chosen.title, code=found.label)
    meet("scheme", chosen.key, chosen.version, chosen.digest)
    return Word(chosen.key, chosen.version, code, slot="")


def is_confirmed(officer: Officer, scheme: Scheme) -> bool:
    """Whether the officer's organisation stands by exactly this file."""
    return confirmations_of(officer).filter(scheme=scheme.key, version=scheme.version, digest=scheme.digest).exists()


def confirmations_of(officer: Officer) -> QuerySet[SchemeConfirmation]:
    """The confirmations of the officer's organisation that stand."""
    own = SchemeConfirmation.objects.using("service").filter(owner_organisation=officer.organisation_id)
    return own.filter(withdrawn_at__isnull=True).select_related("confirmed_by")


def confirm_scheme(officer: Officer, key: str, version: str, *, digest: str, grounds: str) -> SchemeConfirmation:
    """Stand by a scheme whose codes no public source bears out, for one's own organisation. `digest` is that of the file that was read."""
    grounds = grave_reason(grounds)
    scheme = scheme_of(key, version)
    if not scheme.codes or all(one.is_verified for one in scheme.codes):
        raise InputRefused(reason="There is nothing in this scheme to confirm. Nothing was changed.")
    if digest != scheme.digest:
        raise FileChanged(what=f"The scheme {scheme.title}")
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.SCHEME_CONFIRM)
        meet("scheme", scheme.key, scheme.version, scheme.digest)
        standing = (
            SchemeConfirmation.objects.using("service")
            .select_for_update()
            .filter(
                owner_organisation=actor.organisation_id, scheme=key, version=scheme.version, withdrawn_at__isnull=True
            )
        )
        if standing.exists():
            raise InputRefused(reason="Your organisation has confirmed this scheme already. Nothing was changed.")
        made = SchemeConfirmation(
            id=new_id(),
            owner_organisation_id=actor.organisation_id,
            scheme=scheme.key,
            version=scheme.version,
            digest=scheme.digest,
            grounds=grounds,
            confirmed_by=actor,
        )
        made.save(using="service", force_insert=True)
        _record(
            "review:scheme:confirm", actor, made.id, scheme=scheme.key, version=scheme.version, digest=scheme.digest
        )
    return made


def withdraw_confirmation(officer: Officer, confirmation_id: uuid.UUID) -> None:
    """Stand by it no more: what was decided stays, and nobody decides in it from now on."""
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.SCHEME_CONFIRM)
        found = (
            SchemeConfirmation.objects.using("service")
            .select_for_update()
            .filter(id=confirmation_id, owner_organisation=actor.organisation_id, withdrawn_at__isnull=True)
            .first()
        )
        if found is None:
            raise NotFound
        found.withdrawn_at, found.withdrawn_by = now(), actor
        found.save(using="service")
        _record("review:scheme:withdraw", actor, found.id, scheme=found.scheme, version=found.version)


def choose_schemes(officer: Officer, chosen: Sequence[str]) -> None:
    """Say in which schemes one's organisation decides, as `key/version`, the desk's own first. Unconfirmed codes stay shut nevertheless."""
    schemes = [scheme_of(*one.split("/", 1)) for one in dict.fromkeys(chosen)]
    if not schemes or not all(scheme.to_decide for scheme in schemes):
        raise InputRefused(reason="Choose at least one scheme, and only such as have codes. Nothing was changed.")
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.SCHEME_CONFIRM)
        named = [f"{scheme.key}/{scheme.version}" for scheme in schemes]
        DeskSchemes.objects.using("service").update_or_create(
            owner_organisation_id=actor.organisation_id,
            defaults={"schemes": named, "chosen_by": actor, "chosen_at": now()},
        )
        _record("review:scheme:choose", actor, None, schemes=named)


#: Files met in this process: what was compared once is the same until the process ends, for it is read once.
_met: set[tuple[str, str, str, str]] = set()


def meet(kind: str, key: str, version: str, digest: str) -> None:
    """Take a file as it is at its first use, on record; refuse it when it was another under the same version. Raises `FileChanged`."""
    if (kind, key, version, digest) in _met:
        return
    with transaction.atomic(using="service"):
        row, is_new = SchemeFile.objects.using("service").get_or_create(
            kind=kind, key=key, version=version, defaults={"digest": digest}
        )
        if row.digest != digest:
            raise FileChanged(what=f"The {kind} {key} {version}")
        if is_new:
            facts = {"kind": kind, "key": key, "version": version, "digest": digest}
            record("review:scheme:meet", actor=None, using="service", facts=facts)
        transaction.on_commit(lambda: _met.add((kind, key, version, digest)), using="service")


def meet_rules() -> None:
    """The same of every rule set: their digests are in the ledger, whose tree this installation signs. Raises `FileChanged`."""
    for rules in rule_book().rule_sets():
        meet("rules", rules.key, rules.version, rules.digest)


def _record(verb: str, officer: Officer, subject_id: uuid.UUID | None, **facts: object) -> None:
    record(verb, actor=officer, using="service", subject_kind="scheme", subject_id=subject_id, facts=facts)
