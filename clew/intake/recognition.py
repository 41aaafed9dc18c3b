"""Recognition: which held contents a fingerprint meets, over all countries. A trusted service; its answers are cut before anyone sees them.

The machine's segment holds what the database held at its watermark, every process maps it, and what came since is read from the database
before each question. What a number of the index stands for is asked of the database at the end: what was removed there is gone at once.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections import defaultdict

import numpy as np
from django.conf import settings

from clew.catalogue.models import SignatureKind
from clew.catalogue.queries import media_with_digests
from clew.intake.films_met import FRAME_KINDS, FilmsMet
from clew.intake.following import Following
from clew.intake.models import LOOKS_INDEX, Basis
from clew.intake.near import near_held
from clew.intake.questions import EXACT, FRAME, FRAME_TRIMMED, FRAMES, INVERTED, Look, Questions
from clew.intake.rules import Candidate, Recognised
from clew.intake.signature_rows import HeldSignature, horizon, rows_since
from clew.kernel.limits import INDEX_DELTA_ROWS_MAX, PDQ_DISTANCE_MAX
from clew.matching.hits import Hits
from clew.matching.live import LiveIndex
from clew.matching.recall import plant_canaries, verify_recall
from clew.matching.segment import Segment
from clew.matching.store import LOOKS, SegmentStore

#: The name of this index among the removals.
INDEX = "looks"
#: A list is searched by all cores; a single question by the one that asks.
THREADS = os.cpu_count() or 1


class Recogniser(Following[Segment]):
    """The near-duplicate index of this process, kept up with the database before every question."""

    def __init__(self, store: SegmentStore[Segment] | None = None) -> None:
        super().__init__(store or SegmentStore(settings.CLEW_INDEX_PATH, LOOKS), LOOKS_INDEX, removals=INDEX)

    def _open(self, segment: Segment | None) -> None:
        self._index = LiveIndex(segment)
        if segment is None:
            # Their numbers are negative, so no row of the database can share one. A kept segment has them.
            plant_canaries(self._index)

    @property
    def index(self) -> LiveIndex:
        """What answers now."""
        return self._index

    def distrust(self) -> None:
        """Look at every hash from now on, here and in every process of this machine, until a new segment is kept."""
        if self.kept is None:
            # Nothing but what was read from the database: it is read again.
            with self._lock:
                self._begin(None)
        else:
            self.store.distrust(self.kept)

    @property
    def is_build_due(self) -> bool:
        """Whether so much came since that a new segment pays, or the one in use holds what was purged."""
        if self.holds_what_was_purged:
            return True
        return self.rows_since > min(INDEX_DELTA_ROWS_MAX, max(2000, self.kept.rows if self.kept else 0))

    def refresh(self) -> int:
        """Take up the segment in use and the signatures committed since; returns how many were new to this process."""
        with self._lock:
            self._take_up_segment()
            until, went = horizon(), self._going()
            ids, bits = rows_since(self._since)
            fresh = np.array([number not in self._came for number in ids.tolist()], dtype=bool)
            if fresh.any():
                self._index.add(ids[fresh], bits[fresh])
                self._came.update(ids[fresh].tolist())
                # The newest row must be found at every distance before anyone relies on the index.
                verify_recall(self._index, ids[fresh][-1:], bits[fresh][-1:])
            if went:
                # Asked for before the rows were read: none of them comes back with these.
                self._index.remove(list(went))
                self._went |= went
                self._came -= went
            self._since = until
        return int(fresh.sum())

    def recognise(self, asked: Questions, *, distance_max: int = PDQ_DISTANCE_MAX) -> dict[int, Recognised]:
        """For each place that meets anything: every held content with the same digest, or within the distance in any orientation; each
        content once, best basis first.
        """
        found: dict[int, dict[uuid.UUID, Candidate]] = defaultdict(dict)
        for kind in EXACT:
            if kind in asked.digests:
                places, digests = asked.digests[kind]
                for place, media_id in media_with_digests(kind, digests):
                    found[places[place]].setdefault(media_id, Candidate(media_id, kind, 0, "original"))
        parked: dict[int, list[tuple[Candidate, str]]] = defaultdict(list)
        if len(asked.looks):
            self._add_near(asked, distance_max, found, parked)
        return {
            place: Recognised(list(found[place].values()), parked[place], asked.refused.get(place, ""))
            for place in found.keys() | parked.keys() | asked.refused.keys()
        }

    def _add_near(
        self,
        asked: Questions,
        distance_max: int,
        found: dict[int, dict[uuid.UUID, Candidate]],
        parked: dict[int, list[tuple[Candidate, str]]],
    ) -> None:
        """Add what lies near to what was found, and why what lies near too is set aside."""
        for hits, held in near_held(asked, self._near(asked, distance_max)):
            films = FilmsMet(asked.looks)
            for at, number, distance in zip(
                hits.query_index.tolist(), hits.id.tolist(), hits.distance.tolist(), strict=True
            ):
                signature, look = held.get(number), asked.looks[at]
                if signature is None:
                    continue
                candidate = _candidate(signature, distance, look)
                if signature.parked is not None:
                    parked[look.place].append((candidate, signature.parked))
                else:
                    found[look.place].setdefault(signature.media_id, candidate)
                    if look.variant in FRAMES and signature.kind in FRAME_KINDS:
                        films.add(look, signature)
            films.tell(found)

    def _near(self, asked: Questions, distance_max: int) -> Hits:
        with self._lock:
            index, is_trusted = self._index, self.kept is None or self.kept.is_trusted
        return index.search(asked.bits, distance_max, threads=THREADS, exhaustive=not is_trusted)


def _candidate(held: HeldSignature, distance: int, look: Look) -> Candidate:
    return Candidate(
        media_id=held.media_id,
        basis=Basis.PDQ.value,
        distance=distance,
        orientation=look.orientation,
        quality_held=100 if held.quality is None else held.quality,
        variant=_variant(held.kind, look.variant),
        time_ms=look.time_ms,
        time_held_ms=held.time_ms,
    )


def _variant(held: str, asked: str) -> str:
    """How what was compared was made, of either side the one that says most."""
    made = {asked, _VARIANTS.get(held, "")}
    return next((variant for variant in (INVERTED, FRAME_TRIMMED, FRAME, "trimmed", "enlarged") if variant in made), "")


_VARIANTS = {
    SignatureKind.FRAME.value: FRAME,
    SignatureKind.FRAME_TRIMMED.value: FRAME_TRIMMED,
    SignatureKind.TRIMMED.value: "trimmed",
    SignatureKind.ENLARGED.value: "enlarged",
}


_recogniser: Recogniser | None = None
_making = threading.Lock()


def recogniser() -> Recogniser:
    """The recogniser of this process."""
    global _recogniser  # noqa: PLW0603 - one index per process is the point
    with _making:
        if _recogniser is None:
            _recogniser = Recogniser()
    return _recogniser
