"""Receiving: what a submission's page asks for while files come in. Answers in JSON; refusals take the shape of every other error."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.access.doors import officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.access.scope import acting_as
from clew.access.standing import while_standing
from clew.intake.actions import close_submission, note_refusals, receive_files
from clew.intake.frames import UploadNotUnderstood, read_frames
from clew.intake.queries import progress_of, received_keys, submission_for, submission_own
from clew.intake.tasks import ask_for_decisions


@require_http_methods(["GET", "POST"])
@hatch(Permission.SUBMISSION_CREATE, "intake:file:receive")
def files(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """GET: the keys already acknowledged, so that a sender resumes. POST: frames; answered once they are safe."""
    officer = officer_of(request)
    if request.method == "GET":
        with acting_as(officer):
            keys = received_keys(officer, submission_own(officer, submission_id))
        return JsonResponse({"keys": keys})
    received = _receive(request, submission_id)
    ask_for_decisions(submission_id)
    return JsonResponse({"received": received})


def _receive(request: HttpRequest, submission_id: uuid.UUID) -> int:
    """Seal and acknowledge the frames of a request; how many."""
    officer = officer_of(request)
    contents, refusals, times = [], [], {}
    for frame in while_standing(officer, read_frames(request), Permission.SUBMISSION_CREATE):
        if frame.modified_at:
            times[frame.client_key] = frame.modified_at
        if frame.refusal:
            refusals.append((frame.client_key, frame.path, frame.refusal))
        elif isinstance(frame.content, bytes):
            contents.append((frame.client_key, frame.path, frame.content))
        else:
            # A stream is sealed as it is read, before the next frame can be.
            receive_files(officer, submission_id, [(frame.client_key, frame.path, frame.content)], modified_at=times)
    keys = {key for key, _path, _rest in [*contents, *refusals]}
    if len(keys) < len(contents) + len(refusals):
        raise UploadNotUnderstood(why="two files have the same key")
    if contents:
        receive_files(officer, submission_id, contents, modified_at=times)
    if refusals:
        note_refusals(officer, submission_id, refusals)
    return len(keys)


@require_POST
@hatch(Permission.SUBMISSION_CREATE, "intake:submission:close")
def close(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """Say that all files are in, and go back to the submission."""
    close_submission(officer_of(request), submission_id)
    ask_for_decisions(submission_id)
    return HttpResponseRedirect(reverse("intake:submission", args=[submission_id]))


@require_safe
@hatch(Permission.SUBMISSION_READ, "intake:submission:progress")
def progress(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """How far the submission is, asked every few seconds by its page; like every look, on record."""
    officer = officer_of(request)
    with acting_as(officer):
        submission = submission_for(officer, submission_id)
        found = progress_of([submission])[submission.id]
    return JsonResponse(
        {
            "state": submission.state,
            "state_words": submission.state_words,
            "received": found.received,
            "decided": found.decided,
            "waiting": found.waiting,
            "counts": found.counts,
        }
    )
