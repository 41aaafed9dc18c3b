"""Films met: of two films whose frames look alike, which seconds match which, and how much of either."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from clew.intake.questions import Look
from clew.intake.rules import Candidate, Film
from clew.intake.signature_rows import frame_counts
from clew.matching.moments import pieces

Place = tuple[int, uuid.UUID]
#: A film cut into more pieces than these is told by its longest.
PIECES_TOLD_MAX = 20


class FilmsMet:
    """Gathers pairs of frames while hits are gone through, and tells at the end what they make together."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._asked = Counter((look.place, look.orientation) for look in looks if look.variant == "frame")
        self._pairs: dict[Place, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))

    def add(self, look: Look, media_id: uuid.UUID, time_held_ms: int) -> None:
        """A frame of a film that was asked about lies near a frame of a held one."""
        self._pairs[look.place, media_id][look.orientation].append((look.time_ms, time_held_ms))

    def tell(self, found: dict[int, dict[uuid.UUID, Candidate]]) -> None:
        """Put what the pairs say beside the candidates they belong to; the way round that has more of them counts."""
        if not self._pairs:
            return
        held = frame_counts({media_id for _place, media_id in self._pairs})
        for (place, media_id), ways in self._pairs.items():
            candidate = found.get(place, {}).get(media_id)
            if candidate is None or candidate.variant != "frame":
                continue
            orientation, pairs = max(ways.items(), key=lambda way: len(way[1]))
            film = Film(
                pieces=pieces(pairs)[:PIECES_TOLD_MAX],
                asked_matched=len({asked for asked, _held in pairs}),
                asked_frames=self._asked[place, orientation],
                held_matched=len({at for _asked, at in pairs}),
                held_frames=held.get(media_id, 0),
            )
            found[place][media_id] = replace(candidate, orientation=orientation, film=film)
