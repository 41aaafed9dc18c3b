"""Nouns of the auditor: spot checks and their answers, records nobody has a reason to read, budgets of reading, and what the guard noticed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clew.kernel.clock import now
from clew.kernel.ids import new_id


class SpotCheck(models.Model):
    """Some entries of the ledger, drawn by chance, that an auditor looks at one by one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    drawn_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=now)
    entries_from = models.DateTimeField()
    entries_to = models.DateTimeField()
    #: How many entries there were to draw from.
    drawn_from = models.IntegerField()
    #: With it and the ledger anybody can draw the same entries again.
    seed = models.BigIntegerField()
    sequences = ArrayField(models.BigIntegerField())
    signed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_spotcheck"
        indexes = [models.Index(fields=["owner_organisation", "-drawn_at"], name="access_spotcheck_newest")]


class Finding(models.TextChoices):
    """What an auditor says of an entry."""

    FINE = "fine", "In order"
    QUESTION = "question", "To be explained"
    BREACH = "breach", "Against the rules"


class SpotCheckAnswer(models.Model):
    """What the auditor found of one entry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    check_of = models.ForeignKey(SpotCheck, on_delete=models.PROTECT, related_name="answers")
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    sequence = models.BigIntegerField()
    finding = models.CharField(max_length=12, choices=Finding.choices)
    words = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "access_spotcheckanswer"
        constraints = [models.UniqueConstraint(fields=["check_of", "sequence"], name="access_spotcheckanswer_once")]


class Canary(models.Model):
    """A record that nobody has a reason to read. Which ones they are is known to who planted them alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    planted_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    planted_at = models.DateTimeField(default=now)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    note = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_canary"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "owner_organisation"],
                condition=models.Q(removed_at__isnull=True),
                name="access_canary_once",
            )
        ]


class NoticeKind(models.TextChoices):
    """What the guard noticed."""

    BUDGET = "budget", "Reads faster than a person does"
    CANARY = "canary", "Read a record that nobody has a reason to read"


class GuardNotice(models.Model):
    """Word to the auditors of an organisation, and to those of the coordinator, about how one of its officers reads."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    at = models.DateTimeField(default=now)
    #: Whose officer it is.
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    #: Of a canary: who planted it, and which one it is.
    planter_organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    canary = models.ForeignKey(Canary, on_delete=models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=80)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "access_guardnotice"
        indexes = [models.Index(fields=["owner_organisation", "-at"], name="access_guardnotice_newest")]


class Reading(models.Model):
    """How much one officer has read of one kind within some minutes of the clock; an hour is the sum of twelve."""

    id = models.BigAutoField(primary_key=True)
    officer = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12)
    since = models.DateTimeField()
    number = models.IntegerField(default=0)

    class Meta:
        db_table = "access_reading"
        constraints = [models.UniqueConstraint(fields=["officer", "what", "since"], name="access_reading_once")]


class BudgetRaise(models.Model):
    """More reading for one officer, until a moment, with the reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    factor = models.SmallIntegerField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=500)
    raised_by = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "access_budgetraise"
