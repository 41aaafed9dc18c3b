"""The doors of intake for programs: check fingerprints; open a submission, send files and hashes, read its verdicts."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Query, Router, Schema

from clew.access.declared import declares
from clew.access.doors import attempt, visit
from clew.access.permissions import Permission
from clew.access.purposes import LEGAL_BASIS_CHARACTERS_MAX, PURPOSE_CHARACTERS_MAX, Reason, reason_of
from clew.catalogue.actions import Grounds
from clew.catalogue.models import Submission
from clew.catalogue.retention import Term
from clew.intake.actions import (
    check,
    close_submission,
    match,
    note_refusals,
    open_submission,
    receive_files,
    receive_hashes,
)
from clew.intake.models import Basis
from clew.intake.queries import progress_of, received_keys, submission_for, submission_to_resume, verdicts_of
from clew.intake.results import Result, results_of_check, results_of_match, results_of_verdicts
from clew.intake.signatures_stated import questions_of_signatures
from clew.intake.tasks import ask_for_decisions
from clew.intake.wire import StatedFingerprint, bits_of
from clew.kernel.errors import InputRefused
from clew.kernel.limits import MATCH_SIGNATURES_MAX, MIB, PDQ_DISTANCE_MAX

router = Router()

#: Questions in one call, and verdicts in one answer.
ROWS_MAX = 1000
DOOR = "api"
Limit = Annotated[int, Query(ge=1, le=ROWS_MAX)]


class Check(Schema):
    """Fingerprints to ask about, for what and on which law; left out, these are what the officer's unit has set."""

    fingerprints: list[StatedFingerprint] = Field(max_length=ROWS_MAX)
    purpose: str | None = Field(None, max_length=PURPOSE_CHARACTERS_MAX)
    legal_basis: str | None = Field(None, max_length=LEGAL_BASIS_CHARACTERS_MAX)
    distance_max: int = Field(PDQ_DISTANCE_MAX, ge=0, le=PDQ_DISTANCE_MAX)


@router.post("/checks", summary="What is known of these fingerprints; stores nothing but the ledger entry")
@declares(Permission.CHECK_RUN, "intake:check:run")
def ask(request: HttpRequest, asked: Check) -> dict[str, list[Result]]:
    """One result for each fingerprint, in their order."""
    with attempt(request, "intake:check:run") as officer:
        fingerprints = [stated.fingerprint() for stated in asked.fingerprints]
        answers = check(
            officer,
            fingerprints,
            distance_max=asked.distance_max,
            purpose=asked.purpose,
            legal_basis=asked.legal_basis,
        )
        return {"results": results_of_check(officer, [stated.path for stated in asked.fingerprints], answers)}


class Asked(Schema):
    """Signatures of any kinds, each as `kind:hash`, how far apart looks may be, and for what and on which law they are asked."""

    signatures: list[str] = Field(min_length=1, max_length=MATCH_SIGNATURES_MAX)
    purpose: str | None = Field(None, max_length=PURPOSE_CHARACTERS_MAX)
    legal_basis: str | None = Field(None, max_length=LEGAL_BASIS_CHARACTERS_MAX)
    distance_max: int = Field(PDQ_DISTANCE_MAX, ge=0, le=PDQ_DISTANCE_MAX)


@router.post("/match", summary="Match up to 10,000 signatures; stores nothing but the ledger entry")
@declares(Permission.CHECK_RUN, "intake:check:match")
def match_(request: HttpRequest, asked: Asked) -> HttpResponse:
    """How many were asked, and of those that met anything their place (`index`), verdict, reason and explained matches. The rest are new."""
    with attempt(request, "intake:check:match") as officer:
        questions = questions_of_signatures(asked.signatures)
        answers = match(
            officer,
            questions,
            len(asked.signatures),
            distance_max=asked.distance_max,
            purpose=asked.purpose,
            legal_basis=asked.legal_basis,
        )
        return JsonResponse({"asked": len(asked.signatures), "met": results_of_match(officer, answers)})


