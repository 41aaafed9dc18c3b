"""The page on which an owner changes with whom something is shared."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from clew.access.doors import door, officer_of
from clew.access.permissions import Permission
from clew.catalogue.forms import RuleForm
from clew.catalogue.sharing import change_rule, rule_of, ruled_for


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.RULE_CHANGE, "catalogue:rule:edit")
def rule(request: HttpRequest, /, **record_ids: uuid.UUID) -> HttpResponse:
    """The rule of a case, a submission or a series; what is stated here counts at once."""
    officer = officer_of(request)
    ((name, id_),) = record_ids.items()
    kind = name.removesuffix("_id")
    row = ruled_for(officer, kind, id_)
    form = RuleForm(request.POST if request.method == "POST" else None, officer=officer, initial=asdict(rule_of(row)))
    if form.is_valid():
        change_rule(officer, kind, id_, form.rule())
        return HttpResponseRedirect(request.path)
    context = {"form": form, "row": row, "kind": kind}
    return TemplateResponse(request, "catalogue/rule.html", context, status=422 if form.is_bound else 200)
