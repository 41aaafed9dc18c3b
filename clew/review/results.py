"""Results: what a search found, as a list of ids in its order. The n-th is found at once, and nothing moves while somebody works.

The first are collected before the page is shown, the rest a moment at a time, whenever the page asks to go on. A list holds ids and nothing
else: whether its officer may still see what stands at a place is decided anew each time that it is shown (`grid_facts`).
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence

from django.db import connections, transaction
from django.db.models import QuerySet
from django.http import QueryDict

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Media
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import (
    DECISION_MEDIA_MAX,
    RESULT_CHUNK_IDS,
    RESULT_COLLECTING_SECONDS_MAX,
    RESULT_FIRST_IDS,
    RESULT_HOURS_MAX,
    RESULT_MEDIA_MAX,
    RESULT_STEP_IDS,
    RESULTS_KEPT_MAX,
)
from clew.review.results_models import Result, ResultChunk
from clew.review.search import Search, media_found

_ID_BYTES = 16


class ResultGone(NotFound):
    """These results are not kept any more, or never were yours. Nothing was changed. Search again: the same search finds what there is now."""


def keep_result(officer: Officer, search: Search) -> Result:
    """Begin the list of what a search finds, newest first, with as many as fill the first screens. Runs inside the officer's scope.

    What is like something comes nearest first, and there is never much of it: that list is whole at once.
    """
    if search.like:
        return keep_ids(officer, search, list(media_found(officer, search).values_list("id", flat=True)))
    result = _begin(officer, search)
    _add(result, _found_after(officer, search, None, RESULT_FIRST_IDS), asked=RESULT_FIRST_IDS)
    result.save()
    return result


def keep_ids(officer: Officer, search: Search, media_ids: Sequence[uuid.UUID]) -> Result:
    """The list of what was found in an order of its own, such as by likeness: whole from the beginning. Runs inside the officer's scope."""
    result = _begin(officer, search)
    _add(result, b"".join(id_.bytes for id_ in media_ids[:RESULT_MEDIA_MAX]), asked=len(media_ids) + 1)
    result.save()
    return result


def result_for(officer: Officer, result_id: uuid.UUID) -> Result:
    """The officer's own result, or `ResultGone`: the same answer when it is absent, another's, or over."""
    require(officer, Permission.RESULT_READ)
    found = Result.objects.filter(id=result_id, officer_id=officer.pk, expires_at__gt=now()).first()
    if found is None:
        raise ResultGone
    return found


def search_of(result: Result) -> Search:
    """The search that a result answers."""
    query = QueryDict(mutable=True)
    for name, values in result.search.items():
        query.setlist(name, values)
    return Search.from_query(query)


def collect_more(officer: Officer, result_id: uuid.UUID) -> Result:
    """Go on collecting for a moment; nothing is done where it is whole. Runs inside the officer's scope.

    Two windows that ask at once collect one after the other.
    """
    result = result_for(officer, result_id)
    result = Result.objects.select_for_update().get(id=result.id)
    search, until = search_of(result), time.monotonic() + RESULT_COLLECTING_SECONDS_MAX
    while not result.is_whole and time.monotonic() < until:
        # Whole steps alone but for the last: so only the last chunk may have fewer ids than the others.
        _add(result, _found_after(officer, search, result.last_media_id, RESULT_STEP_IDS), asked=RESULT_STEP_IDS)
    result.save(update_fields=["count", "is_whole", "last_media_id"])
    return result


def ids_at(result: Result, first: int, count: int) -> list[uuid.UUID]:
    """The ids at the places from `first`, 0 for the first of all; fewer at the end. However long the list is, it reads a chunk or two."""
    last = min(first + count, result.count) - 1
    if first < 0 or last < first:
        return []
    begin, end = first // RESULT_CHUNK_IDS, last // RESULT_CHUNK_IDS
    chunks = ResultChunk.objects.filter(result=result, number__range=(begin, end)).order_by("number")
    joined = b"".join(bytes(chunk) for chunk in chunks.values_list("media_ids", flat=True))
    offset = first - begin * RESULT_CHUNK_IDS
    return list(_ids_in(joined[offset * _ID_BYTES : (offset + last - first + 1) * _ID_BYTES]))


