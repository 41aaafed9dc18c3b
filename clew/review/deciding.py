"""Verbs of deciding: say a code of contents, take it back, and say it again. What stands is worked out anew each time, so undoing restores exactly."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections

from clew.access.models import Officer
from clew.access.ownership import Confidentiality, Sharing
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.actions import inherited_columns
from clew.catalogue.models import Media, Sighting
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import DECISION_MEDIA_MAX, DECISION_NOTE_CHARACTERS_MAX
from clew.ledger.actions import record
from clew.review.models import Basis, Decision, Statement
from clew.review.scheme_acts import Word, word_for
from clew.review.schemes import desk_scheme
from clew.review.statements import own_decision


class TooManyAtOnce(ClewError):
    """{count} contents are too many for one decision, which takes {count_max} at most. Nothing was decided. Decide them in several."""

    status = 422


class NothingChosen(ClewError):
    """No content was chosen. Nothing was decided. Choose at least one."""

    status = 422


def decide(
    officer: Officer,
    media_ids: Iterable[uuid.UUID],
    *,
    code: str,
    scheme: str = "",
    version: str = "",
    basis: Basis = Basis.DECIDED,
    stack_id: uuid.UUID | None = None,
    note: str = "",
) -> Decision:
    """Say that contents the officer may see are of this code; the desk's scheme where none is named. One act, one entry in the ledger.

    `scheme` may name a taxonomy, and `code` one of its labels: labels stand beside each other, codes of a scheme take each other's place. What
    the same officer said of them before stands no more; what others say is untouched. Raises what `word_for` does, `TooManyAtOnce`,
    `NothingChosen`, and `NotFound` where one of them is absent or foreign.
    """
    require(officer, Permission.STACK_DECIDE)
    chosen = _chosen(media_ids)
    if not scheme:
        chosen_for_desk = desk_scheme(officer)
        scheme, version = chosen_for_desk.key, chosen_for_desk.version
    word = word_for(officer, scheme, version, code)
    with acting_as(officer):
        if Media.objects.filter(id__in=chosen).count() != len(chosen):
            raise NotFound
        decision = _decision(officer, word, stack_id=stack_id, note=note)
        said = {"decision": decision, "officer": officer, "scheme": word.scheme, "scheme_version": word.version}
        said |= {
            "code": code,
            "slot": word.slot,
            "basis": basis.value,
            "made_at": decision.made_at,
            "is_standing": False,
        }
        rules = rules_for(officer, chosen)
        Statement.objects.bulk_create(
            # In one order for everybody, so that none waits for another in a ring.
            [Statement(id=new_id(), media_id=media_id, **said, **rules[media_id]) for media_id in sorted(chosen)]
        )
        for media_id, rule in rules_for(officer, chosen).items():
            # The owner changed it between our look and our word.
            if rule != rules[media_id]:
                Statement.objects.filter(decision=decision, media=media_id).update(**rule)
        stand_anew(decision)
        _record("review:media:decide", officer, decision, media=len(chosen), basis=basis.value)
    return decision


def undo(officer: Officer, decision_id: uuid.UUID) -> Decision:
    """Take one's own decision back: what stood before it stands again. Undoing twice changes nothing."""
    require(officer, Permission.STACK_DECIDE)
    with acting_as(officer):
        decision = own_decision(officer, decision_id)
        if decision.revoked_at is None:
            decision.revoked_at, decision.revoked_by = now(), officer
            decision.save(update_fields=["revoked_at", "revoked_by"])
            stand_anew(decision)
            _record("review:decision:undo", officer, decision)
    return decision


def redo(officer: Officer, decision_id: uuid.UUID) -> Decision:
    """Say again what was undone. Where the officer decided the same contents since, that stays: the newest stands."""
    require(officer, Permission.STACK_DECIDE)
    with acting_as(officer):
        decision = own_decision(officer, decision_id)
        if decision.revoked_at is not None:
            decision.revoked_at, decision.revoked_by = None, None
            decision.save(update_fields=["revoked_at", "revoked_by"])
            stand_anew(decision)
            _record("review:decision:redo", officer, decision)
    return decision


