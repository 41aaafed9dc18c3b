"""Cards: an officer's certificate, checked by the proxy in front, known here by the fingerprint an administrator registered."""

from __future__ import annotations

import base64
import binascii
import hashlib
import urllib.parse
import uuid

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.access.sign_in_models import CardCertificate
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record


class CertificateUnreadable(ClewError):
    """This is no certificate, or not one in PEM or DER. Nothing was changed. Send the certificate alone, without its key."""

    status = 400


class CertificateKnown(ClewError):
    """This certificate is registered already, for {username}. Nothing was changed. Remove it there first."""

    status = 409


class CertificateRefused(ClewError):
    """Your card opens nothing here: it is not registered, or has expired, or its account is closed. Nothing was opened. Ask your administrator."""

    status = 403


def certificate_from_header(value: str) -> x509.Certificate:
    """The certificate in a proxy's header: PEM with percent signs, as nginx writes it, or DER in base 64 between colons (RFC 9440)."""
    try:
        if value.startswith(":") and value.endswith(":"):
            return x509.load_der_x509_certificate(base64.b64decode(value[1:-1], validate=True))
        return x509.load_pem_x509_certificate(urllib.parse.unquote(value).encode("ascii"))
    except (ValueError, binascii.Error):
        raise CertificateUnreadable from None


def certificate_from_file(content: bytes) -> x509.Certificate:
    """The certificate in a file, PEM or DER."""
    try:
        if content.lstrip().startswith(b"-----"):
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)
    except ValueError:
        raise CertificateUnreadable from None


def fingerprint_of(certificate: x509.Certificate) -> bytes:
    """SHA-256 of its DER form: 32 bytes."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()


def officer_of_card(certificate: x509.Certificate) -> Officer:
    """The active officer whose card it is, or `CertificateRefused`: the same for unknown, expired and closed."""
    found = (
        CardCertificate.objects.using("service")
        .filter(fingerprint=fingerprint_of(certificate), officer__is_active=True)
        .values_list("officer_id", flat=True)
        .first()
    )
    is_valid = certificate.not_valid_before_utc <= now() < certificate.not_valid_after_utc
    if found is None or not is_valid:
        raise CertificateRefused
    return Officer.objects.get(pk=found)


def register_card(officer: Officer, certificate: x509.Certificate, *, label: str, by: Officer | None) -> uuid.UUID:
    """Let this card sign the officer in: done by an administrator of their organisation, or by whoever owns the installation."""
    _may_change(officer, by)
    mark = fingerprint_of(certificate)
    known = CardCertificate.objects.using("service").select_related("officer").filter(fingerprint=mark).first()
    if known is not None:
        raise CertificateKnown(username=known.officer.username)
    card = CardCertificate(
        id=new_id(), officer=officer, fingerprint=mark, label=label[:80], ends_at=certificate.not_valid_after_utc
    )
    with transaction.atomic(using="service"):
        CardCertificate.objects.using("service").bulk_create([card])
        _record("access:certificate:register", officer, by, card.id)
    return card.id


def remove_card(officer: Officer, card_id: uuid.UUID, *, by: Officer | None) -> None:
    """The card opens nothing any more."""
    _may_change(officer, by)
    with transaction.atomic(using="service"):
        gone, _each = CardCertificate.objects.using("service").filter(id=card_id, officer=officer).delete()
        if not gone:
            raise NotFound
        _record("access:certificate:remove", officer, by, card_id)


def cards_of(officer: Officer) -> list[CardCertificate]:
    """The officer's cards, as they were registered."""
    return list(CardCertificate.objects.using("service").filter(officer=officer).order_by("registered_at"))


def _may_change(officer: Officer, by: Officer | None) -> None:
    if by is None:
        return
    require(by, Permission.CERTIFICATE_REGISTER)
    # Nobody registers a card for themselves: who has taken over one session must not keep the account.
    if by.organisation_id != officer.organisation_id or by.person_id == officer.person_id:
        raise NotFound


def _record(verb: str, officer: Officer, by: Officer | None, card_id: uuid.UUID) -> None:
    facts = {"certificate": str(card_id)}
    record(verb, actor=by, using="service", subject_kind="officer", subject_id=officer.id, facts=facts)
