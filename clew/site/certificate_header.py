"""The certificate of a card, as the proxy in front hands it on: taken from trusted proxies alone; from anybody else the request is refused, on record."""

from __future__ import annotations

from collections.abc import Callable

from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from clew.access.cards import certificate_from_header
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.site.peers import is_from_trusted_proxy

#: Where the certificate lies for the pages; no header can be named so.
_PLACE = "clew.certificate"


class CertificateFromStranger(ClewError):
    """A certificate was stated by a sender who is no proxy of this installation. Nothing was opened. Leave that header out."""

    status = 400


class CertificateHeader:
    """Takes the header out of every request, and keeps the certificate in it where it may be believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, or the refusal."""
        name: str = settings.CLEW_CERTIFICATE_HEADER
        if name:
            stated = request.META.pop("HTTP_" + name.upper().replace("-", "_"), "")
            try:
                if stated:
                    request.META[_PLACE] = _believed(request, stated)
            except ClewError as refusal:
                return _refuse(request, refusal)
        return self.get_response(request)


def certificate_of(request: HttpRequest) -> x509.Certificate | None:
    """The certificate that came with this very request, checked by the proxy; None without one."""
    found: x509.Certificate | None = request.META.get(_PLACE)
    return found


def _believed(request: HttpRequest, stated: str) -> x509.Certificate:
    if not is_from_trusted_proxy(request):
        raise CertificateFromStranger
    return certificate_from_header(stated)


def _refuse(request: HttpRequest, refusal: ClewError) -> HttpResponse:
    with transaction.atomic(using="service"):
        record("access:certificate:refuse", actor=None, using="service", outcome=refusal.code)
    if request.path.startswith("/api/"):
        return JsonResponse({"error": refusal.code, "message": refusal.message}, status=refusal.status)
    return HttpResponse(render_to_string("error.html", {"error": refusal}), status=refusal.status)
