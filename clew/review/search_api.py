"""The doors of searching for programs: what answers a search, a page at a time, with what they have in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from clew.access.declared import declares
from clew.access.doors import visit
from clew.access.permissions import Permission
from clew.access.purposes import reason_of
from clew.catalogue.models import Media
from clew.review.facets import Facet, facets_of
from clew.review.search import Search
from clew.review.search_forms import refuse_hash
from clew.review.search_running import run_search

router = Router()


@router.get("/search", summary="Search everything one may see")
@declares(Permission.SEARCH_RUN, "review:search:call")
def search(
    request: HttpRequest, page: int = 1, purpose: str | None = None, legal_basis: str | None = None
) -> dict[str, Any]:
    """A page of what is found, newest first, by the filters of the page's address: `text`, `kind`, `make`, `taken_from` and so on.

    Purpose and legal basis, left out, are what the officer's unit has set. Hashes are asked by POST, at `/match`.
    """
    with visit(request, Permission.SEARCH_RUN, "review:search:call") as officer:
        wanted = Search.from_query(request.GET)
        refuse_hash(wanted)
        results = run_search(officer, wanted, reason_of(officer, purpose, legal_basis), page=page)
        facets = facets_of(officer, wanted, results.ids)
        return {
            "search": {name: told for name, (told,) in wanted.to_query().items()},
            "found": results.count,
            "is_more": results.is_more,
            "page": results.number,
            "media": [_told(media) for media in results.media],
            "facets": {facet.key: _choices(facet) for facet in facets},
        }


def _told(media: Media) -> dict[str, Any]:
    return {
        "id": media.id,
        "kind": media.kind,
        "mime": media.mime,
        "size_bytes": media.size_bytes,
        "width": media.width,
        "height": media.height,
        "first_seen_at": media.first_seen_at,
        "taken_on": media.taken_on,
        "camera_make": media.camera_make,
        "camera_model": media.camera_model,
    }


def _choices(facet: Facet) -> list[dict[str, Any]]:
    """Each with what its filter adds; of one that is set, what taking it off leaves."""
    return [
        {
            "words": choice.words,
            "count": choice.count,
            "is_chosen": choice.is_chosen,
            "search": {name: told for name, (told,) in choice.search.to_query().items()},
        }
        for choice in facet.choices
    ]
