"""The state of the index: what the status page, the metrics and the command line tell of it. Numbers alone, no hash and nobody's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db.models import Count

from clew.access.models import Officer, Organisation, OrganisationKind
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import COMPARED, TO_IMPRINT, Digests, Imprint, ImprintKind, Media, Signature
from clew.intake.imprint_forms import FORMS
from clew.intake.jail_reports import jail_reports
from clew.intake.models import LOOKS_INDEX, JailReport, Parking, RecallCheck
from clew.intake.parking import parked_now
from clew.intake.queries import Totals, totals
from clew.kernel.clock import now
from clew.matching.errors import SegmentDamaged
from clew.matching.store import LOOKS, Kept, SegmentStore
from clew.matching.store_failures import Failed, Failures
from clew.vault.scrub_state import ScrubState, scrub_state

#: A guard that has not run for so long is as good as none.
CHECK_LATE_SECONDS = 600
PARKED_SHOWN_MAX = 200
#: The jail of a machine that is gone is of no interest after a day.
JAILS_SHOWN_FOR = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IndexState:
    """The index of this machine, its guard on every machine, and what is set aside."""

    signatures: int
    scenes: int
    sounds: int
    #: Contents that were catalogued before there were imprints, and wait for theirs.
    unimprinted: int
    digests: int
    segment: Kept | None
    is_damaged: bool
    #: The newest check of each index of each machine.
    checks: list[RecallCheck]
    #: The newest, as many as a page takes, and how many there are.
    parked: list[Parking]
    parked_count: int
    #: The indexes of this machine whose last test failed, by name.
    failed: Mapping[str, Failed]
    #: The jail of each machine that opens files, with when it was last seen.
    jails: list[JailReport]
    #: What the last scrub of the vault found.
    scrub: ScrubState | None = None
    #: Whether its reader is told how much there is. A count that does not grow by what one has just brought would tell that somebody holds it
    #: already, and keeps silent.
    tells_counts: bool = True

    @property
    def problems(self) -> list[str]:
        """What somebody should look at, in words."""
        found = []
        if self.is_damaged:
            found.append(
                "The note of the index in use is damaged. Everything is read from the database until the next build."
            )
        if self.segment is not None and not self.segment.is_trusted:
            found.append(
                "The index failed its test. Every hash is looked at instead, so answers are whole but slow; a new index is being built."
            )
        if self.checks and all(
            (now() - check.checked_at).total_seconds() > CHECK_LATE_SECONDS for check in self.checks
        ):
            found.append("The recall guard has not run for over ten minutes. Is a worker running?")
        found += [
            f"On {check.machine} the recall guard missed {check.missed} of {check.probes} known answers of the index of {check.index}."
            for check in self.checks
            if check.is_lost
        ]
        found += [
            f"The index of {name} on this machine failed its test {failed.count:,} times in a row. The next is built "
            f"{failed.next_try_at:%Y-%m-%d %H:%M:%S} UTC at the earliest. What is in use goes on answering, more slowly."
            for name, failed in self.failed.items()
            if failed.count > 1
        ]
        found += [
            f"On {report.machine} files are opened in a jail that is not whole: {report.grade.sentence}."
            for report in self.jails
            if not report.grade.is_full
        ]
        return [*found, *(self.scrub.problems if self.scrub else [])]


def index_state() -> IndexState:
    """For whoever runs the installation."""
    segment, is_damaged = None, False
    try:
        segment = SegmentStore(settings.CLEW_INDEX_PATH, LOOKS).current()
    except SegmentDamaged:
        is_damaged = True
    imprints = dict(Imprint.objects.using("service").values_list("kind").annotate(count=Count("id")).order_by())
    newest = RecallCheck.objects.using("service").order_by("machine", "index", "-id").distinct("machine", "index")
    return IndexState(
        signatures=Signature.objects.using("service").filter(COMPARED).count(),
        scenes=imprints.get(ImprintKind.SCENE.value, 0),
        sounds=imprints.get(ImprintKind.SOUND.value, 0),
        unimprinted=Media.objects.using("service").filter(TO_IMPRINT).count(),
        digests=Digests.objects.using("service").count(),
        segment=segment,
        is_damaged=is_damaged,
        checks=list(newest),
        failed=_failed(),
        parked=list(parked_now()[:PARKED_SHOWN_MAX]),
        parked_count=parked_now().count(),
        jails=jail_reports(JAILS_SHOWN_FOR),
        scrub=scrub_state(),
    )


def _failed() -> dict[str, Failed]:
    home = Path(settings.CLEW_INDEX_PATH)
    folders = {LOOKS_INDEX: home, **{form.name: home / form.name for form in FORMS}}
    last = {name: Failures(folder).last() for name, folder in folders.items()}
    return {name: failed for name, failed in last.items() if failed is not None}


def index_state_for(officer: Officer) -> tuple[IndexState, Totals]:
    """The same for an officer who may read it, with what waits; how much there is, only where nobody else's silence could be heard in it."""
    require(officer, Permission.INDEX_READ)
    return replace(index_state(), tells_counts=_hears_all(officer)), totals()


def _hears_all(officer: Officer) -> bool:
    """Whether the officer is of the coordinator, who oversees all, or of the only organisation there is besides."""
    others = Organisation.objects.exclude(kind=OrganisationKind.COORDINATOR).exclude(id=officer.organisation_id)
    return officer.organisation.kind == OrganisationKind.COORDINATOR or not others.exists()