class NewSubmission(Schema):
    """What a submission is opened with. `resume` takes up the officer's own unfinished one for the same case. Purpose and legal basis, left
    out, are what the officer's unit has set.
    """

    case_reference: str = Field(max_length=120)
    legal_basis: str | None = Field(None, max_length=LEGAL_BASIS_CHARACTERS_MAX)
    purpose: str | None = Field(None, max_length=PURPOSE_CHARACTERS_MAX)
    confidentiality: Literal["official", "restricted", "confidential"] = "restricted"
    sharing: Literal["members", "listed", "nobody"] = "nobody"
    audience_organisations: list[uuid.UUID] = []
    audience_groups: list[uuid.UUID] = []
    release_only: bool = False
    denied_organisations: list[uuid.UUID] = []
    outside: Literal["contact", "existence", "silent"] = "contact"
    match_distance_max: int = Field(PDQ_DISTANCE_MAX, ge=0, le=PDQ_DISTANCE_MAX)
    review_on: dt.date | None = None
    #: Of a new case: its collection (empty: the policy's), and a day earlier than that would keep it.
    collection: str = Field("", max_length=40)
    keep_until: dt.date | None = None
    resume: bool = False

    def grounds(self, reason: Reason) -> Grounds:
        """The grounds as the catalogue keeps them."""
        return Grounds(
            purpose=reason.purpose,
            confidentiality=self.confidentiality,
            sharing=self.sharing,
            audience_organisations=self.audience_organisations,
            audience_groups=self.audience_groups,
            outside=self.outside,
            review_on=self.review_on,
            term=Term(self.collection, self.keep_until),
            release_only=self.release_only,
            denied_organisations=self.denied_organisations,
        )


@router.post("/submissions", summary="Open a submission")
@declares(Permission.SUBMISSION_CREATE, "intake:submission:open")
def open_(request: HttpRequest, asked: NewSubmission) -> dict[str, Any]:
    """Its id, and whether it is an unfinished one taken up again."""
    if asked.resume:
        with visit(request, Permission.SUBMISSION_CREATE, "intake:submission:resume") as officer:
            found = submission_to_resume(officer, asked.case_reference, DOOR)
        if found is not None:
            return {"id": found.id, "resumed": True}
    with attempt(request, "intake:submission:open") as officer:
        reason = reason_of(officer, asked.purpose, asked.legal_basis)
        submission = open_submission(
            officer,
            case_reference=asked.case_reference,
            legal_basis=reason.legal_basis,
            grounds=asked.grounds(reason),
            door=DOOR,
            match_distance_max=asked.match_distance_max,
        )
    return {"id": submission.id, "resumed": False}


@router.get("/submissions/{uuid:submission_id}", summary="How far a submission is")
@declares(Permission.SUBMISSION_READ, "intake:submission:read")
def read(request: HttpRequest, submission_id: uuid.UUID) -> dict[str, Any]:
    """State, files received and decided, and the counts of each verdict."""
    with visit(request, Permission.SUBMISSION_READ, "intake:submission:read", submission_id=submission_id) as officer:
        return _told(submission_for(officer, submission_id))


def _told(submission: Submission) -> dict[str, Any]:
    progress = progress_of([submission])[submission.id]
    return {
        "id": submission.id,
        "case_reference": submission.case.reference,
        "state": submission.state,
        "held": submission.held_at is not None,
        "received": progress.received,
        "decided": progress.decided,
        "counts": progress.counts,
    }


@router.get("/submissions/{uuid:submission_id}/keys", summary="The client keys already received")
@declares(Permission.SUBMISSION_CREATE, "intake:submission:keys")
def keys(request: HttpRequest, submission_id: uuid.UUID) -> dict[str, list[str]]:
    """What a sender need not send again."""
    with visit(request, Permission.SUBMISSION_CREATE, "intake:submission:keys", submission_id=submission_id) as officer:
        return {"keys": received_keys(officer, submission_for(officer, submission_id))}


