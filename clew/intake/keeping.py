"""Keeping the index: building a new segment when enough came since the last, and the recall guard, which tests what answers.

One process of each machine does so at a time. A segment that fails its test is never used; an index in use that fails is not trusted any
more: every process then looks at every hash, until a new segment has been built.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Self

import numpy as np
from django.db import connections, transaction

from clew.intake.imprint_index import ImprintIndex
from clew.intake.models import LOOKS_INDEX, RecallCheck
from clew.intake.part_kinds import PARTS_BY_KIND
from clew.intake.part_search import part_searches
from clew.intake.recognition import Recogniser, recogniser
from clew.intake.signature_rows import horizon, rows_before, sampled_rows, source
from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.matching.bits import Bytes
from clew.matching.errors import RecallLost
from clew.matching.hits import Numbers
from clew.matching.recall import canaries, check_recall
from clew.matching.segment import Segment
from clew.matching.store import Kept, SegmentStore, known_answers

log = logging.getLogger("clew.intake")

LOOK_EVERY_SECONDS = 5
CHECK_EVERY = dt.timedelta(minutes=1)
CHECKS_KEPT_FOR = dt.timedelta(days=90)
#: Rows of the database that each check asks the index for.
SAMPLE_ROWS = 32


def machine() -> str:
    """The name under which this machine's checks are kept."""
    return socket.gethostname()


def build(store: SegmentStore[Segment], *, threads: int | None = None) -> Kept:
    """Build a segment of everything the database holds, test it, and put it in use. Raises RecallLost; the old one then stays."""
    until = horizon()
    ids, bits = rows_before(until)
    known_ids, known = canaries()
    segment = Segment.build(np.concatenate([known_ids, ids]), np.concatenate([known, bits]), threads=threads)
    kept = store.keep(segment, watermark=until, source=source())
    with transaction.atomic(using="service"):
        record("intake:index:build", actor=None, using="service", facts={"rows": kept.rows, "probes": kept.probes})
    return kept


def build_if_due(recognised: Recogniser) -> Kept | None:
    """Build if so much came since, or if what is in use failed its test, and no other process is at it."""
    recognised.refresh()
    is_distrusted = recognised.kept is not None and not recognised.kept.is_trusted
    if not (recognised.is_build_due or is_distrusted) or recognised.store.failures.is_waiting:
        return None
    with recognised.store.building() as is_ours:
        if not is_ours:
            return None
        try:
            kept = build(recognised.store)
        except RecallLost:
            # Nothing is lost by it: the old segment and what came since go on answering, more slowly.
            failed = recognised.store.failures.add()
            log.exception(
                "the segment that was built failed its test and is not used; next try at %s", failed.next_try_at
            )
            return None
    recognised.refresh()
    return kept


def check(recognised: Recogniser) -> RecallCheck:
    """Ask the index in use for known answers, by its tables and by a look at every hash, and for rows of the database; keep the result.

    Where an answer is missing the segment is trusted no more.
    """
    # Drawn first: what is committed after the refresh would be missed rightly.
    drawn = sampled_rows(SAMPLE_ROWS)
    recognised.refresh()
    begun = time.perf_counter()
    probes, missed = _asked(recognised, drawn)
    if missed:
        log.error("the index failed its recall test: %s of %s known answers were not found", missed, probes)
        recognised.distrust()
    _note(recognised.store, is_lost=bool(missed))
    return keep_check(LOOKS_INDEX, recognised.rows, probes, missed, begun)


def keep_check(
    index: str, rows: int, probes: int, missed: int, begun: float, *, is_lost: bool | None = None
) -> RecallCheck:
    """Keep the result of a test that began then; where answers were lost (any, unless it is said), that is on record."""
    done = RecallCheck(
        machine=machine(),
        index=index,
        rows=rows,
        probes=probes,
        missed=missed,
        took_ms=round((time.perf_counter() - begun) * 1000),
    )
    with transaction.atomic(using="service"):
        RecallCheck.objects.using("service").bulk_create([done])
        RecallCheck.objects.using("service").filter(checked_at__lt=now() - CHECKS_KEPT_FOR).delete()
        if missed if is_lost is None else is_lost:
            facts = {"index": index, "missed": missed, "probes": probes}
            record("intake:index:distrust", actor=None, using="service", facts=facts)
    return done


