"""The page of one's own keys: each action with its key, freely changed, and two sets to begin from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.review.hotkeys import as_they_came, change_keys, for_the_left_hand, keys_of, places


@require_safe
@door(Permission.HOTKEY_CHOOSE, "review:hotkey:read")
def hotkeys(request: HttpRequest) -> HttpResponse:
    """Every key by its page."""
    own = keys_of(officer_of(request))
    came = {one.name: one.key for one in as_they_came()}
    tables = [(place, [(one, came[one.name]) for one in own if one.place == place.key]) for place in places()]
    return TemplateResponse(request, "review/hotkeys.html", {"tables": tables})


@require_POST
@hatch(Permission.HOTKEY_CHOOSE, "review:hotkey:choose")
def hotkeys_change(request: HttpRequest) -> HttpResponse:
    """Take the keys as the form has them, or one of the sets (`set`: `came`, `left`)."""
    sets = {"came": as_they_came(), "left": for_the_left_hand()}
    chosen = sets.get(request.POST.get("set", ""))
    posted = {name: request.POST.get(name, "").strip().lower() for name in request.POST}
    change_keys(officer_of(request), {one.name: one.key for one in chosen} if chosen else posted)
    return HttpResponseRedirect(reverse("review:hotkeys"))
