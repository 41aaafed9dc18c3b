"""The office of this very installation: the actions themselves, as the officer named by `--as` or `CLEW_OFFICER`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence

from clew.access.models import Officer, Organisation
from clew.access.purposes import reason_of
from clew.access.scope import acting_as
from clew.catalogue.actions import Grounds
from clew.intake.actions import (
    check,
    close_submission,
    match,
    note_refusals,
    open_submission,
    receive_files,
    receive_hashes,
)
from clew.intake.fingerprints import Fingerprint
from clew.intake.jail_reports import report_jail
from clew.intake.pipeline import decide_waiting
from clew.intake.queries import (
    progress_of,
    received_keys,
    submission_for,
    submission_to_resume,
    verdicts_of,
)
from clew.intake.results import Result, results_of_check, results_of_match, results_of_verdicts
from clew.intake.rules import Answer
from clew.intake.signatures_stated import questions_of_signatures
from clew.intake.sources import Found, FoundFile, FoundHash, FoundMember, FoundRefusal
from clew.kernel.errors import ClewError
from clew.ledger.delivery import deliver_waiting
from clew.media.jail_grade import JailGrade
from clew.site.office import Details, Opened, Stated
from clew.site.reading import read_file, times_of

DOOR = "command line"
RESULTS_PER_QUERY = 200


class NoOfficerNamed(ClewError):
    """Clew must know as whom it acts. Nothing was read or sent. Name an officer with --as or CLEW_OFFICER."""


class OfficerUnknown(ClewError):
    """There is no active officer {username}. Nothing was read or sent. Look at the spelling, or enlist them with `clew officer add`."""


class OrganisationUnknown(ClewError):
    """There is no organisation {key}. Nothing was sent. `clew organisation list` shows their keys."""


def officer_named(username: str | None) -> Officer:
    """The active officer of this name."""
    if not username:
        raise NoOfficerNamed
    officer = (
        Officer.objects.using("service")
        .select_related("unit__organisation")
        .filter(username=username, is_active=True)
        .first()
    )
    if officer is None:
        raise OfficerUnknown(username=username)
    return officer


def organisation_ids(keys: Iterable[str]) -> list[uuid.UUID]:
    """The ids of the organisations with these keys."""
    found = dict(Organisation.objects.using("service").values_list("key", "id"))
    for key in keys:
        if key not in found:
            raise OrganisationUnknown(key=key)
    return [found[key] for key in keys]


class LocalOffice:
    """Acts as one officer, in this process."""

    def __init__(self, officer: Officer, stated: Stated = Stated()) -> None:  # noqa: B008 - frozen
        self._officer, self._stated = officer, stated

    def report_jail(self, grade: JailGrade) -> None:
        """Kept with the reports of this machine's workers, and on record where it is not whole."""
        report_jail(grade)

    def check(self, paths: Sequence[str], fingerprints: Sequence[Fingerprint]) -> list[Result]:
        """One result for each fingerprint; stores nothing but the ledger entry."""
        return results_of_check(self._officer, paths, self._check(fingerprints))

    def _check(self, fingerprints: Sequence[Fingerprint]) -> list[Answer]:
        stated = self._stated
        return check(self._officer, fingerprints, purpose=stated.purpose, legal_basis=stated.legal_basis)

    def match(self, signatures: Sequence[str], distance_max: int) -> list[Result]:
        """Of signatures (`kind:hash`) those that meet anything, each with its place."""
        asked = questions_of_signatures(signatures)
        answers = match(
            self._officer,
            asked,
            len(signatures),
            distance_max=distance_max,
            purpose=self._stated.purpose,
            legal_basis=self._stated.legal_basis,
        )
        return results_of_match(self._officer, answers)

    def open(self, details: Details) -> Opened:
        """A new submission, or the unfinished one for the same case."""
        if details.is_resuming:
            with acting_as(self._officer):
                found = submission_to_resume(self._officer, details.case_reference, DOOR)
                if found is not None:
                    return Opened(found.id, is_resumed=True, keys=frozenset(received_keys(self._officer, found)))
        reason = reason_of(self._officer, self._stated.purpose, self._stated.legal_basis)
        grounds = Grounds(
            purpose=reason.purpose,
            confidentiality=details.confidentiality,
            sharing=details.sharing,
            audience_organisations=organisation_ids(details.audience),
            outside=details.outside,
            release_only=details.release_only,
        )
        submission = open_submission(
            self._officer,
            case_reference=details.case_reference,
            legal_basis=reason.legal_basis,
            grounds=grounds,
            door=DOOR,
            match_distance_max=details.match_distance_max,
        )
        return Opened(submission.id, is_resumed=False, keys=frozenset())

    def send(self, submission_id: uuid.UUID, found: Sequence[Found]) -> None:
        """Bring files, hashes and refusals. When this returns they are safe."""
        files: list[tuple[str, str, bytes | Iterable[bytes]]] = []
        refusals = [(f.key, f.path, f.reason) for f in found if isinstance(f, FoundRefusal)]
        for one in found:
            if isinstance(one, FoundMember):
                files.append((one.key, one.path, one.content))
            elif isinstance(one, FoundFile):
                content = read_file(one)
                if isinstance(content, FoundRefusal):
                    refusals.append((content.key, content.path, content.reason))
                else:
                    files.append((one.key, one.path, content))
        hashes = [(f.key, f.path, f.kind.value, f.bits) for f in found if isinstance(f, FoundHash)]
        if files:
            receive_files(self._officer, submission_id, files, modified_at=times_of(found))
        if refusals:
            note_refusals(self._officer, submission_id, refusals)
        if hashes:
            receive_hashes(self._officer, submission_id, hashes)

    def close(self, submission_id: uuid.UUID) -> None:
        """Say that everything is in."""
        close_submission(self._officer, submission_id)

    def decided(self, submission_id: uuid.UUID) -> tuple[int, int]:
        """Decides a batch here, beside whatever workers run, so that a submission is answered without any."""
        decide_waiting(submission_id)
        deliver_waiting()
        with acting_as(self._officer):
            progress = progress_of([submission_for(self._officer, submission_id)])[submission_id]
        return progress.decided, progress.received

    def results(self, submission_id: uuid.UUID) -> Iterator[Result]:
        """The verdicts, in the order the files came."""
        after: uuid.UUID | None = None
        while True:
            with acting_as(self._officer):
                found = verdicts_of(self._officer, submission_for(self._officer, submission_id))
                page = list((found.filter(file_id__gt=after) if after else found)[:RESULTS_PER_QUERY])
                told = results_of_verdicts(self._officer, page)
            if not page:
                return
            after = page[-1].file_id
            yield from told
