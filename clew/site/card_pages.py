"""Pages of cards: sign-in by the certificate that came with the request, and confirming by it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from clew.access.cards import CertificateRefused, officer_of_card
from clew.access.doors import officer_of
from clew.access.models import Officer
from clew.access.strength import CERTIFICATE
from clew.site.accounts import ClosedDoorAdapter
from clew.site.certificate_header import certificate_of
from clew.site.confirming import next_page
from clew.site.strong_sign_in import confirm, note_refusal, sign_in


@require_POST
def card_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in the officer whose card it is."""
    try:
        officer = _shown_by(request)
    except CertificateRefused as refusal:
        note_refusal(refusal, way=CERTIFICATE)
        raise
    return sign_in(request, officer, way=CERTIFICATE, next_path=next_page(request))


@require_http_methods(["GET", "HEAD", "POST"])
def card_confirm(request: HttpRequest) -> HttpResponse:
    """Confirm by the card that came with this very request."""
    officer = officer_of(request)
    if request.method != "POST":
        others = [
            {**way, "url": f"{way['url']}?next={next_page(request)}"}
            for way in ClosedDoorAdapter(request).get_reauthentication_methods(officer)
            if way["id"] != "card_confirm"
        ]
        context = {"next": next_page(request), "reauthentication_alternatives": others}
        return render(request, "account/card_confirm.html", context)
    try:
        _shown_by(request, officer)
    except CertificateRefused as refusal:
        note_refusal(refusal, way=CERTIFICATE, officer=officer)
        raise
    confirm(request, officer, way=CERTIFICATE)
    return HttpResponseRedirect(next_page(request))


def _shown_by(request: HttpRequest, expected: Officer | None = None) -> Officer:
    """The officer whose card came with the request; refused where there is none, or another one was expected."""
    certificate = certificate_of(request)
    if certificate is None:
        raise CertificateRefused
    officer = officer_of_card(certificate)
    if expected is not None and officer != expected:
        raise CertificateRefused
    return officer
