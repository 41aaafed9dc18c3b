"""The door of this installation as a witness (C2SP tlog-witness): other ledgers send their checkpoints; who they are, their signature says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from clew.access.declared import Who, declares
from clew.kernel.errors import NotFound
from clew.ledger.errors import NoteBroken, RolledBack, SeenSizeDiffers
from clew.ledger.notes import NOTE_CHARACTERS_MAX
from clew.ledger.witness import Request
from clew.ledger.witness_service import add_checkpoint
from clew.site.ledger_keys import witnessed_origins

router = Router()

#: As the protocol names a bare size.
SIZE_TYPE = "text/x.tlog.size"


@router.post("/add-checkpoint", auth=None, summary="Cosign a ledger's checkpoint, if it continues what was seen")
@declares(Who.WITNESSED, "ledger:checkpoint:witness")
def add(request: HttpRequest) -> HttpResponse:
    """The cosignature; 409 with the size last seen where the proof begins elsewhere, 422 where it fails. Absent while no ledger is witnessed."""
    known = witnessed_origins()
    if not known:
        raise NotFound
    try:
        line = add_checkpoint(Request.parse(_body(request)), known)
    except (SeenSizeDiffers, RolledBack) as refused:
        return HttpResponse(f"{refused.facts['seen']}\n", content_type=SIZE_TYPE, status=refused.status)
    return HttpResponse(line, content_type="text/plain; charset=utf-8")


def _body(request: HttpRequest) -> str:
    raw = request.read(NOTE_CHARACTERS_MAX + 1)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise NoteBroken(why="it is not text") from None
