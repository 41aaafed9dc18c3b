"""Verbs of intake: open a submission, receive files and hashes into it, close it, check without storing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from django.db import transaction

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.purposes import Reason, reason_of
from clew.access.scope import acting_as, asker_for, require
from clew.access.standing import commit_in_standing, require_standing, while_standing
from clew.catalogue.actions import Grounds, open_case
from clew.catalogue.models import Submission, SubmissionState
from clew.catalogue.sharing import refuse_rule
from clew.intake.answers import NOTHING, answer_for, meet
from clew.intake.fingerprints import Fingerprint
from clew.intake.models import ReceivedFile, StatedHash
from clew.intake.part_search import part_searches
from clew.intake.queries import submission_own
from clew.intake.questions import Questions, asked_with, questions_of
from clew.intake.recognition import recogniser
from clew.intake.resealing import reseal
from clew.intake.rules import Answer, decide
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused
from clew.kernel.ids import new_id
from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.ledger.actions import record
from clew.ledger.circumstances import under
from clew.vault.opened import vault

#: Paths are kept as evidence, but no path is longer than this on any file system that is in use.
PATH_CHARACTERS_MAX = 4096


def open_submission(
    officer: Officer,
    *,
    case_reference: str,
    legal_basis: str,
    grounds: Grounds,
    door: str,
    match_distance_max: int = PDQ_DISTANCE_MAX,
) -> Submission:
    """Open a submission for a case of the officer's unit; files may then be received into it until it is closed.

    Looks further apart than `match_distance_max` (0-31 bits) are then no match, neither for its files nor through them.
    """
    require_standing(officer, Permission.SUBMISSION_CREATE)
    if not 0 <= match_distance_max <= PDQ_DISTANCE_MAX:
        raise InputRefused(
            reason=f"A match distance lies between 0 and {PDQ_DISTANCE_MAX} bits. Nothing was stored. Give one of those."
        )
    _refuse_empty(case_reference=case_reference, legal_basis=legal_basis, purpose=grounds.purpose)
    refuse_rule(officer, grounds)
    with acting_as(officer):
        commit_in_standing(officer, Permission.SUBMISSION_CREATE, using="default")
        case = open_case(officer, case_reference.strip(), grounds)
        submission = Submission(
            id=new_id(),
            case=case,
            submitted_by=officer,
            legal_basis=legal_basis.strip(),
            door=door,
            match_distance_max=match_distance_max,
            under_examination=case.under_examination,
            **grounds.columns(officer),
        )
        Submission.objects.bulk_create([submission])
        facts = {
            "door": door,
            "confidentiality": grounds.confidentiality,
            "sharing": grounds.sharing,
        }
        with under(purpose=grounds.purpose, legal_basis=submission.legal_basis):
            record(
                "intake:submission:open",
                actor=officer,
                using="default",
                subject_kind="submission",
                subject_id=submission.id,
                facts=facts,
            )
    return submission


def _refuse_empty(**fields: str) -> None:
    for name, value in fields.items():
        if not value.strip():
            raise InputRefused(
                reason=f"A submission needs a {name.replace('_', ' ')}. Nothing was stored. Fill it in and send again."
            )


def receive_files(
    officer: Officer,
    submission_id: uuid.UUID,
    files: Sequence[tuple[str, str, bytes | Iterable[bytes]]],
    *,
    modified_at: Mapping[str, dt.datetime] = MappingProxyType({}),
) -> list[ReceivedFile]:
    """Seal files (client key, path, content whole or in chunks) and acknowledge them together. `modified_at` says, by client key, when each
    was last changed where it lay, as far as the sender knows.

    When this returns the files are safe. Sealed first, noted after: a crash leaves no gap, and the same client key again changes nothing.
    """
    require_standing(officer, Permission.SUBMISSION_CREATE)
    submission = _open_submission_own(officer, submission_id)
    whole = [(key, path, content) for key, path, content in files if isinstance(content, bytes)]
    streamed = [(key, path, content) for key, path, content in files if not isinstance(content, bytes)]
    # Files in memory share their fsyncs; larger ones are sealed as they come.
    own = officer.organisation_id
    blobs = vault().seal_many([content for _key, _path, content in whole], organisation_id=own)
    blobs += [
        vault().seal_stream(while_standing(officer, chunks, Permission.SUBMISSION_CREATE), organisation_id=own)
        for _key, _path, chunks in streamed
    ]
    received = [
        _received(
            submission,
            key,
            path,
            original_address=blob.address,
            size_bytes=blob.size_bytes,
            modified_at=modified_at.get(key),
        )
        for (key, path, _content), blob in zip([*whole, *streamed], blobs, strict=True)
    ]
    acknowledged = _acknowledge(officer, submission, received)
    reseal([content for _key, _path, content in whole], [blob.address for blob in blobs])
    return acknowledged


def note_refusals(
    officer: Officer, submission_id: uuid.UUID, refusals: Sequence[tuple[str, str, str]]
) -> list[ReceivedFile]:
    """Acknowledge files (client key, path, reason) that could not even be read: each still gets its line and verdict."""
    require_standing(officer, Permission.SUBMISSION_CREATE)
    submission = _open_submission_own(officer, submission_id)
    return _acknowledge(
        officer, submission, [_received(submission, key, path, refusal=reason[:300]) for key, path, reason in refusals]
    )


def receive_hashes(
    officer: Officer,
    submission_id: uuid.UUID,
    hashes: Sequence[tuple[str, str, str, bytes]],
) -> list[ReceivedFile]:
    """Acknowledge hashes (client key, label, kind, bits) brought in a list instead of files."""
    require_standing(officer, Permission.SUBMISSION_CREATE)
    submission = _open_submission_own(officer, submission_id)
    files = [_received(submission, key, label) for key, label, _kind, _bits in hashes]
    stated = [
        StatedHash(file=file, owner_organisation_id=submission.owner_organisation_id, kind=kind, bits=bits)
        for file, (_key, _label, kind, bits) in zip(files, hashes, strict=True)
    ]
    return _acknowledge(officer, submission, files, stated)


def _open_submission_own(officer: Officer, submission_id: uuid.UUID) -> Submission:
    with acting_as(officer):
        submission = submission_own(officer, submission_id)
    if submission.state != SubmissionState.OPEN:
        raise InputRefused(
            reason="This submission is closed and takes no more files. What it has is kept. Open a new one for the rest."
        )
    return submission


def _received(submission: Submission, client_key: str, path: str, **columns: object) -> ReceivedFile:
    return ReceivedFile(
        id=new_id(),
        submission=submission,
        owner_organisation_id=submission.owner_organisation_id,
        client_key=_storable(client_key)[:64],
        path=_storable(path)[:PATH_CHARACTERS_MAX],
        **columns,
    )


def _storable(text: str) -> str:
    """PostgreSQL's text holds every character but NUL; lone surrogates stand for bytes that were no UTF-8."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def _acknowledge(
    officer: Officer,
    submission: Submission,
    files: list[ReceivedFile],
    stated: Sequence[StatedHash] = (),
) -> list[ReceivedFile]:
    with acting_as(officer):
        commit_in_standing(officer, Permission.SUBMISSION_CREATE, using="default")
        held = set(
            ReceivedFile.objects.filter(
                submission=submission, client_key__in=[f.client_key for f in files]
            ).values_list("client_key", flat=True),
        )
        fresh = [file for file in files if file.client_key not in held]
        fresh_ids = {file.id for file in fresh}
        ReceivedFile.objects.bulk_create(fresh)
        StatedHash.objects.bulk_create([hash_ for hash_ in stated if hash_.file_id in fresh_ids])
        facts = {"files": len(fresh), "repeated": len(files) - len(fresh)}
        record(
            "intake:file:receive",
            actor=officer,
            using="default",
            subject_kind="submission",
            subject_id=submission.id,
            facts=facts,
        )
    return files


