"""The way an officer took through their searches: a tree, since whoever goes back and narrows otherwise does not lose the first way."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db import connections

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import SEARCH_STEPS_MAX
from clew.review.models import SearchStep
from clew.review.search import Search
from clew.review.search_running import Results

#: Of each officer the steps beyond so many; what came after one of them begins a tree of its own.
_FORGET = """
WITH old AS (
  SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY officer_id ORDER BY visited_at DESC, id DESC) AS place FROM review_searchstep) ranked
  WHERE place > %s
), freed AS (UPDATE review_searchstep SET parent_id = NULL WHERE parent_id IN (SELECT id FROM old) AND id NOT IN (SELECT id FROM old) RETURNING id)
SELECT (SELECT array_agg(id) FROM old), (SELECT count(*) FROM freed)
"""


@dataclass(frozen=True, slots=True)
class Branch:
    """A step of the way, how deep it lies, and the search it was."""

    step: SearchStep
    depth: int
    search: Search

    @property
    def indent(self) -> range:
        """So many levels to the side."""
        return range(min(self.depth, 8))


def take_step(officer: Officer, results: Results, came_from: str) -> SearchStep:
    """Note a search on the officer's way: as a child of the step they came from, or as that step again where it is the same search.

    Runs inside the officer's scope.
    """
    require(officer, Permission.SEARCH_RUN)
    query, before = results.search.to_query(), _step(came_from)
    if before is not None and before.query == query:
        before.page, before.visited_at = results.number, now()
        before.found, before.is_more = results.count, results.is_more
        before.save(update_fields=["page", "visited_at", "found", "is_more"])
        return before
    step = SearchStep(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        officer=officer,
        parent=before,
        query=query,
        found=results.count,
        is_more=results.is_more,
        page=results.number,
    )
    SearchStep.objects.bulk_create([step])
    return step


def _step(told: str) -> SearchStep | None:
    try:
        return SearchStep.objects.filter(id=uuid.UUID(told)).first()
    except ValueError:
        return None


def step_for(officer: Officer, step_id: uuid.UUID) -> SearchStep:
    """A step of the officer's own way, or `NotFound`: the same where it is absent and where it is another's."""
    require(officer, Permission.SEARCH_RUN)
    found = SearchStep.objects.filter(id=step_id, officer=officer.pk).first()
    if found is None:
        raise NotFound
    return found


def leave_at(officer: Officer, step_id: uuid.UUID, media_id: uuid.UUID) -> SearchStep:
    """Note which content was looked at last, so that going back leads there."""
    step = step_for(officer, step_id)
    step.media_id, step.visited_at = media_id, now()
    step.save(update_fields=["media_id", "visited_at"])
    return step


def way_of(officer: Officer) -> list[Branch]:
    """The officer's searches as a tree: the newest roots first, what came of each below it in its order. Runs inside their scope."""
    require(officer, Permission.SEARCH_RUN)
    steps = list(SearchStep.objects.filter(officer=officer.pk).order_by("-visited_at")[:SEARCH_STEPS_MAX])
    ids, below = {step.id for step in steps}, defaultdict(list)
    for step in sorted(steps, key=lambda one: one.made_at):
        below[step.parent_id if step.parent_id in ids else None].append(step)
    told: list[Branch] = []
    waiting = [(step, 0) for step in below[None]]
    while waiting:
        step, depth = waiting.pop()
        told.append(Branch(step, depth, Search.from_query(step.query)))
        waiting += [(child, depth + 1) for child in reversed(below[step.id])]
    return told


def forget_old_steps() -> int:
    """Forget what lies beyond the steps that are kept of each officer's way; how many there were."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_FORGET, [SEARCH_STEPS_MAX])
        old = cursor.fetchone()[0] or []
        cursor.execute("DELETE FROM review_searchstep WHERE id = ANY(%s)", [old])
    return len(old)
