"""The pipeline: each acknowledged file gets exactly one verdict, whatever is killed on the way.

A batch is locked, examined, matched, catalogued and decided in one transaction; a worker that dies leaves its batch waiting as it was.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from clew.access.permissions import Permission
from clew.access.scope import asker_for
from clew.access.standing import AccessEnded, commit_in_standing, require_standing
from clew.catalogue.actions import Content, catalogue_contents, note_sightings
from clew.catalogue.models import ImprintKind, Sighting, SignatureKind, Submission, SubmissionState
from clew.catalogue.tombstones import purged_before
from clew.intake.answers import NOTHING, Met, announce_hits, answer_for, meet
from clew.intake.embedded import (
    NOTHING_INSIDE,
    Inside,
    receive_embedded,
    seal_embedded,
    taken_out_beside,
)
from clew.intake.embedded_room import NOTHING_TAKEN_OUT, TakenOut
from clew.intake.fingerprints import (
    PDQ_ALGORITHM,
    SCENE_ALGORITHM,
    SOUND_ALGORITHM,
    Fingerprint,
    embedded_words,
    fingerprint_of,
)
from clew.intake.handing_over import hold_submission, submission_at_work
from clew.intake.jail_reports import report_jail
from clew.intake.later import Newcomer, tell_earlier
from clew.intake.matches import match_of
from clew.intake.models import Match, ReceivedFile, Verdict, VerdictKind
from clew.intake.parking import park_degenerate, park_over_matching
from clew.intake.part_search import part_searches
from clew.intake.questions import questions_of
from clew.intake.recognition import recogniser
from clew.intake.resealing import require_sealed
from clew.intake.rules import Answer
from clew.intake.stated import content_of_stated, fingerprint_of_stated
from clew.intake.turn import take_time, wait_for_turn
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotPermitted
from clew.kernel.limits import INTAKE_BATCH_FILES_MAX, INTAKE_BATCH_HASHES_MAX, UPLOAD_WHOLE_BYTES_MAX
from clew.ledger.actions import record
from clew.media.jail import Jail
from clew.signatures.film_cell import CELL
from clew.signatures.orientations import Orientation
from clew.signatures.turned import pack_turned
from clew.vault.addresses import BlobAddress, Namespace
from clew.vault.opened import vault

#: Files that are decided together. A stated hash or a refusal has no size.
_IS_SMALL = Q(size_bytes__isnull=True) | Q(size_bytes__lte=UPLOAD_WHOLE_BYTES_MAX)


@cache
def process_jail() -> Jail:
    """The jail of this process, opened and reported at its first use."""
    jail = Jail(film_cell=CELL).__enter__()
    report_jail(jail.grade)
    return jail


@dataclass(slots=True)
class Examined:
    """One file of a batch on its way to a verdict."""

    file: ReceivedFile
    fingerprint: Fingerprint
    content: Content | None
    inside: Inside = NOTHING_INSIDE
    met: Met = NOTHING


def decide_waiting(submission_id: uuid.UUID, *, jail: Jail | None = None, batch: int = INTAKE_BATCH_FILES_MAX) -> int:
    """Decide one batch of the submission's waiting files; returns how many. Nothing left and closed: the submission is finished."""
    # Opened before the transaction: what it reports must stay even if the batch does not. Hashes of lists need none.
    if jail is None and _files_waiting(submission_id, stated_hash__isnull=True).exists():
        jail = process_jail()
    try:
        return _decide_batch(submission_id, jail, batch)
    except (AccessEnded, NotPermitted):
        hold_submission(submission_id)
        return 0


def _decide_batch(submission_id: uuid.UUID, jail: Jail | None, batch: int) -> int:
    with transaction.atomic(using="service"):
        take_time()
        submission = submission_at_work(submission_id)
        if submission is None or submission.held_at:
            # Purged while it waited, or nobody's for now.
            return 0
        waiting = (
            _files_waiting(submission.id)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("stated_hash")
            .order_by("id")
        )
        # Hashes of a list need no opening: many go together.
        files = list(waiting.filter(stated_hash__isnull=False)[:INTAKE_BATCH_HASHES_MAX])
        # Only what is decided now is locked: a film takes minutes, alone and behind the small ones, and other workers take what else waits.
        files = files or list(waiting.filter(_IS_SMALL)[:batch]) or list(waiting[:1])
        if files:
            # In whose name this is done is asked before it begins, and again before it commits.
            require_standing(submission.officer_responsible, Permission.SUBMISSION_CREATE)
            _decide(submission, files, (lambda: jail) if jail else process_jail)
            commit_in_standing(submission.officer_responsible, Permission.SUBMISSION_CREATE, using="service")
        else:
            _finish(submission)
    return len(files)


