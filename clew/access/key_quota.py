"""The quota of keys: calls within any sixty minutes, counted in PostgreSQL under a lock of the key, so that many processes agree."""

from __future__ import annotations

import datetime as dt
import math

from django.db import connections, transaction

from clew.access.models import ApiKey, KeyUse
from clew.kernel.clock import now
from clew.kernel.errors import ClewError

#: Counts are kept this long, to be looked at.
KEPT_DAYS = 2
#: Calls are counted by steps; a step counts until the last call that it may hold is an hour old.
_STEP = dt.timedelta(minutes=5)
_COUNTS_FOR = dt.timedelta(hours=1) + _STEP

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
#: One more call; and once a minute is often enough to know when a key was used last.
_COUNT = """
WITH counted AS (
  INSERT INTO access_keyuse (key_id, since, calls) VALUES (%(key)s, %(since)s, 1)
  ON CONFLICT (key_id, since) DO UPDATE SET calls = access_keyuse.calls + 1
)
UPDATE access_apikey SET last_used_at = %(now)s
WHERE id = %(key)s AND (last_used_at IS NULL OR last_used_at < %(now)s - interval '1 minute')
"""


class QuotaExceeded(ClewError):
    """This key has made all {calls_per_hour} calls of an hour. Nothing was read or changed. Wait {retry_after_seconds} seconds, or use a key with a larger quota."""

    status = 429


def count_call(key: ApiKey) -> None:
    """Count one call of a key, or raise `QuotaExceeded` with the seconds until it may make the next; what is refused does not count."""
    moment = now()
    with transaction.atomic(using="service"), connections["service"].cursor() as cursor:
        # A count that a power cut loses harms nobody; without this each call would wait for the disk.
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_ONE_AT_A_TIME, [f"key {key.id}"])
        steps = KeyUse.objects.using("service").filter(key=key, since__gt=moment - _COUNTS_FOR)
        left = _seconds_left(list(steps.order_by("since").values_list("since", "calls")), key.calls_per_hour, moment)
        if left is None:
            since = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
            cursor.execute(_COUNT, {"key": key.id, "since": since, "now": moment})
    if left is not None:
        raise QuotaExceeded(calls_per_hour=key.calls_per_hour, retry_after_seconds=left)


def _seconds_left(steps: list[tuple[dt.datetime, int]], calls_max: int, moment: dt.datetime) -> int | None:
    """Seconds until so many of the steps, the oldest first, count no more that there is room for a call; None where there is room."""
    counted = sum(calls for _since, calls in steps)
    left = None
    for since, calls in steps:
        if counted < calls_max:
            break
        counted -= calls
        left = math.ceil((since + _COUNTS_FOR - moment).total_seconds())
    return left


def forget_old_counts() -> None:
    """Drop the counts of hours long gone."""
    KeyUse.objects.using("service").filter(since__lt=now() - dt.timedelta(days=KEPT_DAYS)).delete()
