"""Pages of the auditor: the ledger's entries, what one officer did, what the guard noticed, and spot checks."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.audit_forms import DrawForm, EntriesForm, last_week
from clew.access.audit_models import Finding
from clew.access.audit_queries import Told, activity_of, entries_wanted, officers_audited, told
from clew.access.canaries import canaries_of, note_seen, notices_seen, remove_canary
from clew.access.doors import door, officer_of
from clew.access.freshness import require_fresh
from clew.access.models import Officer
from clew.access.paging import PAGE_ROWS, page_of
from clew.access.permissions import Permission
from clew.access.reading_guard import BUDGETS, What, budget_of, raise_budget
from clew.access.spot_checks import answer, check_with_entries, checks_seen, draw, sign
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused, NotFound
from clew.kernel.limits import BUDGET_RAISE_FACTOR_MAX

#: Lines of one exported table: what a spreadsheet opens.
EXPORT_ROWS_MAX = 100_000
_MONTH = dt.timedelta(days=30)


@require_safe
@door(Permission.ENTRY_READ, "ledger:entry:list")
def entries(request: HttpRequest) -> HttpResponse:
    """Who did what to which record, and when: by officer, organisation, record, verb, outcome and time."""
    officer = officer_of(request)
    form = EntriesForm(request.GET, label_suffix="")
    form.is_valid()
    wanted = form.wanted()
    found = list(entries_wanted(officer, wanted)[: PAGE_ROWS + 1])
    shown = told(found[:PAGE_ROWS], reader=officer)
    older = ""
    if len(found) > PAGE_ROWS:
        kept = {name: value for name, value in request.GET.items() if value and name != "before"}
        older = urlencode({**kept, "before": found[PAGE_ROWS - 1].sequence})
    people = list(officers_audited(officer))
    organisations = {one.unit.organisation for one in people}
    context = {
        "form": form,
        "entries": shown,
        "older": older,
        "people": people,
        "organisations": sorted(organisations, key=lambda one: one.name),
        "export": urlencode({name: value for name, value in request.GET.items() if value and name != "before"}),
    }
    return TemplateResponse(request, "access/entries.html", context)


@require_safe
@door(Permission.ENTRY_READ, "ledger:entry:export")
def entries_export(request: HttpRequest) -> HttpResponse:
    """The wanted entries as a table for a spreadsheet."""
    officer = officer_of(request)
    form = EntriesForm(request.GET)
    form.is_valid()
    found = entries_wanted(officer, form.wanted())[:EXPORT_ROWS_MAX]
    return HttpResponse(
        _table(told(found, reader=officer)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="entries.csv"', "Cache-Control": "no-store"},
    )


def _table(lines: list[Told]) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["sequence", "at", "organisation", "officer", "verb", "outcome", "subject_kind", "subject_id"])
    for line in lines:
        one = line.entry
        who = [_cell(line.organisation_words), _cell(line.officer_words)]
        rows.writerow([one.sequence, one.at.isoformat(), *who, one.verb, one.outcome, one.subject_kind, one.subject_id])
    return out.getvalue()


def _cell(words: str) -> str:
    """A spreadsheet takes what begins so for a formula (ASVS 1.2.10)."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words


