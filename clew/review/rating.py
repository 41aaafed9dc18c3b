"""Rating: what is known of stacks before anybody looked, gathered from what their own organisation holds, and written down with its reasons."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connections

from clew.access.models import Organisation
from clew.access.ownership import Asker, Level, clearances_up_to, level_for
from clew.access.scope import asker_in
from clew.catalogue.models import Series
from clew.kernel.clock import now
from clew.review.models import Stack
from clew.review.worth import Clues, Reason, days_between, facts_told, reasons_for, worth_of

#: Stacks rated by one question to the database.
STACKS_AT_ONCE = 2000
#: Of the paths of a stack so many are read for words; a content in wide circulation has thousands.
PATHS_MAX = 20

# Of each stack: its files, the age of its youngest case, the lowest marking under which its organisation has its medoid, the names of its facts,
# where it lay, and of the folders where it lay how many files there are and how many of them met something.
_CLUES = """
WITH asked AS (SELECT unnest(%s::uuid[]) AS id), seen AS (
  SELECT k.id AS stack_id, m.media_id, g.path, g.submission_id, g.confidentiality, m.media_id = k.medoid_id AS is_medoid,
    regexp_replace(g.path, '[^/]*$', '') AS folder
  FROM asked a JOIN review_stack k ON k.id = a.id JOIN review_stackmember m ON m.stack_id = k.id
    JOIN catalogue_sighting g ON g.media_id = m.media_id AND g.owner_organisation_id = k.owner_organisation_id
), places AS (SELECT DISTINCT submission_id, folder FROM seen), beside AS (
  SELECT p.submission_id, p.folder, count(*) AS files, count(*) FILTER (WHERE v.kind IN ('known', 'resembles')) AS hits
  FROM (SELECT DISTINCT submission_id FROM places) s
    JOIN intake_receivedfile f ON f.submission_id = s.submission_id JOIN intake_verdict v ON v.file_id = f.id
    JOIN places p ON p.submission_id = s.submission_id AND p.folder = regexp_replace(f.path, '[^/]*$', '')
  GROUP BY 1, 2
), densest AS (
  SELECT DISTINCT ON (s.stack_id) s.stack_id, b.files, b.hits FROM seen s JOIN beside b USING (submission_id, folder)
  ORDER BY s.stack_id, b.hits::float / b.files DESC, b.files DESC
)
SELECT s.stack_id, count(*), max(c.created_at), array_agg(DISTINCT s.confidentiality) FILTER (WHERE s.is_medoid),
  (array_agg(DISTINCT s.path))[1:%s], coalesce(max(d.files), 0), coalesce(max(d.hits), 0),
  (SELECT coalesce(array_agg(DISTINCT told), '{}') FROM review_stackmember m JOIN catalogue_media x ON x.id = m.media_id,
    jsonb_object_keys(x.metadata) AS told WHERE m.stack_id = s.stack_id)
FROM seen s JOIN catalogue_submission u ON u.id = s.submission_id JOIN catalogue_case c ON c.id = u.case_id
  LEFT JOIN densest d ON d.stack_id = s.stack_id
GROUP BY s.stack_id
"""
_SERIES = """
SELECT DISTINCT m.stack_id, b.series_id FROM review_stackmember m JOIN catalogue_membership b ON b.media_id = m.media_id AND b.belongs
WHERE m.stack_id = ANY(%s) AND NOT EXISTS (
  SELECT 1 FROM catalogue_membership n WHERE n.media_id = b.media_id AND n.series_id = b.series_id AND NOT n.belongs)
"""


def rate_stacks(stack_ids: Iterable[uuid.UUID]) -> int:
    """Work out anew what these stacks are worth, and why; how many. Runs in the service's transaction."""
    asked = sorted(set(stack_ids))
    for start in range(0, len(asked), STACKS_AT_ONCE):
        _rate(asked[start : start + STACKS_AT_ONCE])
    return len(asked)


def stacks_to_rate(before: dt.datetime, count_max: int) -> list[uuid.UUID]:
    """Open stacks that were rated last before that moment, the oldest rating first: series are identified and cases grow old meanwhile."""
    due = Stack.objects.using("service").filter(decided_by__isnull=True, rated_at__lt=before)
    return list(due.order_by("rated_at").values_list("id", flat=True)[:count_max])


def _rate(stack_ids: list[uuid.UUID]) -> None:
    stacks = {
        stack.id: stack
        for stack in Stack.objects.using("service").filter(id__in=stack_ids).only("id", "owner_organisation")
    }
    with connections["service"].cursor() as cursor:
        cursor.execute(_CLUES, [stack_ids, PATHS_MAX])
        rows = cursor.fetchall()
        cursor.execute(_SERIES, [stack_ids])
        placed = cursor.fetchall()
    marked = {row[0]: row[3] or () for row in rows}
    series = _series_known(stacks, marked, placed)
    moment = now()
    rated = []
    for stack_id, files, opened_at, _markings, paths, beside, hits, facts in rows:
        clues = Clues(
            series_identified=series[stack_id].count(True),
            series_open=series[stack_id].count(False),
            files_beside=beside,
            hits_beside=hits,
            facts=facts_told(facts, paths),
            case_age_days=days_between(opened_at, moment),
            files=files,
        )
        rated.append(_rated(stacks[stack_id], files, reasons_for(clues)))
    Stack.objects.using("service").bulk_update(rated, ["files", "worth", "reasons", "rated_at"], batch_size=500)


def _rated(stack: Stack, files: int, reasons: list[Reason]) -> Stack:
    stack.files, stack.worth, stack.rated_at = files, worth_of(reasons), now()
    stack.reasons = [reason.as_json() for reason in reasons]
    return stack


def _series_known(
    stacks: dict[uuid.UUID, Stack], marked: dict[uuid.UUID, Collection[str]], placed: list[tuple[uuid.UUID, uuid.UUID]]
) -> dict[uuid.UUID, list[bool]]:
    """Of each stack, for every series it is in that whoever sees its medoid may know, whether the victim is identified."""
    rows = Series.objects.using("service").in_bulk({series_id for _stack, series_id in placed})
    organisations = Organisation.objects.using("service").in_bulk(
        {stack.owner_organisation_id for stack in stacks.values()}
    )
    found: dict[uuid.UUID, list[bool]] = defaultdict(list)
    askers: dict[tuple[uuid.UUID, str], Asker] = {}
    for stack_id, series_id in placed:
        lowest = min(marked.get(stack_id, ()), key=_rank, default="official")
        key = (stacks[stack_id].owner_organisation_id, lowest)
        if key not in askers:
            askers[key] = asker_in(organisations[key[0]], clearance=lowest)
        if level_for(rows[series_id], askers[key]) == Level.FULL:
            found[stack_id].append(rows[series_id].victim_identified)
    return found


def _rank(marking: str) -> int:
    return len(clearances_up_to(marking))
