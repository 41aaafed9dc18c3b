"""The JSON API: `/api/v1`, spoken to with an officer's key. Its description is at `/api/v1/openapi.json`."""

from __future__ import annotations

import hashlib
import re

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from clew import __version__
from clew.access.declared import declares
from clew.access.doors import visit
from clew.access.keys import officer_of_key
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.catalogue.api import router as rules
from clew.cooperation.api import router as cooperation
from clew.intake.api import router as intake
from clew.intake.index_state import index_state_for
from clew.kernel.errors import ClewError, NotFound, NotSignedIn
from clew.ledger.circumstances import note
from clew.ledger.standing import ledger_standing
from clew.review.search_api import router as search
from clew.site.metrics import CONTENT_TYPE_LATEST, exposition
from clew.site.witness_api import router as witness


class OfficersKey(HttpBearer):
    """`Authorization: Bearer clew_…`: the key of an officer, as whom the call then acts."""

    def authenticate(self, request: HttpRequest, token: str) -> Officer | None:
        """The officer of the key, or None."""
        officer = officer_of_key(token)
        if officer is not None:
            request.user = officer
            note(session=f"key {hashlib.sha256(token.encode()).hexdigest()}")
        return officer


#: How fields are named in the description of the API.
_FIELD = re.compile("[a-z_]{1,30}|sha1|sha256|md5")

api = NinjaAPI(
    title="Clew",
    version="1",
    description=f"Clew {__version__}. Every error is {{error, message}}: a stable name for programs, a sentence for people.",
    auth=OfficersKey(),
    docs_url=None,
    openapi_url="/v1/openapi.json",
    urls_namespace="api",
)
api.add_router("/v1", intake, tags=["intake"])
api.add_router("/v1", cooperation, tags=["cooperation"])
api.add_router("/v1", rules, tags=["catalogue"])
api.add_router("/v1", search, tags=["review"])
api.add_router("/v1/witness", witness, tags=["witness"])


@api.get("/v1/metrics", summary="Numbers of the installation, for whatever watches over it", include_in_schema=True)
@declares(Permission.INDEX_READ, "intake:index:metrics")
def metrics(request: HttpRequest) -> HttpResponse:
    """In Prometheus' text form; the key's officer must be allowed to read the state of the index."""
    with visit(request, Permission.INDEX_READ, "intake:index:metrics") as officer:
        state, totals = index_state_for(officer)
        ledger = ledger_standing()
    return HttpResponse(exposition(state, totals, ledger), content_type=CONTENT_TYPE_LATEST)


def _refuse(request: HttpRequest, refusal: ClewError) -> HttpResponse:
    answer = api.create_response(request, {"error": refusal.code, "message": refusal.message}, status=refusal.status)
    if "retry_after_seconds" in refusal.facts:
        answer["Retry-After"] = str(refusal.facts["retry_after_seconds"])
    return answer


@api.exception_handler(ClewError)
def _ours(request: HttpRequest, refusal: ClewError) -> HttpResponse:
    return _refuse(request, refusal)


@api.exception_handler(AuthenticationError)
def _unknown_key(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return _refuse(request, NotSignedIn())


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return api.create_response(request, {"error": "InputRefused", "message": error.message}, status=error.status_code)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Where the input is wrong and how, without repeating it: it may hold hashes."""
    places = "; ".join(f"{'.'.join(_named(part) for part in found['loc'])}: {found['msg']}" for found in error.errors)
    message = f"The request does not fit the description: {places}. Nothing was changed."
    return api.create_response(request, {"error": "InputRefused", "message": message}, status=422)


def _named(part: int | str) -> str:
    """A place as the description names it; where the sender wrote the name themselves, as a key, it is not repeated."""
    return str(part) if isinstance(part, int) or _FIELD.fullmatch(part) else "…"


@api.exception_handler(Http404)
def _absent(request: HttpRequest, _error: Exception) -> HttpResponse:
    return _refuse(request, NotFound())