def _files_waiting(submission_id: uuid.UUID, **which: Any) -> QuerySet[ReceivedFile]:
    return ReceivedFile.objects.using("service").filter(submission_id=submission_id, decided=False, **which)


def _finish(submission: Submission) -> None:
    waiting = _files_waiting(submission.id).exists()
    closed = Submission.objects.using("service").filter(id=submission.id, state=SubmissionState.CLOSED)
    if not waiting and closed.update(state=SubmissionState.FINISHED, finished_at=now()):
        record(
            "intake:submission:finish", actor=None, using="service", subject_kind="submission", subject_id=submission.id
        )


def _decide(submission: Submission, files: list[ReceivedFile], opened: Callable[[], Jail]) -> None:
    asker = asker_for(submission.officer_responsible)
    batch = _examined(files, opened)
    _seal_renditions(batch)
    fingerprints = [examined.fingerprint for examined in batch]
    searches = part_searches()
    seen = searches.seen()
    parts = searches.find(fingerprints, other_than=submission.id)
    wait_for_turn()
    recognised = recogniser()
    recognised.refresh()
    met = meet(
        recognised,
        questions_of(fingerprints),
        asker,
        other_than=submission.id,
        distance_max=submission.match_distance_max,
        parts=searches.find_newest(fingerprints, parts, seen),
    )
    for place, examined in enumerate(batch):
        examined.met = met.get(place, NOTHING)
    newcomers = _settle(submission, batch)
    # What does not count is told to no holder.
    alerted = {hit.holder_unit_id for found in met.values() for hit in found.hits if hit.candidate.counts}
    tell_earlier(submission, newcomers, alerted=alerted)
    park_degenerate([newcomer.media_id for newcomer in newcomers])
    park_over_matching({candidate.media_id for found in met.values() for candidate in found.candidates})
    ReceivedFile.objects.using("service").filter(id__in=[file.id for file in files]).update(decided=True)
    counts = dict.fromkeys(VerdictKind.values, 0)
    for kind in Verdict.objects.using("service").filter(file__in=files).values_list("kind", flat=True):
        counts[kind] += 1
    record(
        "intake:verdict:decide",
        actor=None,
        using="service",
        subject_kind="submission",
        subject_id=submission.id,
        facts=counts,
    )


def _examined(files: Sequence[ReceivedFile], opened: Callable[[], Jail]) -> list[Examined]:
    """The files opened and signed, on all cores: cells are processes, and what signs leaves the interpreter to others.

    Nothing is asked of the database meanwhile: a thread would ask it by a connection of its own, outside the transaction.
    """
    beside = taken_out_beside(files)
    if len(files) == 1 or all(getattr(file, "stated_hash", None) for file in files):
        return [_examine(file, opened, beside) for file in files]
    # Both are made at their first use, which must not happen twice at once.
    vault()
    opened()
    with ThreadPoolExecutor(min(len(files), os.cpu_count() or 1), thread_name_prefix="opening") as pool:
        return list(pool.map(lambda file: _examine(file, opened, beside), files))


def _examine(file: ReceivedFile, opened: Callable[[], Jail], beside: Mapping[uuid.UUID | None, TakenOut]) -> Examined:
    if file.refusal:
        return Examined(file, Fingerprint(digests={}), None)
    stated = getattr(file, "stated_hash", None)
    if stated is not None:
        return Examined(file, fingerprint_of_stated(stated), content_of_stated(stated))
    return Examined(file, *_open(file, opened(), beside.get(file.parent_id, NOTHING_TAKEN_OUT)))


