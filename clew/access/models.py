"""Nouns of access: organisations, units, officers, sharing groups, keys."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from clew.access.approval_models import Approval, GlassBreak
from clew.access.audit_models import BudgetRaise, Canary, GuardNotice, Reading, SpotCheck, SpotCheckAnswer
from clew.access.people_models import Campaign, CampaignLine, Certification, KeyUse, OnboardingTick
from clew.access.permissions import ONBOARDING_PERMISSIONS, Permission, permissions_of
from clew.access.sign_in_models import CardCertificate, IdentityLink, OpenSession, SignInLock, SignInTry
from clew.access.subject_request_models import SubjectFreeze, SubjectRequest
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.kernel.limits import KEY_CALLS_PER_HOUR_DEFAULT, KEY_DAYS_DEFAULT

__all__ = [
    "ApiKey",
    "Approval",
    "BudgetRaise",
    "Campaign",
    "CampaignLine",
    "Canary",
    "CardCertificate",
    "Certification",
    "GlassBreak",
    "GuardNotice",
    "IdentityLink",
    "KeyUse",
    "Officer",
    "OnboardingTick",
    "OpenSession",
    "Organisation",
    "OrganisationKind",
    "OrganisationState",
    "Reading",
    "SharingGroup",
    "SignInLock",
    "SignInTry",
    "SpotCheck",
    "SpotCheckAnswer",
    "SubjectFreeze",
    "SubjectRequest",
    "Unit",
]


class OrganisationKind(models.TextChoices):
    """What kind of body an organisation is; only bureaus, hotlines and the coordinator count as members for sharing."""

    BUREAU = "bureau", "Country bureau"
    HOTLINE = "hotline", "Hotline"
    PROVIDER = "provider", "Service provider"
    COORDINATOR = "coordinator", "Coordinator"


class Confidentiality(models.TextChoices):
    """How carefully a record is to be handled, and up to what an officer is cleared (names: INTERPOL's rules on data processing, article
    112, held as data); the least strict first.
    """

    OFFICIAL = "official", "For official use only"
    RESTRICTED = "restricted", "Restricted"
    CONFIDENTIAL = "confidential", "Confidential"


class OrganisationState(models.TextChoices):
    """How far an organisation has come: it takes part once its onboarding is complete, and no more once it is suspended."""

    ONBOARDING = "onboarding", "Being onboarded"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"


class Organisation(models.Model):
    """A country bureau, hotline, service provider or coordinator: the owner of what its units bring."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, empty where no country owns it")
    state = models.CharField(
        max_length=20, choices=OrganisationState.choices, default=OrganisationState.ONBOARDING, db_default="active"
    )

    class Meta:
        db_table = "access_organisation"

    def __str__(self) -> str:
        return self.name

    @property
    def is_member(self) -> bool:
        """Whether "all members" includes this organisation: providers receive lists, never records; who is not active receives nothing."""
        return self.kind != OrganisationKind.PROVIDER and self.state == OrganisationState.ACTIVE


class Unit(models.Model):
    """A specialised unit of an organisation, with the contact others may call."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=120)
    contact_email = models.EmailField()
    contact_phone = models.CharField(max_length=40)
    #: What its officers search and submit for, and on which law, where they state nothing else; empty: they must state it.
    purpose_default = models.CharField(max_length=200, blank=True)
    legal_basis_default = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "access_unit"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="access_unit_name")]

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"


class OfficersInScope(BaseUserManager["Officer"]):
    """Finds officers on the web role's connection: those of the organisation in scope."""


class OfficerManager(BaseUserManager["Officer"]):
    """Finds the officer who signs in, before there is anybody in whose scope the web role could look: read by the service.

    It is the one that sign-in's library asks, which names no connection.
    """

    def get_queryset(self) -> models.QuerySet[Officer]:
        """Every officer, on the service's connection."""
        return _SigningIn(self.model, using="service")


class _SigningIn(models.QuerySet["Officer"]):
    def select_for_update(self, *names: Any, **how: Any) -> Self:
        """Locked in the service's own transaction alone: the library that signs people in holds its transaction on the web role's connection."""
        if transaction.get_connection("service").in_atomic_block:
            return super().select_for_update(*names, **how)
        return self.all()


