"""Imprinting: contents that were catalogued before there were imprints get theirs, from the vault through the jail, while nothing waits.

One content a transaction, marked when it was looked at: whoever is killed on the way leaves it waiting as it was, and the next one goes on from
there. From then on parts of it are met as those of what is new; verdicts that were given before stand as they are.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import QuerySet

from clew.catalogue.models import TO_IMPRINT, Imprint, Media
from clew.intake.fingerprints import fingerprint_of
from clew.intake.models import ReceivedFile
from clew.intake.pipeline import derivation_of, imprints_of
from clew.intake.turn import take_time
from clew.kernel.clock import now
from clew.ledger.actions import record
from clew.media.jail import Jail
from clew.vault.errors import BlobMissing, SealBroken
from clew.vault.opened import vault

log = logging.getLogger("clew.intake")


def waiting_for_imprints() -> QuerySet[Media]:
    """Contents that can be opened and were not looked at for imprints, the oldest first."""
    return Media.objects.using("service").filter(TO_IMPRINT).order_by("id")


def imprint_next(jail: Jail) -> bool:
    """Make the imprints of one content that waits for them, unless files wait for their verdicts; whether one was looked at.

    Raises VaultUnreachable, JailUnavailable and the like: it then waits as before. What is missing or broken in the vault is counted as
    looked at, and on record.
    """
    if ReceivedFile.objects.using("service").filter(decided=False).exists():
        return False
    with transaction.atomic(using="service"):
        take_time()
        media = waiting_for_imprints().select_for_update(skip_locked=True, no_key=True).first()
        if media is None:
            return False
        made = _make(media, jail)
        Media.objects.using("service").filter(id=media.id).update(imprinted_at=now(), derivation=media.derivation)
        facts = {"imprints": len(made or ()), "is_open": made is not None}
        record(
            "intake:imprint:make",
            actor=None,
            using="service",
            subject_kind="media",
            subject_id=media.id,
            facts=facts,
        )
    return True


def _make(media: Media, jail: Jail) -> list[Imprint] | None:
    """The imprints of the content, kept; None where its original is lost."""
    try:
        original = vault().open(media.original_address)
    except (BlobMissing, SealBroken) as lost:
        log.warning("a content has no imprints: %s", lost.message)
        return None
    found = fingerprint_of(original, jail=jail)
    made = [
        Imprint(media_id=media.id, kind=kind, time_ms=time_ms, content=content, algorithm=algorithm)
        for kind, time_ms, content, algorithm in imprints_of(found)
    ]
    Imprint.objects.using("service").bulk_create(made, ignore_conflicts=True)
    media.derivation = {**media.derivation, **derivation_of(found, imprints_alone=True)}
    return made
