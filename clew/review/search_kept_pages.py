"""Pages of what is kept of searching: the way back, saved searches, and questions what is like something."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.kernel.errors import InputRefused
from clew.review.likeness import ask_for_media, ask_for_picture, ask_for_signatures
from clew.review.models import Likeness
from clew.review.saved_searches import forget_saved, keep_search, saved_visible
from clew.review.search import Search
from clew.review.search_forms import KeepForm, LikenessForm, refuse_hash
from clew.review.search_history import way_of
from clew.review.search_pages import address_of
from clew.review.search_telling import chips_of


@require_safe
@door(Permission.SEARCH_RUN, "review:search:history")
def search_history(request: HttpRequest) -> HttpResponse:
    """The officer's way through their searches, as a tree; each step leads back to where it was left."""
    officer = officer_of(request)
    lines = [(branch, [chip.words for chip in chips_of(branch.search)]) for branch in way_of(officer)]
    return TemplateResponse(request, "review/search_history.html", {"lines": lines})


@require_safe
@door(Permission.SEARCH_RUN, "review:saved:list")
def searches_saved(request: HttpRequest) -> HttpResponse:
    """The officer's own saved searches and those of their unit."""
    officer = officer_of(request)
    lines = [
        (saved, address_of(found, saved=str(saved.id)), [chip.words for chip in chips_of(found)])
        for saved in saved_visible(officer)
        for found in [Search.from_query(saved.query)]
    ]
    return TemplateResponse(request, "review/searches_saved.html", {"lines": lines})


@require_POST
@door(Permission.SEARCH_RUN, "review:saved:keep")
def search_keep(request: HttpRequest) -> HttpResponse:
    """Keep a search under a name."""
    officer, form = officer_of(request), KeepForm(request.POST)
    if not form.is_valid():
        raise InputRefused(reason="A saved search needs a short name. Nothing was kept. Give it one.")
    wanted = form.search()
    refuse_hash(wanted)
    saved = keep_search(officer, wanted, form.cleaned_data["name"], is_shared=form.cleaned_data["is_shared"])
    messages.success(request, f"Kept as {saved.name}.")
    return HttpResponseRedirect(address_of(wanted, saved=str(saved.id)))


@require_POST
@door(Permission.SEARCH_RUN, "review:saved:forget")
def search_forget(request: HttpRequest, saved_id: uuid.UUID) -> HttpResponse:
    """Forget one's own saved search."""
    forget_saved(officer_of(request), saved_id)
    return HttpResponseRedirect(reverse("review:searches_saved"))


@require_safe
@door(Permission.SEARCH_RUN, "review:likeness:new")
def likeness_new(request: HttpRequest) -> HttpResponse:
    """Where hashes or a picture are asked with: by a form that is posted, since neither may stand in an address."""
    return TemplateResponse(request, "review/likeness_new.html", {"form": LikenessForm(officer=officer_of(request))})


@require_POST
@hatch(Permission.SEARCH_RUN, "review:likeness:ask")
def likeness_ask(request: HttpRequest) -> HttpResponse:
    """Ask what is like it, and lead to the answer by the id of the question."""
    try:
        return HttpResponseRedirect(address_of(Search(like=str(_asked(request).id))))
    except InputRefused as refusal:
        form = LikenessForm(officer=officer_of(request))
        context = {"form": form, "refusal": refusal.message}
        return TemplateResponse(request, "review/likeness_new.html", context, status=refusal.status).render()


def _asked(request: HttpRequest) -> Likeness:
    officer, form = officer_of(request), LikenessForm(request.POST, request.FILES, officer=officer_of(request))
    form.is_valid()
    reason = {name: form.cleaned_data.get(name) or None for name in ("purpose", "legal_basis")}
    if media_id := _media_id(request):
        return ask_for_media(officer, media_id, **reason)
    if picture := form.cleaned_data.get("picture"):
        return ask_for_picture(officer, picture.read(), **reason)
    return ask_for_signatures(officer, form.lines() if "signatures" in form.cleaned_data else [], **reason)


def _media_id(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST["media"])
    except (KeyError, ValueError):
        return None
