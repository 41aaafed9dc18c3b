"""The closer look: when nothing waits, new pictures are searched once more for small parts, with many more details than at first.

It takes several times as long as the first look, so no verdict waits for it. What it finds is added to the verdict, which stands as it was,
and the holders are alerted, as with what comes later. It searches beside everything else, and writes in its turn.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from clew.access.ownership import Level
from clew.access.scope import asker_for
from clew.intake.answers import NOTHING, announce_hits, meet
from clew.intake.fingerprints import Fingerprint, SceneLook
from clew.intake.later import Newcomer, tell_earlier
from clew.intake.matches import match_of
from clew.intake.models import CLOSER, Match, ReceivedFile, Verdict, VerdictKind
from clew.intake.part_search import part_searches
from clew.intake.questions import questions_of
from clew.intake.recognition import recogniser
from clew.intake.rules import Candidate, Hit
from clew.intake.turn import wait_for_turn
from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.media.examination import Examination
from clew.media.jail import Jail
from clew.signatures.scene import scene_query_of
from clew.signatures.scene_signature import SceneQuery
from clew.vault.opened import vault

NOTHING_ASKED = Fingerprint(digests={})
#: Pictures looked at in one transaction: each takes about a second.
BATCH = 4


def waiting_for_a_closer_look() -> QuerySet[Verdict]:
    """Verdicts on new pictures that have not been looked at more closely; the oldest first."""
    return (
        Verdict.objects.using("service")
        .filter(kind=VerdictKind.NEW, looked_closer_at__isnull=True, sighting__media__kind="image")
        .exclude(sighting__media__original_address="")
        .order_by("pk")
    )


def look_closer(jail: Jail, *, batch: int = BATCH) -> int:
    """Look at one batch more closely, unless files wait for their verdicts; how many were looked at."""
    if ReceivedFile.objects.using("service").filter(decided=False).exists():
        return 0
    with transaction.atomic(using="service"):
        verdicts = list(
            waiting_for_a_closer_look()
            # Others may add matches to these verdicts meanwhile: they only must not look at them as well.
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("sighting__media", "submission__submitted_by__unit__organisation")[:batch]
        )
        found = _look(verdicts, jail)
        Verdict.objects.using("service").filter(pk__in=[verdict.pk for verdict in verdicts]).update(
            looked_closer_at=now()
        )
        if verdicts:
            facts = {"verdicts": len(verdicts), "matches": found}
            record("intake:verdict:look-closer", actor=None, using="service", facts=facts)
    return len(verdicts)


def pass_over(door: str) -> int:
    """Count the new pictures of every submission that came through this door as looked at, which they were not; how many. On record.

    For a world whose truth is known, such as the demo's, where a closer look would only keep the machine busy.
    """
    with transaction.atomic(using="service"):
        waiting = waiting_for_a_closer_look().filter(submission__door=door)
        passed = Verdict.objects.using("service").filter(pk__in=list(waiting.values_list("pk", flat=True)))
        count = passed.update(looked_closer_at=now())
        record("intake:verdict:pass-over", actor=None, using="service", facts={"verdicts": count})
    return count


@dataclass(frozen=True, slots=True)
class _Look:
    """What a picture asks with at the first look and at the closer one."""

    first: Fingerprint = NOTHING_ASKED
    closer: Fingerprint = NOTHING_ASKED


def _look(verdicts: Sequence[Verdict], jail: Jail) -> int:
    """Add to the verdicts what their pictures meet by small parts, and to those of others that they meet; how many matches that made."""
    looks = [_opened(verdict, jail) for verdict in verdicts]
    closer, searches = [look.closer for look in looks], part_searches()
    met_before = searches.find([look.first for look in looks])
    seen = searches.seen()
    parts = searches.find(closer)
    wait_for_turn()
    parts = searches.find_newest(closer, parts, seen)
    return sum(
        _add(verdict, parts.get(place, ()), {candidate.media_id for candidate, _why in met_before.get(place, ())})
        for place, verdict in enumerate(verdicts)
    )


def _add(verdict: Verdict, parts: Sequence[tuple[Candidate, str | None]], met_before: Collection[uuid.UUID]) -> int:
    """Add to one verdict what its picture meets; how many matches that made. `met_before` are the contents that the first look meets."""
    assert verdict.sighting is not None
    submission, own_id = verdict.submission, verdict.sighting.media_id
    asker = asker_for(submission.submitted_by)
    met = meet(recogniser(), questions_of([]), asker, other_than=submission.id, parts={0: parts}).get(0, NOTHING)
    hits = [hit for hit in met.hits if hit.candidate.counts and hit.candidate.media_id != own_id]
    added = Match.objects.using("service").filter(verdict=verdict, met_later_at__isnull=False)
    known = set(added.values_list("media_id", flat=True))
    told = [hit for hit in hits if hit.level != Level.SILENT and hit.candidate.media_id not in known]
    matches = [match_of(verdict, hit, None, met_later_at=now(), variant=CLOSER) for hit in told]
    Match.objects.using("service").bulk_create(matches)
    # Of what is silent its holder was told at the first look, if that met it.
    announce_hits(submission, [hit for hit in hits if _is_news(hit, met_before)])
    newcomer = Newcomer(own_id, [hit.candidate for hit in hits], None)
    alerted = {hit.holder_unit_id for hit in hits}
    return len(matches) + tell_earlier(submission, [newcomer], alerted=alerted, variant=CLOSER)


def _is_news(hit: Hit, met_before: Collection[uuid.UUID]) -> bool:
    return hit.level != Level.SILENT or hit.candidate.media_id not in met_before


def _opened(verdict: Verdict, jail: Jail) -> _Look:
    """What the verdict's picture asks with; nothing where it can no longer be opened."""
    assert verdict.sighting is not None
    try:
        seen = jail.examine(vault().open(verdict.sighting.media.original_address))
    except ClewError:
        return _Look()
    if not isinstance(seen, Examination) or seen.pixels is None:
        return _Look()
    return _Look(_asking(scene_query_of(seen.pixels)), _asking(scene_query_of(seen.pixels, deep=True)))


def _asking(asked: SceneQuery) -> Fingerprint:
    return Fingerprint(digests={}, scenes=[SceneLook(0, asked.direct, asked)])