def close_submission(officer: Officer, submission_id: uuid.UUID) -> Submission:
    """Say that all files are in; once each has its verdict the submission is finished. Closing twice changes nothing."""
    require_standing(officer, Permission.SUBMISSION_CREATE)
    with acting_as(officer):
        commit_in_standing(officer, Permission.SUBMISSION_CREATE, using="default")
        submission = submission_own(officer, submission_id)
        closed = Submission.objects.filter(id=submission.id, state=SubmissionState.OPEN)
        if closed.update(state=SubmissionState.CLOSED, closed_at=now()):
            record(
                "intake:submission:close",
                actor=officer,
                using="default",
                subject_kind="submission",
                subject_id=submission.id,
            )
        submission.refresh_from_db()
    return submission


def check(
    officer: Officer,
    fingerprints: Sequence[Fingerprint],
    *,
    distance_max: int = PDQ_DISTANCE_MAX,
    purpose: str | None = None,
    legal_basis: str | None = None,
) -> list[Answer]:
    """What is known of these fingerprints, as far as the officer may know. Stores nothing but the ledger entry, with purpose and legal basis:
    those stated, else the unit's own, and without either nothing is asked.
    """
    require(officer, Permission.CHECK_RUN)
    reason = reason_of(officer, purpose, legal_basis)
    asker = asker_for(officer)
    recognised = recogniser()
    recognised.refresh()
    parts = part_searches().find(fingerprints)
    questions = questions_of(fingerprints)
    met = meet(recognised, questions, asker, distance_max=distance_max, parts=parts)
    answers = [answer_for(found, met.get(place, NOTHING)) for place, found in enumerate(fingerprints)]
    _record_answers("intake:check:run", officer, reason, len(answers), answers, asked_with(questions))
    return answers


def match(
    officer: Officer,
    asked: Questions,
    count: int,
    *,
    distance_max: int = PDQ_DISTANCE_MAX,
    purpose: str | None = None,
    legal_basis: str | None = None,
) -> dict[int, Answer]:
    """What is known of `count` signatures of any kinds, as far as the officer may know: of those alone, by their places in the list, that
    meet something or would meet something set aside. Stores nothing but the ledger entry; purpose and legal basis as for `check`.
    """
    require(officer, Permission.CHECK_RUN)
    reason = reason_of(officer, purpose, legal_basis)
    recognised = recogniser()
    recognised.refresh()
    met = meet(recognised, asked, asker_for(officer), distance_max=distance_max)
    answers = {place: decide(found.hits, parked=found.parked) for place, found in sorted(met.items())}
    answers = {place: answer for place, answer in answers.items() if answer.hits or answer.parked}
    _record_answers("intake:check:match", officer, reason, count, answers.values(), asked_with(asked))
    return answers


def _record_answers(
    verb: str,
    officer: Officer,
    reason: Reason,
    asked: int,
    answers: Iterable[Answer],
    sensitive: dict[str, list[bytes]],
) -> None:
    counts = Counter(answer.kind.value for answer in answers)
    with transaction.atomic(using="service"), under(purpose=reason.purpose, legal_basis=reason.legal_basis):
        # Looking may take long; what was found is told to nobody whose access ended meanwhile.
        commit_in_standing(officer, Permission.CHECK_RUN, using="service")
        record(verb, actor=officer, using="service", facts={"files": asked, **counts}, sensitive=sensitive)
