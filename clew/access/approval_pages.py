"""Pages of two-person acts: what is asked for, and the decision of a second person."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.approval_models import Approval, ApprovalState
from clew.access.approvals import ApprovalAltered, approval_for, approvals_seen, decide, withdraw
from clew.access.doors import door, officer_of
from clew.access.freshness import is_fresh, require_fresh
from clew.access.models import Officer
from clew.access.paging import page_of
from clew.access.permissions import Permission


@require_safe
@door(Permission.APPROVAL_READ, "access:approval:list")
def approvals(request: HttpRequest) -> HttpResponse:
    """What was asked for in the officer's organisation, and what became of it."""
    page = page_of(request, approvals_seen(officer_of(request)))
    return TemplateResponse(request, "access/approvals.html", {"page": page})


@require_safe
@door(Permission.APPROVAL_READ, "access:approval:read")
def approval(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    """One request, exactly as it would be carried out."""
    officer = officer_of(request)
    found = approval_for(officer, approval_id)
    context = {
        "approval": found,
        "may_decide": _may_decide(officer, found),
        "is_own": found.requested_by_id == officer.pk,
        "is_fresh": is_fresh(request),
    }
    return TemplateResponse(request, "access/approval.html", context)


@require_POST
@door(Permission.APPROVAL_DECIDE, "access:approval:decide")
def approval_decide(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    """Grant or refuse it."""
    require_fresh(request)
    try:
        digest = bytes.fromhex(request.POST.get("request", ""))
    except ValueError:
        raise ApprovalAltered from None
    reason = request.POST.get("reason", "")
    decide(officer_of(request), approval_id, digest=digest, grant=request.POST.get("answer") == "grant", reason=reason)
    return _back(approval_id)


@require_POST
@door(Permission.APPROVAL_READ, "access:approval:withdraw")
def approval_withdraw(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    """Take one's own back."""
    withdraw(officer_of(request), approval_id)
    return _back(approval_id)


def _may_decide(officer: Officer, found: Approval) -> bool:
    is_other = officer.person_id != found.requester_person_id
    may = Permission.APPROVAL_DECIDE in officer.permissions
    return may and is_other and found.is_open and found.state == ApprovalState.WAITING


def _back(approval_id: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("access:approval", args=[approval_id]))