class Officer(AbstractBaseUser):
    """A person with an account. Signs in with a password and a one-time code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers")
    roles = ArrayField(models.CharField(max_length=40), default=list)
    #: The strictest confidentiality this officer may see.
    clearance = models.CharField(max_length=20, choices=Confidentiality.choices, default=Confidentiality.CONFIDENTIAL)
    is_active = models.BooleanField(default=True)
    #: The last day on which a certification of theirs is valid, as `Certification` has it; none: they have no valid one.
    certified_until = models.DateField(null=True)
    #: Set while the password is the one-time secret they were enlisted with: until when it opens the way to a password of their own.
    enrolment_ends_at = models.DateTimeField(null=True)
    #: The human being behind the account: two accounts of one person share it, and never decide for one another.
    person_id = models.UUIDField(default=new_id)
    created_at = models.DateTimeField(default=now)

    objects = OfficerManager()
    in_scope = OfficersInScope()

    #: Of a call with a key: which, and to what it is confined. Never stored, and carried along when the officer is read again.
    key_id: uuid.UUID | None = None
    key_scope: frozenset[str] | None = None

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "access_officer"
        # What Django and allauth look officers up with.

    def __str__(self) -> str:
        return self.name

    @property
    def role_words(self) -> str:
        """The roles as people say them."""
        return ", ".join(role.replace("_", " ") for role in self.roles)

    @property
    def organisation(self) -> Organisation:
        """The organisation whose rows this officer may see."""
        return self.unit.organisation

    @property
    def organisation_id(self) -> uuid.UUID:
        """The id of that organisation, without loading it."""
        return self.unit.organisation_id

    @property
    def stands(self) -> bool:
        """Whether the account may be used at all: it is active, and its organisation is not suspended."""
        return self.is_active and self.organisation.state != OrganisationState.SUSPENDED

    @property
    def is_certified(self) -> bool:
        """Whether a certification is valid today."""
        return self.certified_until is not None and self.certified_until >= now().date()

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything this officer may do now: what the roles open, cut by certification, by the state of the organisation and by the key."""
        if not self.stands:
            return frozenset()
        opened = permissions_of(self.roles, is_certified=self.is_certified)
        if self.organisation.state == OrganisationState.ONBOARDING:
            opened &= ONBOARDING_PERMISSIONS
        return opened if self.key_scope is None else opened & self.key_scope


class SharingGroup(models.Model):
    """Organisations that share with one another under a name; who is in it is known to its members alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="owned_groups")
    members = models.ManyToManyField(Organisation, related_name="sharing_groups")

    class Meta:
        db_table = "access_sharinggroup"

    def __str__(self) -> str:
        return self.name


class Denial(models.Model):
    """An organisation sees nothing of what another owns, from now on and until that is lifted. Known to the owner alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    denied = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    denied_at = models.DateTimeField(default=now)
    denied_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "access_denial"
        constraints = [
            models.UniqueConstraint(fields=["owner_organisation", "denied"], name="access_denial_once"),
            models.CheckConstraint(
                condition=~models.Q(owner_organisation=models.F("denied")), name="access_denial_of_others"
            ),
        ]
        indexes = [models.Index(fields=["denied"], name="access_denial_of_whom")]


def key_ends_at() -> dt.datetime:
    """When a key ends for which nothing else was asked."""
    return now() + dt.timedelta(days=KEY_DAYS_DEFAULT)


class ApiKey(models.Model):
    """A key with which an officer's programs speak for them. Only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="keys")
    label = models.CharField(max_length=80)
    secret_digest = models.BinaryField(max_length=32, unique=True)
    #: The permissions it is confined to; of these its officer must have each at the moment of the call.
    scope = ArrayField(models.CharField(max_length=80), default=list)
    calls_per_hour = models.PositiveIntegerField(default=KEY_CALLS_PER_HOUR_DEFAULT)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(default=key_ends_at)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "access_apikey"
