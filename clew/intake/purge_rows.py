"""The rows of a purge: what of a record and of the contents that go is removed, in which order, and what stays of matches told to others."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connections

from clew.access.data_protection import policy
from clew.catalogue.models import Digests, Purge, RetentionTask, Tombstone
from clew.catalogue.retention_models import RetentionAnswer
from clew.catalogue.tombstones import exact_hash
from clew.intake.index_removals import note_removals
from clew.intake.purge_scope import PurgeScope, own_statements
from clew.kernel.clock import now
from clew.kernel.limits import PURGE_ROWS_AT_ONCE

# The objects of the vault: of the case's files, and of the contents that go with all that was made of them.
_DOOMED = """
INSERT INTO catalogue_doomedblob (purge_id, address, original_address)
SELECT %(purge)s, found.address, found.original FROM (
  SELECT f.original_address AS address, f.original_address AS original FROM intake_receivedfile f
    WHERE f.submission_id = ANY(%(submissions)s)
    AND NOT EXISTS (SELECT 1 FROM catalogue_media m WHERE m.original_address = f.original_address AND m.id <> ALL(%(gone)s))
  UNION SELECT part.address, m.original_address FROM catalogue_media m,
    LATERAL unnest(ARRAY[m.original_address, m.thumbnail_address, m.preview_address, m.strip_address]) AS part(address)
    WHERE m.id = ANY(%(gone)s)
) AS found WHERE found.address <> '' ON CONFLICT DO NOTHING
"""
# What others keep, its former holder can open no more: nobody's sighting of that organisation, and no statement of its that holds the content, is left.
_SHARES = """
INSERT INTO catalogue_doomedblob (purge_id, address, original_address, organisation_id)
SELECT DISTINCT %(purge)s, m.original_address, m.original_address, %(organisation)s::uuid FROM catalogue_media m
WHERE m.id = ANY(%(named)s) AND m.original_address <> ''
  AND NOT EXISTS (SELECT 1 FROM catalogue_sighting s WHERE s.media_id = m.id AND s.owner_organisation_id = %(organisation)s)
  AND NOT EXISTS (SELECT 1 FROM catalogue_membership b JOIN catalogue_series r ON r.id = b.series_id
    WHERE b.media_id = m.id AND b.keeps_content AND r.owner_organisation_id = %(organisation)s)
ON CONFLICT DO NOTHING
"""
#: Deciding what still waits of the case is asked for no more.
_RECORD = (
    "DELETE FROM procrastinate_jobs WHERE status <> 'doing' AND args->>'submission_id' = ANY(%(submissions)s::text[])",
    "DELETE FROM intake_match m USING intake_verdict v WHERE m.verdict_id = v.file_id AND v.submission_id = ANY(%(submissions)s)",
    "DELETE FROM intake_verdict WHERE submission_id = ANY(%(submissions)s)",
    "DELETE FROM intake_statedhash h USING intake_receivedfile f WHERE h.file_id = f.id AND f.submission_id = ANY(%(submissions)s)",
    "DELETE FROM intake_receivedfile WHERE submission_id = ANY(%(submissions)s)",
    "DELETE FROM catalogue_sighting WHERE submission_id = ANY(%(submissions)s)",
    "DELETE FROM catalogue_submission WHERE id = ANY(%(submissions)s)",
    "DELETE FROM catalogue_membership WHERE series_id = %(series)s",
    "DELETE FROM catalogue_outcome WHERE series_id = %(series)s",
    "UPDATE intake_match SET series_id = NULL WHERE series_id = %(series)s",
    "DELETE FROM catalogue_case WHERE id = %(record)s",
    "DELETE FROM catalogue_series WHERE id = %(record)s",
)
# Of a match told to others its basis, how much was told and the holder stay; what would lead to the content goes. It is lost where the content
# goes, and where its holder holds it no more.
_LOST = """
UPDATE intake_match SET media_id = NULL, series_id = NULL, distance = NULL, orientation = '', quality = NULL, quality_held = NULL, time_ms = 0,
  time_held_ms = 0, film = NULL, fit = NULL, gone_at = %(now)s
