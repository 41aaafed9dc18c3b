"""Noun of hotkeys: the keys that one officer changed for themselves."""

from __future__ import annotations

from django.db import models

from clew.access.models import Officer
from clew.kernel.clock import now


class OwnKeys(models.Model):
    """What an officer changed, `place.action` to key. What is not there is as it came, also when that changes with a new version."""

    officer = models.OneToOneField(Officer, on_delete=models.CASCADE, primary_key=True, related_name="+")
    keys = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "review_ownkeys"
