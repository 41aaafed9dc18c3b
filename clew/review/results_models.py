"""What a search found, kept for the officer who asked: nothing moves on their screen while they work, and the n-th is found at once."""

from __future__ import annotations

from django.db import models

from clew.access.models import Officer, Organisation
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class Result(models.Model):
    """One search of one officer, and how far what it found is collected. Its ids lie in chunks."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    #: The search as its query says it: name to values.
    search = models.JSONField(default=dict)
    #: How many are collected so far; of a whole one, how many there are.
    count = models.IntegerField(default=0)
    is_whole = models.BooleanField(default=False)
    #: The last media collected, from which it goes on.
    last_media_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "review_result"
        indexes = [
            models.Index(fields=["officer", "-made_at"], name="review_result_own"),
            models.Index(fields=["expires_at"], name="review_result_expiring"),
        ]


class ResultChunk(models.Model):
    """Ids of a result, 16 bytes each, `RESULT_CHUNK_IDS` of them; only the last may have fewer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    media_ids = models.BinaryField()

    class Meta:
        db_table = "review_resultchunk"
        constraints = [models.UniqueConstraint(fields=["result", "number"], name="review_resultchunk_place")]
