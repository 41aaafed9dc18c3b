"""The run of retention: ask owners, plan what has expired, and carry out every purge that waits. From a job, as often as one likes."""

from __future__ import annotations

import datetime as dt
import logging

from clew.catalogue.expiring import plan_expired, purges_waiting
from clew.catalogue.models import DoomedBlob
from clew.catalogue.retention import ask_owners
from clew.intake.purging import RecordHeld, carry_out
from clew.kernel.clock import now
from clew.kernel.limits import PURGE_BLOBS_KNOWN_HOURS

log = logging.getLogger("clew.intake")


def run_retention() -> int:
    """Do what is due; how many purges were carried out. What a hold stopped after it was planned waits until that is lifted."""
    ask_owners()
    plan_expired()
    done = 0
    for purge_id in purges_waiting():
        try:
            carry_out(purge_id)
        except RecordHeld:
            log.info("a purge waits for a hold")
        else:
            done += 1
    known = now() - dt.timedelta(hours=PURGE_BLOBS_KNOWN_HOURS)
    DoomedBlob.objects.using("service").filter(deleted_at__lt=known).delete()
    return done