def _open(file: ReceivedFile, jail: Jail, beside: TakenOut) -> tuple[Fingerprint, Content | None, Inside]:
    try:
        original = vault().open(file.original_address)
    except ClewError as broken:
        file.refusal = broken.message[:300]
        return Fingerprint(digests={}), None, NOTHING_INSIDE
    fingerprint = fingerprint_of(original, jail=jail, with_renditions=True)
    if not fingerprint.digests:
        return fingerprint, None, NOTHING_INSIDE
    inside = NOTHING_INSIDE
    if fingerprint.examination is not None:
        inside = seal_embedded(file, fingerprint.examination.embedded, beside)
        # The documents of a batch together would fill the memory.
        fingerprint = replace(fingerprint, examination=replace(fingerprint.examination, embedded=()))
    return fingerprint, _content_of(fingerprint, file.original_address), inside


def _content_of(fingerprint: Fingerprint, original_address: str) -> Content:
    examination = fingerprint.examination
    if examination is None:
        return Content(
            kind="other",
            mime="application/octet-stream",
            size_bytes=fingerprint.size_bytes,
            original_address=original_address,
            digests=fingerprint.digests,
        )
    original = fingerprint.pdq.get(Orientation.ORIGINAL)
    return Content(
        kind=examination.media_type.kind.value,
        mime=examination.media_type.mime,
        size_bytes=fingerprint.size_bytes,
        width=examination.width,
        height=examination.height,
        metadata=examination.metadata,
        original_address=original_address,
        derivation={**derivation_of(fingerprint), "renditions": "jpeg, orientation applied, metadata stripped"},
        digests=fingerprint.digests,
        pdq_bits=original.bits if original else None,
        pdq_quality=original.quality if original else None,
        pdq_algorithm=PDQ_ALGORITHM if original or fingerprint.frames else "",
        further=list(_further(fingerprint)),
        imprints=list(imprints_of(fingerprint)),
        turned=turned_of(fingerprint),
    )


def derivation_of(fingerprint: Fingerprint, *, imprints_alone: bool = False) -> dict[str, str]:
    """By which algorithms what is kept of it was made."""
    pdq = {} if imprints_alone else {"pdq": PDQ_ALGORITHM}
    scene = {"scene": SCENE_ALGORITHM} if fingerprint.scenes else {}
    # When each scene of the strip begins: so that somebody can step to one without seeing those before it.
    strip = {"strip_ms": " ".join(map(str, fingerprint.strip_times_ms))} if fingerprint.strip else {}
    return {**pdq, **scene, **strip, **({"sound": SOUND_ALGORITHM} if fingerprint.sound else {})}


def _further(fingerprint: Fingerprint) -> Iterator[tuple[str, int, bytes, int]]:
    enlarged = fingerprint.pdq_enlarged.get(Orientation.ORIGINAL)
    if enlarged:
        yield SignatureKind.ENLARGED.value, 0, enlarged.bits, enlarged.quality
    trimmed = fingerprint.pdq_trimmed.get(Orientation.ORIGINAL)
    if trimmed:
        yield SignatureKind.TRIMMED.value, 0, trimmed.bits, trimmed.quality
    for kind, frames in (
        (SignatureKind.FRAME, fingerprint.frames),
        (SignatureKind.FRAME_TRIMMED, fingerprint.frames_trimmed),
    ):
        for frame in frames:
            if not frame.is_between:
                yield kind.value, frame.time_ms, frame.bits, frame.quality


def imprints_of(fingerprint: Fingerprint) -> Iterator[tuple[str, int, bytes, str]]:
    """Its imprints as the catalogue keeps them: kind, milliseconds from the beginning, bytes, algorithm."""
    for scene in fingerprint.scenes:
        if len(scene.held):
            yield ImprintKind.SCENE.value, scene.time_ms, scene.held.to_bytes(), SCENE_ALGORITHM
    if fingerprint.sound is not None:
        yield ImprintKind.SOUND.value, 0, fingerprint.sound.plain().to_bytes(), SOUND_ALGORITHM


def turned_of(fingerprint: Fingerprint) -> bytes:
    """Its looks in all orientations, packed; none where its look says too little."""
    if not fingerprint.has_reliable_pdq:
        return b""
    return pack_turned({"": fingerprint.pdq, "enlarged": fingerprint.pdq_enlarged, "trimmed": fingerprint.pdq_trimmed})