@require_safe
@door(Permission.ENTRY_READ, "ledger:entry:officer")
def activity(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """What one officer did within the last month, and how much they may read."""
    auditor = officer_of(request)
    found = _audited(auditor, officer_id)
    context = {
        "reader": found,
        "activity": activity_of(auditor, found.id, since=now() - _MONTH),
        "budgets": [(what.value, budget_of(found, what), number) for what, number in BUDGETS.items()],
        "may_raise": Permission.BUDGET_RAISE in auditor.permissions and found.person_id != auditor.person_id,
        "factors": range(2, BUDGET_RAISE_FACTOR_MAX + 1),
    }
    return TemplateResponse(request, "access/activity.html", context)


@require_POST
@door(Permission.BUDGET_RAISE, "access:budget:raise")
def budget(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """Give an officer more to read until tomorrow."""
    require_fresh(request)
    try:
        factor = int(request.POST.get("factor", ""))
    except ValueError:
        raise InputRefused(reason="The number is missing. Nothing was changed. Choose one.") from None
    raise_budget(officer_of(request), officer_id, factor=factor, reason=request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("access:activity", args=[officer_id]))


@require_safe
@door(Permission.GUARD_READ, "access:guard:list")
def guard(request: HttpRequest) -> HttpResponse:
    """What the guard noticed, and what is watched."""
    officer = officer_of(request)
    may_plant = Permission.CANARY_PLANT in officer.permissions
    context = {
        "page": page_of(request, notices_seen(officer)),
        "canaries": canaries_of(officer) if may_plant else [],
        "may_plant": may_plant,
        "budgets": [(what.value, number) for what, number in BUDGETS.items()],
        "pictures": What.PICTURES.value,
    }
    return TemplateResponse(request, "access/guard.html", context)


@require_POST
@door(Permission.GUARD_READ, "access:guard:seen")
def guard_seen(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Take note."""
    note_seen(officer_of(request), notice_id)
    return HttpResponseRedirect(reverse("access:guard"))


@require_POST
@door(Permission.CANARY_PLANT, "access:canary:remove")
def canary_remove(request: HttpRequest, canary_id: uuid.UUID) -> HttpResponse:
    """Watch a record no more."""
    require_fresh(request)
    remove_canary(officer_of(request), canary_id)
    return HttpResponseRedirect(reverse("access:guard"))


@require_safe
@door(Permission.SPOT_CHECK_RUN, "access:spot_check:list")
def spot_checks(request: HttpRequest) -> HttpResponse:
    """The checks so far, and drawing another."""
    page = page_of(request, checks_seen(officer_of(request)))
    context = {"page": page, "form": DrawForm(initial=last_week(), label_suffix="")}
    return TemplateResponse(request, "access/spot_checks.html", context)


@require_POST
@door(Permission.SPOT_CHECK_RUN, "access:spot_check:draw")
def spot_check_draw(request: HttpRequest) -> HttpResponse:
    """Draw one."""
    form = DrawForm(request.POST)
    if not form.is_valid():
        raise InputRefused(reason="The days or the number are missing or unclear. Nothing was drawn. Correct them.")
    begin, end = form.times()
    check = draw(officer_of(request), entries_from=begin, entries_to=end, number=form.cleaned_data["number"])
    return HttpResponseRedirect(reverse("access:spot_check", args=[check.id]))


@require_safe
@door(Permission.SPOT_CHECK_RUN, "access:spot_check:read")
def spot_check(request: HttpRequest, spot_check_id: uuid.UUID) -> HttpResponse:
    """One check: its entries, each with its answer."""
    officer = officer_of(request)
    check, pairs = check_with_entries(officer, spot_check_id)
    lines = told([entry for entry, _answer in pairs], reader=officer)
    context = {
        "check": check,
        "lines": list(zip(lines, [found for _entry, found in pairs], strict=True)),
        "findings": Finding.choices,
        "left": sum(found is None for _entry, found in pairs),
    }
    return TemplateResponse(request, "access/spot_check.html", context)


@require_POST
@door(Permission.SPOT_CHECK_RUN, "access:spot_check:answer")
def spot_check_answer(request: HttpRequest, spot_check_id: uuid.UUID) -> HttpResponse:
    """Answer one entry."""
    try:
        sequence, finding = int(request.POST.get("sequence", "")), Finding(request.POST.get("finding", ""))
    except ValueError:
        raise InputRefused(reason="What was found is missing. Nothing was kept. Choose it.") from None
    words = request.POST.get("words", "")
    answer(officer_of(request), spot_check_id, sequence, finding=finding, words=words)
    return HttpResponseRedirect(reverse("access:spot_check", args=[spot_check_id]) + f"#entry-{sequence}")


@require_POST
@door(Permission.SPOT_CHECK_RUN, "access:spot_check:sign")
def spot_check_sign(request: HttpRequest, spot_check_id: uuid.UUID) -> HttpResponse:
    """Sign a check that is answered whole."""
    sign(officer_of(request), spot_check_id)
    return HttpResponseRedirect(reverse("access:spot_checks"))


def _audited(auditor: Officer, officer_id: uuid.UUID) -> Officer:
    found = officers_audited(auditor).filter(id=officer_id).first()
    if found is None:
        raise NotFound
    return found