@router.get("/submissions/{uuid:submission_id}/verdicts", summary="The verdicts, a page at a time")
@declares(Permission.SUBMISSION_READ, "intake:submission:read")
def verdicts(
    request: HttpRequest,
    submission_id: uuid.UUID,
    after: uuid.UUID | None = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Results in the order the files came; `next` goes into `after`, and is null when there are no more."""
    with visit(request, Permission.SUBMISSION_READ, "intake:submission:read", submission_id=submission_id) as officer:
        found = verdicts_of(officer, submission_for(officer, submission_id))
        page = list((found.filter(file_id__gt=after) if after else found)[:limit])
        return {"results": results_of_verdicts(officer, page), "next": page[-1].file_id if len(page) == limit else None}


@router.post("/submissions/{uuid:submission_id}/files", summary="Send small files: a manifest and as many files")
@declares(Permission.SUBMISSION_CREATE, "intake:file:receive")
def send(request: HttpRequest, submission_id: uuid.UUID) -> dict[str, int]:
    """Multipart: `manifest` is JSON, `[{"key": …, "path": …, "modified_at": …}, …]`, and `files` follow in its order. `modified_at`, when the
    file was last changed, may be left out.
    """
    with attempt(request, "intake:file:receive", submission_id=submission_id) as officer:
        manifest = _manifest(request.POST.get("manifest", ""))
        files = request.FILES.getlist("files")
        if len(files) != len(manifest):
            raise InputRefused(
                reason=f"The manifest names {len(manifest)} files, {len(files)} came. None was kept. Send them again."
            )
        contents = [(key, path, file.read()) for (key, path, _), file in zip(manifest, files, strict=True)]
        times = {key: moment for key, _, stated in manifest if (moment := _moment(stated))}
        received = receive_files(officer, submission_id, contents, modified_at=times)
    ask_for_decisions(submission_id)
    return {"received": len(received)}


def _manifest(text: str) -> list[tuple[str, str, str]]:
    try:
        return [
            (str(entry["key"]), str(entry["path"]), str(entry.get("modified_at") or "")) for entry in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputRefused(
            reason='The manifest is not JSON of the form [{"key": …, "path": …}]. Nothing was kept.'
        ) from None


def _moment(text: str) -> dt.datetime | None:
    """A time as ISO 8601 has it, in UTC where it names no zone; a refusal where it is none."""
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        # A moment that is none in UTC, before the year 1 or after 9999, could be kept and never read again.
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise InputRefused(
            reason="A time of change is not ISO 8601, such as 2024-05-06T07:08:09Z. Nothing was kept."
        ) from None


@router.put("/submissions/{uuid:submission_id}/file", summary="Send one large file as the body")
@declares(Permission.SUBMISSION_CREATE, "intake:file:receive")
def send_large(request: HttpRequest, submission_id: uuid.UUID) -> dict[str, int]:
    """`X-Clew-Key` and `X-Clew-Path` (percent-encoded) name it, `X-Clew-Modified` may say when it was last changed; the body is sealed as it comes and never held whole."""
    with attempt(request, "intake:file:receive", submission_id=submission_id) as officer:
        key, path = request.headers.get("X-Clew-Key", ""), unquote(request.headers.get("X-Clew-Path", ""))
        if not key or not path:
            raise InputRefused(reason="X-Clew-Key and X-Clew-Path must name the file. Nothing was kept.")
        chunks = iter(lambda: request.read(MIB), b"")
        moment = _moment(request.headers.get("X-Clew-Modified", ""))
        times = {key: moment} if moment else {}
        received = receive_files(officer, submission_id, [(key, path, chunks)], modified_at=times)
    ask_for_decisions(submission_id)
    return {"received": len(received)}


class StatedLine(Schema):
    """A hash of a list."""

    key: str = Field(max_length=64)
    path: str
    kind: Basis
    hash: str


@router.post("/submissions/{uuid:submission_id}/hashes", summary="Send hashes of a list")
@declares(Permission.SUBMISSION_CREATE, "intake:file:receive")
def send_hashes(request: HttpRequest, submission_id: uuid.UUID, lines: list[StatedLine]) -> dict[str, int]:
    """Each becomes a file of the submission without bytes."""
    with attempt(request, "intake:file:receive", submission_id=submission_id) as officer:
        hashes = [(line.key, line.path, line.kind.value, bits_of(line.hash, line.kind)) for line in lines]
        received = receive_hashes(officer, submission_id, hashes)
    ask_for_decisions(submission_id)
    return {"received": len(received)}


class Refusal(Schema):
    """A file the sender could not read."""

    key: str = Field(max_length=64)
    path: str
    reason: str = Field(max_length=300)


@router.post("/submissions/{uuid:submission_id}/refusals", summary="Name files that could not be read")
@declares(Permission.SUBMISSION_CREATE, "intake:file:receive")
def send_refusals(request: HttpRequest, submission_id: uuid.UUID, refusals: list[Refusal]) -> dict[str, int]:
    """Each gets its line and the verdict `unreadable`."""
    with attempt(request, "intake:file:receive", submission_id=submission_id) as officer:
        received = note_refusals(officer, submission_id, [(r.key, r.path, r.reason) for r in refusals])
    ask_for_decisions(submission_id)
    return {"received": len(received)}


@router.post("/submissions/{uuid:submission_id}/close", summary="Say that all files are in")
@declares(Permission.SUBMISSION_CREATE, "intake:submission:close")
def close(request: HttpRequest, submission_id: uuid.UUID) -> dict[str, Any]:
    """The submission as it is now."""
    with attempt(request, "intake:submission:close", submission_id=submission_id) as officer:
        submission = close_submission(officer, submission_id)
    ask_for_decisions(submission_id)
    return {"id": submission.id, "state": submission.state}