def ranges_of(told: str) -> list[tuple[int, int]]:
    """Places as a page names them, such as `0-4,9-9` (both ends included): pairs of first and count. Raises `InputRefused`."""
    pairs = []
    for part in told.split(","):
        first, _, last = part.partition("-")
        if not all(end.isascii() and end.isdigit() and len(end) < 10 for end in (first, last)) or int(last) < int(
            first
        ):
            raise InputRefused(reason="The places were not understood. Nothing was done. Reload the page.")
        pairs.append((int(first), int(last) - int(first) + 1))
    if sum(count for _first, count in pairs) > DECISION_MEDIA_MAX:
        raise InputRefused(reason=f"One act takes {DECISION_MEDIA_MAX} media at most. Nothing was done. Choose fewer.")
    return pairs


def still_seen(places: Iterable[list[uuid.UUID]]) -> list[uuid.UUID]:
    """Of the ids at some places those that the officer may still see. Runs inside their scope."""
    wanted = [id_ for ids in places for id_ in ids]
    seen = set(Media.objects.filter(id__in=wanted).values_list("id", flat=True))
    return [id_ for id_ in wanted if id_ in seen]


def forget_results() -> int:
    """Delete every result that is over, of all officers; how many there were. For the service."""
    over = Result.objects.using("service").filter(expires_at__lte=now())
    number = over.count()
    with transaction.atomic(using="service"):
        _delete(list(over.values_list("id", flat=True)))
    return number


def _begin(officer: Officer, search: Search) -> Result:
    require(officer, Permission.RESULT_READ)
    _make_room(officer)
    return Result(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        officer=officer,
        search=search.to_query(),
        expires_at=now() + dt.timedelta(hours=RESULT_HOURS_MAX),
    )


def _make_room(officer: Officer) -> None:
    """Let go of the officer's oldest results, so that there is a place for another."""
    own = Result.objects.using("service").filter(officer_id=officer.pk).order_by("-made_at", "-id")
    too_many = list(own.values_list("id", flat=True)[RESULTS_KEPT_MAX - 1 :])
    if too_many:
        with transaction.atomic(using="service"):
            _delete(too_many)


def _delete(ids: list[uuid.UUID]) -> None:
    ResultChunk.objects.using("service").filter(result_id__in=ids).delete()
    Result.objects.using("service").filter(id__in=ids).delete()


def _found_after(officer: Officer, search: Search, last: uuid.UUID | None, number: int) -> bytes:
    """The next ids that a search finds after the last one collected, 16 bytes each: put together by the database, which is quicker than row by row."""
    found: QuerySet[Media] = media_found(officer, search)
    if last is not None:
        found = found.filter(id__lt=last)
    text, parameters = found.order_by("-id").values("id")[:number].query.sql_with_params()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"SELECT string_agg(uuid_send(f.id), '' ORDER BY f.id DESC) FROM ({text}) AS f",  # noqa: S608 - the ORM's own text
            parameters,
        )
        (joined,) = cursor.fetchone()
    return bytes(joined or b"")


def _add(result: Result, joined: bytes, *, asked: int) -> None:
    """Put further ids, of which so many were asked for, behind those that are there."""
    number = len(joined) // _ID_BYTES
    if result._state.adding:  # noqa: SLF001 - Django's own way to tell
        result.save(force_insert=True)
    begun = result.count // RESULT_CHUNK_IDS
    step = RESULT_CHUNK_IDS * _ID_BYTES
    ResultChunk.objects.bulk_create(
        [
            ResultChunk(
                owner_organisation_id=result.owner_organisation_id,
                result=result,
                number=begun + place,
                media_ids=joined[start : start + step],
            )
            for place, start in enumerate(range(0, len(joined), step))
        ]
    )
    result.count += number
    result.is_whole = number < asked or result.count >= RESULT_MEDIA_MAX
    if number:
        result.last_media_id = uuid.UUID(bytes=joined[-_ID_BYTES:])


def _ids_in(joined: bytes) -> Iterator[uuid.UUID]:
    return (uuid.UUID(bytes=joined[at : at + _ID_BYTES]) for at in range(0, len(joined), _ID_BYTES))
