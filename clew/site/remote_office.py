"""The office of an installation elsewhere, over its API with an officer's key (`CLEW_URL`, `CLEW_KEY`)."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from clew.intake.fingerprints import Fingerprint
from clew.intake.results import Result
from clew.intake.sources import Found, FoundFile, FoundHash, FoundMember, FoundRefusal
from clew.intake.wire import to_wire
from clew.kernel.errors import ClewError
from clew.kernel.limits import FILM_FRAMES_IN_A_CALL_MAX
from clew.media.jail_grade import JailGrade
from clew.site.office import Details, Opened, Stated
from clew.site.reading import read_file, times_of

#: A server that is busy answers late; one that is gone does not answer at all.
ANSWER_SECONDS_MAX = 120
ATTEMPTS_MAX = 4
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ServerUnreachable(ClewError):
    """The Clew at {url} did not answer ({why}). What it acknowledged is safe. Look at the address and the network, and run the command again: it goes on where it stopped."""


class ServerRefused(ClewError):
    """{message}"""


class AudienceNotByName(ClewError):
    """Over the API, organisations to share with are named by their ids, and {name} is none. Nothing was sent."""


class NoKey(ClewError):
    """CLEW_URL names a Clew elsewhere, and no key is set. Nothing was sent. Set CLEW_KEY to a key made there with `clew key create`."""


class KeyInTheClear(ClewError):
    """The address {url} is not encrypted: everyone on the way could read your key and what you send. Nothing was sent. Use https."""


def refuse_unsafe(url: str, key: str) -> None:
    """Refuse to speak without a key, or to send one unencrypted to anywhere but this machine."""
    if not key:
        raise NoKey
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise KeyInTheClear(url=url)


class RemoteOffice:
    """Acts as the officer of a key, on another machine."""

    def __init__(self, url: str, key: str, stated: Stated = Stated()) -> None:  # noqa: B008 - frozen
        self._url = url.rstrip("/")
        self._reason = {"purpose": stated.purpose, "legal_basis": stated.legal_basis}
        self._client = httpx.Client(
            base_url=f"{self._url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=ANSWER_SECONDS_MAX
        )

    def __enter__(self) -> Self:
        """Ready to call."""
        return self

    def __exit__(self, *_failure: object) -> None:
        """Close the connections."""
        self._client.close()

    def report_jail(self, grade: JailGrade) -> None:
        """Nothing: what is accepted on this machine is its owner's, and in its log; the installation elsewhere only gets hashes."""

    def check(self, paths: Sequence[str], fingerprints: Sequence[Fingerprint]) -> list[Result]:
        """One result for each fingerprint. Only hashes are sent."""
        results: list[Result] = []
        for part in _parts(fingerprints):
            asked = [to_wire(path, found) for path, found in zip(paths[part], fingerprints[part], strict=True)]
            results += self._call("POST", "/checks", json={"fingerprints": asked, **self._reason})["results"]
        return results

    def match(self, signatures: Sequence[str], distance_max: int) -> list[Result]:
        """Of signatures (`kind:hash`) those that meet anything, each with its place."""
        asked = {"signatures": list(signatures), "distance_max": distance_max, **self._reason}
        met: list[Result] = self._call("POST", "/match", json=asked)["met"]
        return met

    def open(self, details: Details) -> Opened:
        """A new submission, or the unfinished one for the same case."""
        audience = [_id_of(name) for name in details.audience]
        told = self._call(
            "POST",
            "/submissions",
            json={
                "case_reference": details.case_reference,
                **self._reason,
                "confidentiality": details.confidentiality,
                "sharing": details.sharing,
                "audience_organisations": audience,
                "outside": details.outside,
                "release_only": details.release_only,
                "match_distance_max": details.match_distance_max,
                "resume": details.is_resuming,
            },
        )
        submission_id = uuid.UUID(told["id"])
        keys = self._call("GET", f"/submissions/{submission_id}/keys")["keys"] if told["resumed"] else []
        return Opened(submission_id, is_resumed=told["resumed"], keys=frozenset(keys))

    def send(self, submission_id: uuid.UUID, found: Sequence[Found]) -> None:
        """Bring files, hashes and refusals. When this returns they are safe."""
        small: list[tuple[str, str, bytes]] = []
        times = {key: moment.isoformat() for key, moment in times_of(found).items()}
        refusals = [one for one in found if isinstance(one, FoundRefusal)]
        for one in found:
            if isinstance(one, FoundMember):
                small.append((one.key, one.path, one.content))
            elif isinstance(one, FoundFile):
                content = read_file(one)
                if isinstance(content, FoundRefusal):
                    refusals.append(content)
                elif isinstance(content, bytes):
                    small.append((one.key, one.path, content))
                else:
                    names = {"X-Clew-Key": one.key, "X-Clew-Path": quote(one.path)}
                    names |= {"X-Clew-Modified": times[one.key]} if one.key in times else {}
                    self._call("PUT", f"/submissions/{submission_id}/file", headers=names, content=content, attempts=1)
        self._send_small(submission_id, small, times)
        hashes = [one for one in found if isinstance(one, FoundHash)]
        if hashes:
            lines = [{"key": h.key, "path": h.path, "kind": h.kind.value, "hash": h.bits.hex()} for h in hashes]
            self._call("POST", f"/submissions/{submission_id}/hashes", json=lines)
        if refusals:
            told = [{"key": r.key, "path": r.path, "reason": r.reason[:300]} for r in refusals]
            self._call("POST", f"/submissions/{submission_id}/refusals", json=told)

    def _send_small(
        self, submission_id: uuid.UUID, small: list[tuple[str, str, bytes]], times: Mapping[str, str]
    ) -> None:
        if not small:
            return
        manifest = json.dumps([{"key": key, "path": path, "modified_at": times.get(key)} for key, path, _ in small])
        # The names of the parts are numbers: a path belongs into the manifest, where no character of it means anything.
        parts = [("files", (str(number), content)) for number, (_key, _path, content) in enumerate(small)]
        self._call("POST", f"/submissions/{submission_id}/files", data={"manifest": manifest}, files=parts)

    def close(self, submission_id: uuid.UUID) -> None:
        """Say that everything is in."""
        self._call("POST", f"/submissions/{submission_id}/close")

    def decided(self, submission_id: uuid.UUID) -> tuple[int, int]:
        """How many files have their verdict, of how many."""
        time.sleep(0.5)
        told = self._call("GET", f"/submissions/{submission_id}")
        return told["decided"], told["received"]

    def results(self, submission_id: uuid.UUID) -> Iterator[Result]:
        """The verdicts, in the order the files came."""
        after: str | None = ""
        while after is not None:
            page = self._call("GET", f"/submissions/{submission_id}/verdicts", params={"after": after} if after else {})
            yield from page["results"]
            after = page["next"]

    def _call(self, method: str, path: str, *, attempts: int = ATTEMPTS_MAX, **options: Any) -> Any:
        """The JSON of the answer. Everything sent may be sent twice, so a broken connection is tried again."""
        for attempt in range(1, attempts + 1):
            try:
                answer = self._client.request(method, path, **options)
            except httpx.HTTPError as failed:
                if attempt == attempts:
                    raise ServerUnreachable(url=self._url, why=type(failed).__name__) from None
                time.sleep(2**attempt / 2)
                continue
            if answer.is_success:
                return answer.json()
            raise ServerRefused(message=_message(answer))
        raise AssertionError


def _parts(fingerprints: Sequence[Fingerprint]) -> Iterator[slice]:
    """Slices with no more frames of films together than a call may have, except for a single film."""
    begun = frames = 0
    for at, found in enumerate(fingerprints):
        count = len(found.frames) + len(found.frames_trimmed)
        if frames and frames + count > FILM_FRAMES_IN_A_CALL_MAX:
            yield slice(begun, at)
            begun, frames = at, 0
        frames += count
    yield slice(begun, len(fingerprints))


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered with status {answer.status_code}. What it acknowledged is safe. Tell its administrator."


def _id_of(name: str) -> str:
    try:
        return str(uuid.UUID(name))
    except ValueError:
        raise AudienceNotByName(name=name) from None
