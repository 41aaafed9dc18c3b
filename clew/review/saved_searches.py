"""Searches that are kept under a name: one's own, or shared with one's unit; run again, they show what is new to whoever runs them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import SEARCH_NAME_CHARACTERS_MAX
from clew.ledger.actions import record
from clew.review.models import SavedRun, SavedSearch
from clew.review.search import Search


class NameTaken(ClewError):
    """You keep a search under this name already. Nothing was changed. Choose another name, or forget the old one first."""

    status = 409


def saved_visible(officer: Officer) -> QuerySet[SavedSearch]:
    """The officer's own saved searches and those that their unit shares, by name. Runs inside their scope."""
    require(officer, Permission.SEARCH_RUN)
    return SavedSearch.objects.select_related("officer").order_by("name", "id")


def saved_for(officer: Officer, saved_id: uuid.UUID) -> SavedSearch:
    """One of them, or `NotFound`: the same where it is absent and where it is another's."""
    found = saved_visible(officer).filter(id=saved_id).first()
    if found is None:
        raise NotFound
    return found


def keep_search(officer: Officer, search: Search, name: str, *, is_shared: bool) -> SavedSearch:
    """Keep a search under a name. Runs inside the officer's scope. Raises `InputRefused` and `NameTaken`."""
    require(officer, Permission.SEARCH_RUN)
    tidied = " ".join(name.split())
    if not 0 < len(tidied) <= SEARCH_NAME_CHARACTERS_MAX or not search.active:
        raise InputRefused(
            reason=f"A saved search needs a name of up to {SEARCH_NAME_CHARACTERS_MAX} characters and something to look for. "
            "Nothing was kept. Fill in both."
        )
    if search.like and is_shared:
        raise InputRefused(
            reason="What is like something was asked by you alone. Nothing was kept. Keep it for yourself, or take that filter off first."
        )
    saved = SavedSearch(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        owner_unit_id=officer.unit_id,
        officer=officer,
        name=tidied,
        query=search.to_query(),
        is_shared=is_shared,
    )
    try:
        with transaction.atomic():
            SavedSearch.objects.bulk_create([saved])
    except IntegrityError:
        raise NameTaken from None
    _record("review:search:keep", officer, saved, is_shared=is_shared)
    return saved


def forget_saved(officer: Officer, saved_id: uuid.UUID) -> None:
    """Forget one's own saved search, with what was found by it. Whose it is is asked in the officer's scope; a colleague's is `NotFound`."""
    saved = saved_for(officer, saved_id)
    if saved.officer_id != officer.pk:
        raise NotFound
    # Colleagues have rows of their own of a shared one, which the officer does not see.
    with transaction.atomic(using="service"):
        SavedRun.objects.using("service").filter(saved_id=saved.id).delete()
        SavedSearch.objects.using("service").filter(id=saved.id).delete()
        _record("review:search:forget", officer, saved, using="service")


def _record(verb: str, officer: Officer, saved: SavedSearch, *, using: str = "default", **facts: bool) -> None:
    record(verb, actor=officer, using=using, subject_kind="search", subject_id=saved.id, facts=facts)


def note_run(officer: Officer, saved: SavedSearch, ids: Sequence[uuid.UUID]) -> set[uuid.UUID] | None:
    """Note what the officer found by a saved search now; which of it is new to them since they last ran it, or None at the first time.

    Of more than were counted the newest count. Runs inside the officer's scope.
    """
    before = SavedRun.objects.filter(saved=saved, officer=officer.pk).first()
    if before is None:
        run = SavedRun(
            id=new_id(),
            owner_organisation_id=officer.organisation_id,
            officer=officer,
            saved=saved,
            found=list(ids),
        )
        SavedRun.objects.bulk_create([run])
        return None
    fresh = set(ids) - set(before.found)
    before.found, before.run_at = list(ids), now()
    before.save(update_fields=["found", "run_at"])
    return fresh
