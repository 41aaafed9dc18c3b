"""Delivery of announcements: at least once, each in the transaction in which its subscribers act."""

from __future__ import annotations

from django.db import transaction

from clew.kernel.clock import now
from clew.kernel.events import rebuild, subscribers
from clew.ledger.models import Announcement

DELIVERY_BATCH = 100


def deliver_waiting(*, using: str = "service") -> int:
    """Tell waiting announcements to their subscribers; returns how many were delivered. Safe to run in many processes at once.

    A subscriber that fails leaves its batch waiting; subscribers must therefore be idempotent.
    """
    delivered = 0
    while True:
        with transaction.atomic(using=using):
            waiting = list(
                Announcement.objects.using(using)
                .select_for_update(skip_locked=True)
                .filter(delivered_at__isnull=True)
                .order_by("id")[:DELIVERY_BATCH],
            )
            for announcement in waiting:
                event = rebuild(announcement.event, announcement.body)
                for subscriber in subscribers(type(event)):
                    subscriber(announcement.id, event)
                announcement.delivered_at = now()
            Announcement.objects.using(using).bulk_update(waiting, ["delivered_at"])
        delivered += len(waiting)
        if len(waiting) < DELIVERY_BATCH:
            return delivered
