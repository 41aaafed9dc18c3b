"""Spot checks: entries of the ledger drawn by chance, each answered by an auditor, and signed when all are."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import uuid

from django.db import transaction
from django.db.models import QuerySet

from clew.access.audit_models import Finding, SpotCheck, SpotCheckAnswer
from clew.access.audit_queries import entries_read
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import GRAVE_REASON_CHARACTERS_MAX, SPOT_CHECK_ENTRIES_MAX
from clew.ledger.actions import record
from clew.ledger.models import Entry


class NothingToCheck(ClewError):
    """There are no entries of officers in that time. Nothing was drawn. Choose a longer one."""

    status = 409


class SpotCheckSigned(ClewError):
    """This check is signed. Nothing was changed. Draw a new one."""

    status = 409


class SpotCheckUnfinished(ClewError):
    """{number} entries are not answered yet. The check was not signed. Answer them first."""

    status = 409


def draw(officer: Officer, *, entries_from: dt.datetime, entries_to: dt.datetime, number: int) -> SpotCheck:
    """Draw up to `number` entries of a time, each as likely as any other. The seed is kept: anybody with the ledger can draw them again."""
    require(officer, Permission.SPOT_CHECK_RUN)
    if not 1 <= number <= SPOT_CHECK_ENTRIES_MAX:
        raise InputRefused(
            reason=f"A spot check has 1 to {SPOT_CHECK_ENTRIES_MAX} entries. Nothing was drawn. Choose a number between."
        )
    entries = entries_read(officer).filter(at__gte=entries_from, at__lt=entries_to, officer_id__isnull=False)
    there = list(entries.exclude(officer_id=officer.pk).order_by("sequence").values_list("sequence", flat=True))
    if not there:
        raise NothingToCheck
    seed = secrets.randbits(62)
    check = SpotCheck(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        drawn_by=officer,
        entries_from=entries_from,
        entries_to=entries_to,
        drawn_from=len(there),
        seed=seed,
        sequences=drawn(there, seed, number),
    )
    with transaction.atomic(using="service"):
        SpotCheck.objects.using("service").bulk_create([check])
        _record("access:spot_check:draw", officer, check, entries=len(check.sequences), of=len(there))
    return check


def drawn(sequences: list[int], seed: int, number: int) -> list[int]:
    """The entries that a seed draws from these, in their order."""
    return sorted(random.Random(seed).sample(sequences, min(number, len(sequences))))  # noqa: S311 - repeatable on purpose; the seed is from the system


def answer(officer: Officer, check_id: uuid.UUID, sequence: int, *, finding: Finding, words: str) -> None:
    """Say what one found of an entry; what is not in order needs words."""
    require(officer, Permission.SPOT_CHECK_RUN)
    if finding != Finding.FINE and not words.strip():
        raise InputRefused(
            reason="What is not in order needs words that others can judge. Nothing was kept. Write them."
        )
    with transaction.atomic(using="service"):
        check = _own(officer, check_id, lock=True)
        if sequence not in check.sequences:
            raise NotFound
        SpotCheckAnswer.objects.using("service").update_or_create(
            check_of=check,
            sequence=sequence,
            defaults={
                "owner_organisation_id": officer.organisation_id,
                "finding": finding,
                "words": words.strip()[:GRAVE_REASON_CHARACTERS_MAX],
                "answered_at": now(),
            },
        )
        _record("access:spot_check:answer", officer, check, finding=str(finding))


def sign(officer: Officer, check_id: uuid.UUID) -> None:
    """Close a check whose entries are all answered."""
    require(officer, Permission.SPOT_CHECK_RUN)
    with transaction.atomic(using="service"):
        check = _own(officer, check_id, lock=True)
        left = len(check.sequences) - check.answers.using("service").count()
        if left:
            raise SpotCheckUnfinished(number=left)
        SpotCheck.objects.using("service").filter(id=check.id).update(signed_at=now())
        _record("access:spot_check:sign", officer, check)


def checks_seen(officer: Officer) -> QuerySet[SpotCheck]:
    """The checks of the officer's organisation, newest first."""
    require(officer, Permission.SPOT_CHECK_RUN)
    own = SpotCheck.objects.filter(owner_organisation=officer.organisation_id)
    return own.select_related("drawn_by").prefetch_related("answers").order_by("-drawn_at")


def check_with_entries(
    officer: Officer, check_id: uuid.UUID
) -> tuple[SpotCheck, list[tuple[Entry, SpotCheckAnswer | None]]]:
    """A check with its entries and what was answered of each."""
    check = checks_seen(officer).filter(id=check_id).first()
    if check is None:
        raise NotFound
    answers = {found.sequence: found for found in check.answers.all()}
    entries = entries_read(officer).filter(sequence__in=check.sequences).order_by("sequence")
    return check, [(entry, answers.get(entry.sequence)) for entry in entries]


def _own(officer: Officer, check_id: uuid.UUID, *, lock: bool) -> SpotCheck:
    own = SpotCheck.objects.using("service").filter(owner_organisation=officer.organisation_id, id=check_id)
    found = (own.select_for_update() if lock else own).first()
    if found is None:
        raise NotFound
    if found.signed_at is not None:
        raise SpotCheckSigned
    return found


def _record(verb: str, officer: Officer, check: SpotCheck, **facts: object) -> None:
    record(verb, actor=officer, using="service", subject_kind="spot_check", subject_id=check.id, facts=facts)
