"""Nouns of cooperation: alerts, and requests for access as either side sees them."""

from __future__ import annotations

from django.db import models

from clew.access.models import Officer, Organisation, Unit
from clew.catalogue.models import Media, Series
from clew.intake.models import Match
from clew.kernel.clock import now
from clew.kernel.ids import new_id


class Alert(models.Model):
    """Word to the owner of a hit: who met their material, on what basis, and how much they were told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    #: The announcement that caused it: delivered twice, it still makes one alert.
    announcement_id = models.UUIDField(unique=True)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="alerts")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    asker_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=20)
    distance = models.SmallIntegerField(null=True)
    told = models.CharField(max_length=20)
    #: For what and on which law it was brought that met the holder's.
    purpose = models.CharField(max_length=200, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cooperation_alert"
        indexes = [
            models.Index(fields=["owner_unit", "-created_at"], name="cooperation_alert_newest"),
            models.Index(fields=["owner_organisation", "-created_at"], name="cooperation_alert_of_own"),
        ]


class RequestState(models.TextChoices):
    """How far a request for access is."""

    OPEN = "open", "Waits for the owner"
    ASKED_BACK = "asked back", "Waits for the asker"
    GRANTED = "granted", "Granted"
    DECLINED = "declined", "Declined"


#: In which somebody still has to do something.
UNDECIDED = (RequestState.OPEN, RequestState.ASKED_BACK)


class AccessRequest(models.Model):
    """A request for access as its asker sees it. Who is asked stands in the task alone: some owners stay unnamed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="requests")
    #: The unit that is asked, where it lets itself be named.
    named_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=300)
    answer_by = models.DateField()
    state = models.CharField(max_length=20, choices=RequestState.choices, default=RequestState.OPEN)
    created_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cooperation_accessrequest"
        indexes = [
            models.Index(fields=["owner_unit", "-id"], name="cooperation_request_newest"),
            models.Index(fields=["owner_organisation", "-id"], name="cooperation_request_of_own"),
        ]

    @property
    def is_overdue(self) -> bool:
        """Whether the owner has let the day go by."""
        return self.state == RequestState.OPEN and self.answer_by < now().date()

    @property
    def is_undecided(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in UNDECIDED


class AccessTask(models.Model):
    """The same request as its owner sees it: who asks, why, and for what. A task of the unit that holds the material."""

    request = models.OneToOneField(AccessRequest, on_delete=models.PROTECT, primary_key=True, related_name="task")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    asker_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=300)
    answer_by = models.DateField()
    state = models.CharField(max_length=20, choices=RequestState.choices, default=RequestState.OPEN)
    created_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    #: When the day went by without an answer and the national administrator was told.
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cooperation_accesstask"
        indexes = [
            models.Index(fields=["owner_unit", "-request"], name="cooperation_task_newest"),
            models.Index(
                fields=["answer_by"],
                name="cooperation_task_overdue",
                condition=models.Q(state=RequestState.OPEN, escalated_at__isnull=True),
            ),
        ]

    @property
    def is_overdue(self) -> bool:
        """Whether the day went by without an answer."""
        return self.state == RequestState.OPEN and self.answer_by < now().date()

    @property
    def is_undecided(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in UNDECIDED


class RequestWords(models.Model):
    """What one side wrote to the other about a request. No name: the asker may not be told whose words they are."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="words")
    by_owner = models.BooleanField()
    words = models.TextField()
    written_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "cooperation_requestwords"
        ordering = ["id"]
