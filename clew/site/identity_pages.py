"""Pages of organisations' identity providers: the way out to one, and the way back."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from clew.access.doors import officer_of
from clew.access.identity_links import officer_at_identity_provider
from clew.access.models import Officer
from clew.access.strength import IDENTITY
from clew.kernel.errors import ClewError, NotFound
from clew.site.confirming import next_page
from clew.site.identity_providers import IdentityProvider
from clew.site.oidc import IdentityRefused, Trip, way_back, way_out
from clew.site.strong_sign_in import confirm, note_refusal, sign_in

TRIP_KEY = "clew.identity"


@require_safe
def identity_sign_in(request: HttpRequest, organisation: str) -> HttpResponse:
    """To the organisation's identity provider, to sign in."""
    return _leave(request, _provider(organisation), is_confirming=False)


@require_safe
def identity_confirm(request: HttpRequest) -> HttpResponse:
    """To the identity provider of the officer's organisation, to sign in there anew."""
    return _leave(request, _provider(officer_of(request).organisation.key), is_confirming=True)


@require_safe
def identity_answer(request: HttpRequest, organisation: str) -> HttpResponse:
    """Back from the identity provider. What it remembers of the trip is used once, however it ends."""
    remembered = request.session.pop(TRIP_KEY, None)
    officer = request.user if isinstance(request.user, Officer) else None
    try:
        if not isinstance(remembered, dict):
            raise IdentityRefused
        trip = Trip(**remembered)
        shown = _shown_by(request, _provider(organisation), trip)
        if not trip.is_confirming:
            return sign_in(request, shown, way=IDENTITY, next_path=trip.next)
        if shown != officer:
            raise IdentityRefused
    except ClewError as refusal:
        note_refusal(refusal, way=IDENTITY, officer=officer)
        raise
    confirm(request, shown, way=IDENTITY)
    return HttpResponseRedirect(trip.next)


def _shown_by(request: HttpRequest, provider: IdentityProvider, trip: Trip) -> Officer:
    answer = request.GET
    # RFC 9207: an answer that names its issuer must name this one.
    is_ours = trip.organisation == provider.organisation and trip.matches(answer.get("state", ""))
    if not is_ours or answer.get("iss", provider.issuer) != provider.issuer or "code" not in answer:
        raise IdentityRefused
    identity = way_back(provider, trip, code=answer["code"], callback=_callback(request, provider))
    officer = officer_at_identity_provider(
        issuer=provider.issuer,
        subject=identity.subject,
        name=identity.name,
        organisation_key=provider.organisation,
    )
    if officer is None:
        raise IdentityRefused
    return officer


def _leave(request: HttpRequest, provider: IdentityProvider, *, is_confirming: bool) -> HttpResponse:
    trip = Trip.begin(provider, is_confirming=is_confirming, next_path=next_page(request))
    address = way_out(provider, trip, _callback(request, provider))
    request.session[TRIP_KEY] = trip.as_json()
    return HttpResponseRedirect(address)


def _provider(organisation: str) -> IdentityProvider:
    found: IdentityProvider | None = settings.CLEW_IDENTITY_PROVIDERS.get(organisation)
    if found is None:
        raise NotFound
    return found


def _callback(request: HttpRequest, provider: IdentityProvider) -> str:
    return request.build_absolute_uri(reverse("identity_answer", args=[provider.organisation]))
