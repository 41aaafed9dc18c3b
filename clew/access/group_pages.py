"""Pages on which a national administrator arranges sharing groups and denials; an organisation's officers read its groups."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.freshness import require_fresh
from clew.access.groups import (
    add_member,
    create_group,
    denials_of,
    deny,
    group_for,
    groups_known_to,
    leave_group,
    lift_denial,
    remove_member,
)
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.access.queries import organisations_to_share_with
from clew.kernel.errors import InputRefused


@require_safe
@door(Permission.GROUP_READ, "access:group:list")
def groups(request: HttpRequest) -> HttpResponse:
    """The groups the organisation owns or is in."""
    officer = officer_of(request)
    context = {"groups": groups_known_to(officer), "may_manage": Permission.GROUP_MANAGE in officer.permissions}
    context["may_deny"] = Permission.DENIAL_SET in officer.permissions
    return TemplateResponse(request, "access/groups.html", context)


@require_safe
@door(Permission.GROUP_READ, "access:group:read")
def group(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """One group and who is in it."""
    officer = officer_of(request)
    found = group_for(officer, group_id)
    members = list(found.members.order_by("name"))
    may_manage = Permission.GROUP_MANAGE in officer.permissions
    context = {
        "group": found,
        "members": members,
        "is_owner": may_manage and found.owner_id == officer.organisation_id,
        "may_leave": may_manage and officer.organisation in members,
        "others": organisations_to_share_with(officer).exclude(id__in=[one.id for one in members])
        if may_manage
        else [],
    }
    return TemplateResponse(request, "access/group.html", context)


@require_POST
@hatch(Permission.GROUP_MANAGE, "access:group:create")
def group_new(request: HttpRequest) -> HttpResponse:
    """Found a group."""
    made = create_group(officer_of(request), request.POST.get("name", ""))
    return HttpResponseRedirect(reverse("sharing:group", args=[made.id]))


@require_POST
@hatch(Permission.GROUP_MANAGE, "access:group:add")
def member_add(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Take an organisation in: it then sees what is shared with the group."""
    require_fresh(request)
    add_member(officer_of(request), group_id, _organisation(request))
    return HttpResponseRedirect(reverse("sharing:group", args=[group_id]))


@require_POST
@hatch(Permission.GROUP_MANAGE, "access:group:remove")
def member_remove(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Take an organisation out."""
    remove_member(officer_of(request), group_id, _organisation(request))
    return HttpResponseRedirect(reverse("sharing:group", args=[group_id]))


@require_POST
@hatch(Permission.GROUP_MANAGE, "access:group:leave")
def leave(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Leave a group."""
    leave_group(officer_of(request), group_id)
    return HttpResponseRedirect(reverse("sharing:groups"))


@require_safe
@door(Permission.DENIAL_SET, "access:denial:list")
def denials(request: HttpRequest) -> HttpResponse:
    """Whom the organisation denies everything it owns."""
    officer = officer_of(request)
    context = {"denials": denials_of(officer), "others": organisations_to_share_with(officer)}
    return TemplateResponse(request, "access/denials.html", context)


@require_POST
@hatch(Permission.DENIAL_SET, "access:denial:set")
def denial_new(request: HttpRequest) -> HttpResponse:
    """Deny an organisation everything."""
    deny(officer_of(request), _organisation(request), request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("sharing:denials"))


@require_POST
@hatch(Permission.DENIAL_SET, "access:denial:lift")
def denial_lift(request: HttpRequest, denial_id: uuid.UUID) -> HttpResponse:
    """Lift a denial."""
    require_fresh(request)
    lift_denial(officer_of(request), denial_id)
    return HttpResponseRedirect(reverse("sharing:denials"))


def _organisation(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("organisation", ""))
    except ValueError:
        raise InputRefused(reason="No organisation was chosen. Nothing was changed. Choose one.") from None
