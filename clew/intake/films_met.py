"""Films met: of two films whose frames look alike, which seconds match which, and how much of either."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from clew.catalogue.models import SignatureKind
from clew.intake.questions import FRAME, FRAME_TRIMMED, FRAMES, Look
from clew.intake.rules import Candidate, Film
from clew.intake.signature_rows import HeldSignature, frame_counts
from clew.matching.moments import pieces

#: Of each pair the moment that counts of the asked film, the one that matches, and that of the held one, in milliseconds.
Pair = tuple[int, int, int]
Place = tuple[int, uuid.UUID]
#: How two films were compared: the way round, and whether either was trimmed: the look's variant and the signature's kind.
Way = tuple[str, str, str]
FRAME_KINDS = frozenset({SignatureKind.FRAME.value, SignatureKind.FRAME_TRIMMED.value})
#: A film cut into more pieces than these is told by its longest.
PIECES_TOLD_MAX = 20


class FilmsMet:
    """Gathers pairs of frames while hits are gone through, and tells at the end what they make together."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._asked = Counter(
            (look.place, look.orientation, look.variant)
            for look in looks
            if look.variant in FRAMES and look.counts_ms == look.time_ms
        )
        self._pairs: dict[Place, dict[Way, list[Pair]]] = defaultdict(lambda: defaultdict(list))

    def add(self, look: Look, held: HeldSignature) -> None:
        """A frame of a film that was asked about lies near a frame of a held one."""
        way = (look.orientation, look.variant, held.kind)
        self._pairs[look.place, held.media_id][way].append((look.counts_ms, look.time_ms, held.time_ms))

    def tell(self, found: dict[int, dict[uuid.UUID, Candidate]]) -> None:
        """Put what the pairs say beside the candidates they belong to; the way that has more moments of the asked film counts."""
        if not self._pairs:
            return
        held = frame_counts({media_id for _place, media_id in self._pairs})
        for (place, media_id), ways in self._pairs.items():
            candidate = found.get(place, {}).get(media_id)
            if candidate is None or candidate.variant not in FRAMES:
                continue
            way, pairs = max(ways.items(), key=_preferred)
            orientation, variant, kind = way
            is_trimmed = variant == FRAME_TRIMMED or kind == SignatureKind.FRAME_TRIMMED
            film = Film(
                pieces=pieces((asked, at) for _counts, asked, at in pairs)[:PIECES_TOLD_MAX],
                asked_matched=len({counts for counts, _asked, _at in pairs}),
                asked_frames=self._asked[place, orientation, variant],
                held_matched=len({at for _counts, _asked, at in pairs}),
                held_frames=held.get((media_id, kind), 0),
                is_trimmed=is_trimmed,
            )
            told = replace(
                candidate, orientation=orientation, variant=FRAME_TRIMMED if is_trimmed else FRAME, film=film
            )
            found[place][media_id] = told


def _preferred(way: tuple[Way, list[Pair]]) -> tuple[int, bool]:
    """More moments first; among equals films as they are before trimmed ones."""
    (_orientation, variant, kind), pairs = way
    return len({counts for counts, _asked, _at in pairs}), (variant, kind) == (FRAME, SignatureKind.FRAME)
