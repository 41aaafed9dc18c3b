"""Pages of searching: results as hidden tiles beside what they have in common; what is like something; the way back; searches that are kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.purposes import GroundsMissing, reason_of
from clew.catalogue.models import Media, Sighting
from clew.kernel.errors import ClewError, NotFound
from clew.review.facets import facets_of
from clew.review.likeness import Alike, alike, likeness_for
from clew.review.saved_searches import note_run, saved_for
from clew.review.search import Search
from clew.review.search_forms import HashInWords, SearchForm, refuse_hash
from clew.review.search_history import leave_at, take_step
from clew.review.search_running import Results, SearchTooLong, run_search
from clew.review.search_telling import chips_of, loosenings_of
from clew.review.statements import standing_statements

#: What stands in the address beside the search itself.
_BESIDE = ("step", "saved")
#: Where the session keeps for what, and on which law, its officer searches: their own words, which belong into no address.
_GROUNDS = "search_grounds"


@dataclass(frozen=True, slots=True)
class Tile:
    """One content on the page: a path under which the officer sees it, what stands of it, how it is like what was asked about, whether it is new."""

    media: Media
    path: str
    codes: Sequence[str]
    alike: Alike | None
    is_new: bool


@require_safe
@door(Permission.SEARCH_RUN, "review:search:show")
def search(request: HttpRequest) -> HttpResponse:
    """A search and what answers it. What is refused is told on the page, so that it can be corrected there."""
    officer, wanted = officer_of(request), Search.from_query(request.GET)
    try:
        refuse_hash(wanted)
        grounds = request.session.get(_GROUNDS, {})
        reason = reason_of(officer, grounds.get("purpose"), grounds.get("legal_basis"))
        results = run_search(officer, wanted, reason, page=request.GET.get("page"))
    except (HashInWords, GroundsMissing, SearchTooLong) as refusal:
        shown = wanted.without("text") if isinstance(refusal, HashInWords) else wanted
        return _refused(request, officer, shown, refusal)
    context = _common(request, officer, wanted) | _shown(request, officer, results)
    return TemplateResponse(request, "review/search.html", context)


def _common(request: HttpRequest, officer: Officer, wanted: Search) -> dict[str, Any]:
    beside = {name: told for name in _BESIDE if (told := request.GET.get(name))}
    initial = {name: told for name, (told,) in wanted.to_query().items()} | beside | request.session.get(_GROUNDS, {})
    return {
        "search": wanted,
        "form": SearchForm(officer=officer, initial=initial),
        "may_reveal": Permission.MEDIA_REVEAL in officer.permissions,
    }


def _refused(request: HttpRequest, officer: Officer, shown: Search, refusal: ClewError) -> HttpResponse:
    context = _common(request, officer, shown) | {"refusal": refusal.message, "chips": chips_of(shown)}
    return TemplateResponse(request, "review/search.html", context, status=refusal.status)


def _shown(request: HttpRequest, officer: Officer, results: Results) -> dict[str, Any]:
    wanted = results.search
    step = take_step(officer, results, request.GET.get("step", ""))
    fresh, saved = _saved(request, officer, results)
    told = _alike(officer, wanted)
    return {
        "step": step,
        "results": results,
        "page": results.pages.get_page(results.number),
        "tiles": _tiles(officer, results.media, told, fresh or set()),
        "outside": [one for one in told if one.media is None],
        "chips": chips_of(wanted),
        "facets": facets_of(officer, wanted, results.ids),
        "loosenings": [] if results.media else loosenings_of(officer, wanted),
        "saved": saved,
        "fresh": None if fresh is None else len(fresh),
    }


def _saved(request: HttpRequest, officer: Officer, results: Results) -> tuple[set[uuid.UUID] | None, Any]:
    """What is new since the saved search was last run, where the page is one's."""
    try:
        saved = saved_for(officer, uuid.UUID(request.GET.get("saved", "")))
    except (ValueError, NotFound):
        return None, None
    if Search.from_query(saved.query) != results.search:
        return None, None
    return (note_run(officer, saved, results.ids) if results.number == 1 else None), saved


def _alike(officer: Officer, wanted: Search) -> list[Alike]:
    if not wanted.like:
        return []
    try:
        return alike(officer, likeness_for(officer, wanted.like))
    except NotFound:
        return []


def _tiles(officer: Officer, media: Sequence[Media], told: Sequence[Alike], fresh: set[uuid.UUID]) -> list[Tile]:
    ids = [one.id for one in media]
    seen = Sighting.objects.filter(media__in=ids).order_by("media_id", "-id").distinct("media_id")
    paths = dict(seen.values_list("media_id", "path"))
    standing = standing_statements(officer, ids)
    like = {one.media.id: one for one in told if one.media is not None}
    return [
        Tile(
            one,
            paths.get(one.id, ""),
            sorted({f"{statement.scheme} {statement.code}" for statement in standing.get(one.id, [])}),
            like.get(one.id),
            one.id in fresh,
        )
        for one in media
    ]


@require_POST
@door(Permission.SEARCH_RUN, "review:search:state")
def search_state(request: HttpRequest) -> HttpResponse:
    """Take what was typed, and lead to its address. Typed words are posted first: what may be a hash never comes into one."""
    officer = officer_of(request)
    form = SearchForm(request.POST, officer=officer)
    form.is_valid()
    wanted = form.search()
    try:
        refuse_hash(wanted)
    except HashInWords as refusal:
        return _refused(request, officer, wanted.without("text"), refusal)
    request.session[_GROUNDS] = {
        name: told
        for name in ("purpose", "legal_basis")
        if name in form.changed_data and (told := form.cleaned_data.get(name))
    }
    step = {"step": told} if (told := request.POST.get("step", "")) else {}
    return HttpResponseRedirect(address_of(wanted, **step))


def address_of(wanted: Search, **beside: str) -> str:
    """The address of a search's page."""
    query = QueryDict(mutable=True)
    for name, values in wanted.to_query().items():
        query.setlist(name, values)
    query.update(beside)
    return f"{reverse('review:search')}?{query.urlencode()}"


@require_POST
@door(Permission.SEARCH_RUN, "review:search:leave")
def search_left(request: HttpRequest, step_id: uuid.UUID) -> HttpResponse:
    """Note at which content the page was left."""
    try:
        media_id = uuid.UUID(request.POST.get("media", ""))
    except ValueError:
        raise NotFound from None
    leave_at(officer_of(request), step_id, media_id)
    return HttpResponse(status=204)