WHERE media_id = ANY(%(gone)s) OR media_id = ANY(%(named)s) AND holder_unit_id = %(unit)s
  AND NOT EXISTS (SELECT 1 FROM catalogue_sighting s WHERE s.media_id = intake_match.media_id AND s.owner_unit_id = %(unit)s)
  AND NOT EXISTS (SELECT 1 FROM catalogue_membership b JOIN catalogue_series r ON r.id = b.series_id
    WHERE b.media_id = intake_match.media_id AND b.belongs AND r.owner_unit_id = %(unit)s)
"""
_CONTENTS = (
    "DELETE FROM catalogue_look WHERE media_id = ANY(%(gone)s)",
    "DELETE FROM intake_parking p USING catalogue_signature s WHERE p.signature_id = s.id AND s.media_id = ANY(%(gone)s)",
    "DELETE FROM intake_parking p USING catalogue_imprint i WHERE p.imprint_id = i.id AND i.media_id = ANY(%(gone)s)",
    "DELETE FROM catalogue_signature WHERE media_id = ANY(%(gone)s)",
    "DELETE FROM catalogue_turnedlooks WHERE media_id = ANY(%(gone)s)",
    "DELETE FROM catalogue_imprint WHERE media_id = ANY(%(gone)s)",
    "DELETE FROM catalogue_digests WHERE media_id = ANY(%(gone)s)",
    "DELETE FROM catalogue_membership WHERE media_id = ANY(%(gone)s)",
    "DELETE FROM catalogue_apart WHERE left_id = ANY(%(gone)s) OR right_id = ANY(%(gone)s)",
    "DELETE FROM catalogue_media WHERE id = ANY(%(gone)s)",
)


def remove_rows(purge: Purge, scope: PurgeScope, gone: list[uuid.UUID]) -> None:
    """Remove the record and the contents that go with it. Runs in the purge's transaction."""
    values = {
        "purge": purge.id,
        "record": scope.record_id,
        "series": scope.series_id,
        "submissions": scope.submission_ids,
        "named": scope.media_ids,
        "gone": gone,
        "unit": scope.owner_unit_id,
        "organisation": scope.owner_organisation_id,
        "now": now(),
    }
    _run(_DOOMED, values)
    note_removals(gone)
    _leave_tombstones(purge, gone)
    if scope.takes_from_series:
        own_statements(scope).delete()
    elif scope.series_id is None:
        own_statements(scope).update(keeps_content=True)
    for sql in _RECORD:
        _run(sql, values)
    for sql in (_LOST, *_CONTENTS, _SHARES):
        _run(sql, values)
    tasks = RetentionTask.objects.using("service").filter(record_id=scope.record_id, answer=RetentionAnswer.NONE)
    tasks.update(answer=RetentionAnswer.EXPIRED, answered_at=now())


def _run(sql: str, values: dict[str, Any]) -> None:
    with connections["service"].cursor() as cursor:
        cursor.execute(sql, values)


def _leave_tombstones(purge: Purge, gone: list[uuid.UUID]) -> None:
    """One for each content; its digest, under a key, only where the policy says so."""
    for at in range(0, len(gone), PURGE_ROWS_AT_ONCE):
        ids = gone[at : at + PURGE_ROWS_AT_ONCE]
        exact: dict[uuid.UUID, bytes] = {}
        if policy().keeps_exact_hash:
            told = Digests.objects.using("service").filter(media_id__in=ids, sha256__isnull=False)
            exact = {id_: exact_hash(bytes(sha256)) for id_, sha256 in told.values_list("media_id", "sha256") if sha256}
        Tombstone.objects.using("service").bulk_create(
            [Tombstone(media_id=id_, purge=purge, purged_at=now(), exact_hash=exact.get(id_)) for id_ in ids]
        )
