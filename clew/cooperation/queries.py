"""Reads of cooperation: the alerts of an officer's unit."""

from __future__ import annotations

from django.db.models import QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.cooperation.models import Alert


def alerts_of(officer: Officer) -> QuerySet[Alert]:
    """The alerts for the officer's organisation, newest first."""
    require(officer, Permission.ALERT_READ)
    return Alert.objects.select_related("asker_unit__organisation", "series", "media", "owner_unit").order_by(
        "-created_at"
    )