def _note(store: SegmentStore[Any], *, is_lost: bool) -> None:
    """Failures are counted until a test in use is passed: what passes when it is built and fails afterwards would be built for ever."""
    if is_lost:
        store.failures.add()
    else:
        store.failures.forget()


def _asked(recognised: Recogniser, drawn: tuple[Numbers, Bytes]) -> tuple[int, int]:
    probes = missed = 0
    try:
        probes += known_answers(recognised.index.segment).probes if recognised.kept else 0
    except RecallLost as lost:
        probes, missed = lost.facts["probes"], lost.facts["missed"]
    # What the database holds must be found: a test of the index by itself cannot see a row that never came into it.
    for ids, bits in (canaries(), drawn):
        report = check_recall(recognised.index, ids, bits)
        probes, missed = probes + report.probes, missed + len(report.missed)
    return probes, missed


def is_check_due(index: str) -> bool:
    """Whether this machine's last check of the index is over a minute ago."""
    newest = RecallCheck.objects.using("service").filter(machine=machine(), index=index).order_by("-id").first()
    return newest is None or now() - newest.checked_at >= CHECK_EVERY


def check_if_due(recognised: Recogniser) -> RecallCheck | None:
    """Check if this machine's last check is over a minute ago and no other process is at it."""
    if not is_check_due(LOOKS_INDEX):
        return None
    with recognised.store.building() as is_ours:
        return check(recognised) if is_ours else None


def build_imprints_if_due(index: ImprintIndex[Any]) -> Kept | None:
    """The same for an index of imprints."""
    index.refresh()
    if not index.is_build_due or index.store.failures.is_waiting:
        return None
    with index.store.building() as is_ours:
        if not is_ours:
            return None
        try:
            kept = index.build()
        except RecallLost:
            failed = index.store.failures.add()
            log.exception(
                "the segment of %s that was built failed its test and is not used; next try at %s",
                index.form.name,
                failed.next_try_at,
            )
            return None
    with transaction.atomic(using="service"):
        facts = {"index": index.form.name, "rows": kept.rows, "probes": kept.probes}
        record("intake:index:build", actor=None, using="service", facts=facts)
    index.refresh()
    return kept


def check_imprints_if_due(index: ImprintIndex[Any]) -> RecallCheck | None:
    """The same for an index of imprints: asked for rows of the database, from a changed part of each."""
    if not is_check_due(index.form.name):
        return None
    with index.store.building() as is_ours:
        return check_imprints(index) if is_ours else None


def check_imprints(index: ImprintIndex[Any]) -> RecallCheck:
    """Test an index of imprints now, and keep the result."""
    begun = time.perf_counter()
    report, is_lost = index.check()
    _note(index.store, is_lost=is_lost)
    return keep_check(index.form.name, index.rows, report.probes, len(report.missed), begun, is_lost=is_lost)


class Keeper:
    """Builds and checks from time to time, in a thread of its own. Use as a context manager."""

    def __init__(self, every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._every_seconds = every_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper of the index", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        """End, after what it is doing."""
        self._ended.set()
        self._thread.join()

    def _keep(self) -> None:
        # What it does can wait; questions cannot.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        while not self._ended.wait(self._every_seconds):
            for work in (build_if_due, check_if_due):
                _guarded(work, recogniser)
            for kind in range(len(PARTS_BY_KIND)):
                for keep in (build_imprints_if_due, check_imprints_if_due):
                    _guarded(keep, partial(_part_index, kind))
        connections.close_all()


def _part_index(kind: int) -> ImprintIndex[Any]:
    return part_searches().all[kind].index


def _guarded(work: Callable[[Any], object], index: Callable[[], Any]) -> None:
    """A database that is away, or a full disk, must not end the keeper."""
    try:
        work(index())
    except ClewError as told:
        log.warning("the index could not be looked after: %s", told.message)
    except Exception:
        log.exception("the index could not be looked after")
        connections.close_all()
