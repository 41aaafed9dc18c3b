"""Nouns of sign-in: tries that went wrong, locks, open sessions, certificates of cards, and links to an organisation's own identity provider."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from clew.kernel.clock import now
from clew.kernel.ids import new_id


class SignInTry(models.Model):
    """A try that has not proved right: it counts from the moment it is made, so that many at once are not more than one after another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    #: A keyed hash of the name that was typed: of unknown names nothing else is kept, for people type passwords there.
    name_mark = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=now)
    is_failed = models.BooleanField(default=False)

    class Meta:
        db_table = "access_signintry"
        indexes = [models.Index(fields=["name_mark", "at"], name="access_signintry_name")]


class SignInLock(models.Model):
    """A name under which nobody signs in with what can be guessed; the same for names that exist and names that do not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name_mark = models.BinaryField(max_length=32, unique=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    locked_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "access_signinlock"


class OpenSession(models.Model):
    """One sign-in that is not over; without its row a cookie opens nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ways = models.CharField(max_length=80)
    address = models.CharField(max_length=45)
    program = models.CharField(max_length=200)
    signed_in_at = models.DateTimeField(default=now)
    #: When the officer last did something; what a page asks by itself does not count.
    seen_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "access_opensession"
        indexes = [models.Index(fields=["officer"], name="access_opensession_officer")]


class CardCertificate(models.Model):
    """The certificate of an officer's card, registered by an administrator; known again by its fingerprint alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: SHA-256 of the certificate in DER.
    fingerprint = models.BinaryField(max_length=32, unique=True)
    label = models.CharField(max_length=80, blank=True)
    ends_at = models.DateTimeField()
    registered_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "access_cardcertificate"


class IdentityLink(models.Model):
    """Who an officer is to their organisation's identity provider: first by the name an administrator stated, then by the provider's own constant `sub`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    #: OpenID Connect Core 1.0, section 2: never reassigned, at most 255 characters; none until the first sign-in.
    subject = models.CharField(max_length=255, null=True)  # noqa: DJ001 - "not linked yet" is no subject
    stated_at = models.DateTimeField(default=now)
    linked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_identitylink"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "name"], name="access_identitylink_name"),
            models.UniqueConstraint(fields=["issuer", "subject"], name="access_identitylink_subject"),
            models.UniqueConstraint(fields=["issuer", "officer"], name="access_identitylink_officer"),
        ]
