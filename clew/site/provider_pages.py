"""Pages of organisations' providers: the way out to one, and the way back."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from clew.access.doors import officer_of
from clew.access.models import Officer
from clew.access.provider_links import officer_at_provider
from clew.access.strength import PROVIDER
from clew.kernel.errors import ClewError, NotFound
from clew.site.confirming import next_page
from clew.site.oidc import ProviderRefused, Trip, way_back, way_out
from clew.site.providers import Provider
from clew.site.strong_sign_in import confirm, note_refusal, sign_in

TRIP_KEY = "clew.provider"


@require_safe
def provider_sign_in(request: HttpRequest, organisation: str) -> HttpResponse:
    """To the organisation's provider, to sign in."""
    return _leave(request, _provider(organisation), is_confirming=False)


@require_safe
def provider_confirm(request: HttpRequest) -> HttpResponse:
    """To the provider of the officer's organisation, to sign in there anew."""
    return _leave(request, _provider(officer_of(request).organisation.key), is_confirming=True)


@require_safe
def provider_answer(request: HttpRequest, organisation: str) -> HttpResponse:
    """Back from the provider. What it remembers of the trip is used once, however it ends."""
    remembered = request.session.pop(TRIP_KEY, None)
    officer = request.user if isinstance(request.user, Officer) else None
    try:
        if not isinstance(remembered, dict):
            raise ProviderRefused
        trip = Trip(**remembered)
        shown = _shown_by(request, _provider(organisation), trip)
        if not trip.is_confirming:
            return sign_in(request, shown, way=PROVIDER, next_path=trip.next)
        if shown != officer:
            raise ProviderRefused
    except ClewError as refusal:
        note_refusal(refusal, way=PROVIDER, officer=officer)
        raise
    confirm(request, shown, way=PROVIDER)
    return HttpResponseRedirect(trip.next)


def _shown_by(request: HttpRequest, provider: Provider, trip: Trip) -> Officer:
    answer = request.GET
    # RFC 9207: an answer that names its issuer must name this one.
    is_ours = trip.organisation == provider.organisation and trip.matches(answer.get("state", ""))
    if not is_ours or answer.get("iss", provider.issuer) != provider.issuer or "code" not in answer:
        raise ProviderRefused
    identity = way_back(provider, trip, code=answer["code"], callback=_callback(request, provider))
    officer = officer_at_provider(
        issuer=provider.issuer,
        subject=identity.subject,
        name=identity.name,
        organisation_key=provider.organisation,
    )
    if officer is None:
        raise ProviderRefused
    return officer


def _leave(request: HttpRequest, provider: Provider, *, is_confirming: bool) -> HttpResponse:
    trip = Trip.begin(provider, is_confirming=is_confirming, next_path=next_page(request))
    address = way_out(provider, trip, _callback(request, provider))
    request.session[TRIP_KEY] = trip.as_json()
    return HttpResponseRedirect(address)


def _provider(organisation: str) -> Provider:
    found: Provider | None = settings.CLEW_PROVIDERS.get(organisation)
    if found is None:
        raise NotFound
    return found


def _callback(request: HttpRequest, provider: Provider) -> str:
    return request.build_absolute_uri(reverse("provider_answer", args=[provider.organisation]))