def _chosen(media_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    chosen = list(dict.fromkeys(media_ids))
    if not chosen:
        raise NothingChosen
    if len(chosen) > DECISION_MEDIA_MAX:
        raise TooManyAtOnce(count=len(chosen), count_max=DECISION_MEDIA_MAX)
    return chosen


def _decision(officer: Officer, word: Word, *, stack_id: uuid.UUID | None, note: str) -> Decision:
    tidied = note.strip()
    if len(tidied) > DECISION_NOTE_CHARACTERS_MAX:
        raise InputRefused(
            reason=f"A note has at most {DECISION_NOTE_CHARACTERS_MAX} characters. Nothing was decided. Write less."
        )
    decision = Decision(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        officer=officer,
        scheme=word.scheme,
        scheme_version=word.version,
        code=word.code,
        stack_id=stack_id,
        note=tidied,
        made_at=now(),
    )
    Decision.objects.bulk_create([decision])
    return decision


def rules_for(officer: Officer, media_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Content -> the owned columns of what the officer says of it: the strictest rule under which their organisation holds it.

    Where it holds none, and sees the content by another's leave, the strictest of those: nobody hands on more than they were given.
    Runs inside the officer's scope.
    """
    strictest: dict[uuid.UUID, Sighting] = {}
    for sighting in Sighting.objects.filter(media__in=media_ids):
        held = strictest.get(sighting.media_id)
        if held is None or _strictness(officer, sighting) > _strictness(officer, held):
            strictest[sighting.media_id] = sighting
    own = {"owner_unit_id": officer.unit_id, "owner_organisation_id": officer.organisation_id}
    # Seen through a series alone: said to one's own organisation.
    closed = {"confidentiality": Confidentiality.CONFIDENTIAL.value, "sharing": Sharing.NOBODY.value}
    return {
        media_id: {**(inherited_columns(strictest[media_id]) if media_id in strictest else closed), **own}
        for media_id in media_ids
    }


def _strictness(officer: Officer, sighting: Sighting) -> tuple[bool, int, int, bool, int, uuid.UUID]:
    sharings = [Sharing.MEMBERS.value, Sharing.LISTED.value, Sharing.NOBODY.value]
    return (
        sighting.owner_organisation_id == officer.organisation_id,
        list(Confidentiality.values).index(sighting.confidentiality),
        sharings.index(sighting.sharing),
        sighting.release_only,
        len(sighting.denied_organisations),
        sighting.id,
    )


#: Of each officer, scheme, content, slot and span the newest statement stands that was neither undone nor withdrawn.
_STAND = """
WITH touched AS (
  SELECT DISTINCT t.media_id, t.officer_id, t.scheme FROM review_statement t WHERE t.decision_id = %s
), alive AS (
  SELECT DISTINCT ON (s.media_id, s.officer_id, s.scheme, s.slot, s.start_ms, s.end_ms) s.id FROM review_statement s
    JOIN touched t ON (s.media_id, s.officer_id, s.scheme) = (t.media_id, t.officer_id, t.scheme)
    JOIN review_decision d ON d.id = s.decision_id AND d.revoked_at IS NULL
    WHERE s.withdrawn_at IS NULL
    ORDER BY s.media_id, s.officer_id, s.scheme, s.slot, s.start_ms, s.end_ms, s.made_at DESC, s.id DESC
)
SELECT s.id, s.id IN (SELECT id FROM alive) FROM review_statement s JOIN touched t
  ON (s.media_id, s.officer_id, s.scheme) = (t.media_id, t.officer_id, t.scheme)
  WHERE s.is_standing <> (s.id IN (SELECT id FROM alive))
"""


def stand_anew(decision: Decision, *, using: str = "default") -> None:
    """Work out anew which statements stand of those contents that a decision is about."""
    with connections[using].cursor() as cursor:
        cursor.execute(_STAND, [decision.id])
        changed = cursor.fetchall()
    # First what stands no more: the index allows one at a time.
    for stands in (False, True):
        ids = [id_ for id_, is_to_stand in changed if is_to_stand == stands]
        if ids:
            Statement.objects.using(using).filter(id__in=ids).update(is_standing=stands)


def _record(verb: str, officer: Officer, decision: Decision, **facts: Any) -> None:
    facts = {"scheme": decision.scheme, "version": decision.scheme_version, "code": decision.code, **facts}
    record(verb, actor=officer, using="default", subject_kind="decision", subject_id=decision.id, facts=facts)
