"""The closer look: when nothing waits, new pictures are searched once more for small parts, with many more details than at first.

It takes several times as long as the first look, so no verdict waits for it. What it finds is added to the verdict, which stands as it was,
and the holders are alerted, as with what comes later.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from clew.access.ownership import Level
from clew.intake.answers import NOTHING, announce_hits, asker_for, meet
from clew.intake.fingerprints import Fingerprint, SceneLook
from clew.intake.later import Newcomer, tell_earlier
from clew.intake.matches import match_of
from clew.intake.models import Match, ReceivedFile, Verdict, VerdictKind
from clew.intake.part_search import part_searches
from clew.intake.questions import questions_of
from clew.intake.recognition import recogniser
from clew.intake.rules import CLOSER
from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.media.examination import Examination
from clew.media.jail import Jail
from clew.signatures.scene import scene_query_of
from clew.vault.opened import vault

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
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("sighting__media", "submission__submitted_by__unit__organisation")[:batch]
        )
        found = sum(_look(verdict, jail) for verdict in verdicts)
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


def _look(verdict: Verdict, jail: Jail) -> int:
    """Add to a verdict what its picture meets by small parts; how many matches that made."""
    assert verdict.sighting is not None
    asked = _asked(verdict.sighting.media.original_address, jail)
    if asked is None:
        return 0
    submission = verdict.submission
    asker = asker_for(submission.submitted_by)
    parts = part_searches().find([asked])
    met = meet(recogniser(), questions_of([asked]), asker, other_than=submission.id, parts=parts).get(0, NOTHING)
    hits = [hit for hit in met.hits if hit.candidate.counts and hit.candidate.media_id != verdict.sighting.media_id]
    told = [hit for hit in hits if hit.level != Level.SILENT]
    matches = [match_of(verdict, hit, None, met_later_at=now(), variant=CLOSER) for hit in told]
    Match.objects.using("service").bulk_create(matches, ignore_conflicts=True)
    announce_hits(submission, hits)
    candidates = [hit.candidate for hit in hits]
    newcomer = Newcomer(verdict.sighting.media_id, candidates, None)
    tell_earlier(submission, [newcomer], alerted={hit.holder_unit_id for hit in hits}, variant=CLOSER)
    return len(matches)


def _asked(address: str, jail: Jail) -> Fingerprint | None:
    """What the picture asks with at the closer look; None where it can no longer be opened."""
    try:
        seen = jail.examine(vault().open(address))
    except ClewError:
        return None
    if not isinstance(seen, Examination) or seen.pixels is None:
        return None
    asked = scene_query_of(seen.pixels, deep=True)
    return Fingerprint(digests={}, scenes=[SceneLook(0, asked.direct, asked)])
