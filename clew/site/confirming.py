"""Confirming: before an account is changed its officer proves again that it is they, and is brought back to where they were."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from clew.access.doors import officer_of
from clew.access.freshness import is_fresh
from clew.access.strength import has_strong_way
from clew.kernel.limits import FIRST_FACTOR_SECONDS_MAX
from clew.site.accounts import ClosedDoorAdapter

View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Let a page be reached by those alone who confirmed who they are within the last minutes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request) or _is_setting_up(request):
            return view(request, *args, **kwargs)
        return to_confirmation(request)

    vars(guarded)["is_confirmed"] = True
    return guarded


def to_confirmation(request: HttpRequest) -> HttpResponse:
    """To the strongest way in which this officer can confirm, and back to the page they are on; a form sent is sent anew by them."""
    ways = ClosedDoorAdapter(request).get_reauthentication_methods(request.user)
    address = ways[0]["url"] if ways else reverse("account_reauthenticate")
    return HttpResponseRedirect(f"{address}?{urlencode({'next': page_of_request(request)}, safe='/')}")


def page_of_request(request: HttpRequest) -> str:
    """The page the officer is on: what they asked for, or, for a form, the page it stood on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referrer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referrer, {request.get_host()}):
        parts = urlsplit(referrer)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return reverse("home")


def next_page(request: HttpRequest) -> str:
    """The page of this site that an address or a form names as the next one; else the first."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}) and asked.startswith("/"):
        return asked
    return reverse("home")


def _is_setting_up(request: HttpRequest) -> bool:
    """The first factor beside the password: the password was given minutes ago, and nothing else is reached before this."""
    officer = officer_of(request)
    if is_mfa_enabled(officer) or has_strong_way(officer):
        return False
    given = get_authentication_records(request, officer)
    return bool(given) and time.time() - given[-1]["at"] < FIRST_FACTOR_SECONDS_MAX
