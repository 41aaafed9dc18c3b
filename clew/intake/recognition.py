"""Recognition: which held contents a fingerprint meets, over all countries. A trusted service; its answers are cut before anyone sees them."""

from __future__ import annotations

import logging
import threading
import uuid

import numpy as np
from django.db import connections

from clew.catalogue.queries import media_with_digest
from clew.intake.fingerprints import Fingerprint
from clew.intake.models import Basis
from clew.intake.rules import Candidate
from clew.kernel.limits import PDQ_DISTANCE_MAX, PDQ_QUALITY_MIN
from clew.matching.errors import RecallLost
from clew.matching.live import LiveIndex
from clew.matching.recall import plant_canaries, verify_recall

log = logging.getLogger("clew.intake")

# A row's number is drawn before its transaction commits, so "greater than the last number seen" would miss late committers.
# Rows whose transaction might still have been running at the last look are read again, and those already held are skipped.
_FRESH = """
SELECT s.id, s.media_id, s.bits, coalesce(s.quality, 100), pg_snapshot_xmin(pg_current_snapshot())::text
FROM catalogue_signature s WHERE s.kind = 'pdq' AND s.made_in >= %s::xid8 AND coalesce(s.quality, 100) >= %s ORDER BY s.id
"""
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"


class Recogniser:
    """The near-duplicate index of this process, kept up with the database before every question."""

    def __init__(self) -> None:
        self._index = LiveIndex()
        # Their numbers are negative, so no row of the database can share one.
        self._canaries = plant_canaries(self._index)
        self._media: dict[int, tuple[uuid.UUID, int]] = {}
        self._horizon = "0"
        self._lock = threading.Lock()
        self._merging: threading.Thread | None = None

    def refresh(self) -> int:
        """Read the signatures committed since the last look; returns how many were new."""
        with self._lock, connections["service"].cursor() as cursor:
            cursor.execute(_HORIZON)
            horizon = cursor.fetchone()[0]
            cursor.execute(_FRESH, [self._horizon, PDQ_QUALITY_MIN])
            fresh = [row for row in cursor.fetchall() if row[0] not in self._media]
            if fresh:
                ids = np.array([row[0] for row in fresh], dtype=np.int64)
                bits = np.frombuffer(b"".join(bytes(row[2]) for row in fresh), dtype=np.uint8).reshape(-1, 32)
                self._index.add(ids, bits)
                self._media.update({row[0]: (row[1], row[3]) for row in fresh})
                # Known answers and the newest row must be found at every distance before anyone relies on the index.
                verify_recall(self._index, *self._canaries)
                verify_recall(self._index, ids[-1:], bits[-1:])
            self._horizon = horizon
        self._merge_if_due()
        return len(fresh)

    def _merge_if_due(self) -> None:
        """Bring what came since into the segment, beside the questions, which go on being answered from both."""
        if self._index.is_merge_due and (self._merging is None or not self._merging.is_alive()):
            self._merging = threading.Thread(target=self._merge, name="merge of the index", daemon=True)
            self._merging.start()

    def _merge(self) -> None:
        try:
            self._index.merge()
        except RecallLost:
            # Nothing is lost by it: the old segment and what came since go on answering, more slowly.
            log.exception("the index built from what came since failed its recall test and is not used")

    def candidates(self, fingerprint: Fingerprint) -> list[Candidate]:
        """Every held content with the same digest, or within the distance in any orientation; each content once, best basis first."""
        found: dict[uuid.UUID, Candidate] = {}
        for kind in (Basis.SHA256, Basis.SHA1, Basis.MD5):
            digest = fingerprint.digests.get(kind.value)
            for media_id in media_with_digest(kind.value, digest) if digest else ():
                found.setdefault(media_id, Candidate(media_id, kind.value, 0, "original"))
        if fingerprint.has_reliable_pdq:
            for near in self._near(fingerprint):
                found.setdefault(near.media_id, near)
        return list(found.values())

    def _near(self, fingerprint: Fingerprint) -> list[Candidate]:
        oriented = {name.value: np.frombuffer(found.bits, dtype=np.uint8) for name, found in fingerprint.pdq.items()}
        with self._lock:
            hits = self._index.search_oriented(oriented, distance_max=PDQ_DISTANCE_MAX)
            return [
                Candidate(
                    self._media[hit.id][0], Basis.PDQ.value, hit.distance, hit.orientation, self._media[hit.id][1]
                )
                for hit in hits
            ]


_recogniser: Recogniser | None = None
_making = threading.Lock()


def recogniser() -> Recogniser:
    """The recogniser of this process."""
    global _recogniser  # noqa: PLW0603 - one index per process is the point
    with _making:
        if _recogniser is None:
            _recogniser = Recogniser()
    return _recogniser