def _seal_renditions(batch: list[Examined]) -> None:
    """Seal what the jail made of each original, all of a batch together, and put the addresses into the contents."""
    derived = []
    for examined in batch:
        if examined.content is None or not examined.content.original_address:
            continue
        parent = BlobAddress(examined.content.original_address)
        made, addresses = examined.fingerprint, dict[str, Any]()
        for column, namespace, kind, picture in (
            ("thumbnail_address", Namespace.THUMBNAILS, "jpeg", made.thumbnail),
            ("preview_address", Namespace.PREVIEWS, "jpeg", made.preview),
            ("strip_address", Namespace.PREVIEWS, "strip", made.strip),
        ):
            if picture:
                derived.append((namespace, parent, kind, picture))
                addresses[column] = vault().derived_address(namespace, parent, kind)
        examined.content = replace(examined.content, **addresses)
    vault().seal_derived_many(derived)


def _settle(submission: Submission, batch: list[Examined]) -> list[Newcomer]:
    """Catalogue the files, keep their verdicts, and leave word for the holders; what was catalogued."""
    held = [examined for examined in batch if examined.content is not None]
    contents = [examined.content for examined in held if examined.content is not None]
    media_ids = catalogue_contents(contents, submission_id=submission.id)
    around = _sightings_around([examined.file for examined in held])
    seen = [
        (media_id, examined.file.path, around.get(examined.file.parent_id))
        for media_id, examined in zip(media_ids, held, strict=True)
    ]
    sightings = dict(zip((e.file.id for e in held), note_sightings(submission, seen), strict=True))
    purged = purged_before(
        submission.owner_organisation_id, [sha256 for examined in held if (sha256 := _sha256(examined))]
    )
    verdicts, matches = [], []
    for examined in batch:
        answer = (
            Answer(VerdictKind.UNREADABLE, examined.file.refusal)
            if examined.file.refusal
            else answer_for(examined.fingerprint, examined.met)
        )
        inside = examined.inside
        words = embedded_words(examined.fingerprint, len(inside.sealed), inside.left)
        answer = replace(answer, reason=answer.reason + words + _purged_words(examined, purged))
        verdict = _verdict(submission, examined.file, answer, sightings.get(examined.file.id))
        verdicts.append(verdict)
        matches += [match_of(verdict, hit, examined.fingerprint.quality) for hit in answer.hits]
    Verdict.objects.using("service").bulk_create(verdicts)
    Match.objects.using("service").bulk_create(matches)
    require_sealed([sealed.address for examined in batch for sealed in examined.inside.sealed])
    receive_embedded([(examined.file, examined.inside.sealed) for examined in batch])
    announce_hits(submission, [hit for examined in batch for hit in examined.met.hits])
    return [
        Newcomer(media_id, examined.met.candidates, examined.fingerprint.quality)
        for media_id, examined in zip(media_ids, held, strict=True)
    ]


def _sha256(examined: Examined) -> bytes:
    return examined.content.digests.get("sha256", b"") if examined.content else b""


def _purged_words(examined: Examined, purged: Mapping[bytes, dt.datetime]) -> str:
    at = purged.get(_sha256(examined))
    return f"; the same bytes were yours before and were purged on {at:%Y-%m-%d}" if at else ""


def _sightings_around(files: list[ReceivedFile]) -> dict[uuid.UUID | None, uuid.UUID]:
    """The sightings of the files in which these lay, by their ids; parents were decided before."""
    parents = {file.parent_id for file in files if file.parent_id}
    if not parents:
        return {}
    decided = Verdict.objects.using("service").filter(file__in=parents, sighting__isnull=False)
    return dict(decided.values_list("file_id", "sighting_id"))


def _verdict(submission: Submission, file: ReceivedFile, answer: Answer, sighting: Sighting | None) -> Verdict:
    return Verdict(
        file=file,
        submission=submission,
        owner_organisation_id=submission.owner_organisation_id,
        kind=answer.kind,
        reason=answer.reason[:300],
        sighting=sighting,
    )
