"""The quota of keys: calls in each hour of the clock, counted in PostgreSQL in one statement, so that many processes agree."""

from __future__ import annotations

import datetime as dt

from django.db import connections, transaction

from clew.access.models import ApiKey, KeyUse
from clew.kernel.clock import now
from clew.kernel.errors import ClewError

#: Counts are kept this long, to be looked at.
KEPT_DAYS = 2

_COUNT = """
INSERT INTO access_keyuse (key_id, hour, calls) VALUES (%s, %s, 1)
ON CONFLICT (key_id, hour) DO UPDATE SET calls = access_keyuse.calls + 1 RETURNING calls
"""
#: Once a minute is often enough to know when a key was used last.
_USED = """
UPDATE access_apikey SET last_used_at = %(now)s
WHERE id = %(key)s AND (last_used_at IS NULL OR last_used_at < %(now)s - interval '1 minute')
"""


class QuotaExceeded(ClewError):
    """This key has made all {calls_per_hour} calls of this hour. Nothing was read or changed. Wait {retry_after_seconds} seconds, or use a key with a larger quota."""

    status = 429


def count_call(key: ApiKey) -> None:
    """Count one call of a key, or raise `QuotaExceeded` with the seconds until its next hour."""
    moment = now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    with transaction.atomic(using="service"), connections["service"].cursor() as cursor:
        # A count that a power cut loses harms nobody; without this each call would wait for the disk.
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_COUNT, [key.id, hour])
        (calls,) = cursor.fetchone()
        cursor.execute(_USED, {"now": moment, "key": key.id})
    if calls > key.calls_per_hour:
        left = hour + dt.timedelta(hours=1) - moment
        raise QuotaExceeded(calls_per_hour=key.calls_per_hour, retry_after_seconds=int(left.total_seconds()) + 1)


def forget_old_counts() -> None:
    """Drop the counts of hours long gone."""
    KeyUse.objects.using("service").filter(hour__lt=now() - dt.timedelta(days=KEPT_DAYS)).delete()
