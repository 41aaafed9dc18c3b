"""Pages of intake: one's submissions, a new one, its verdicts, and what stands behind one verdict."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clew.access.doors import door, officer_of
from clew.access.models import Officer
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.access.reading_guard import What, spend
from clew.catalogue.apart import apart_from
from clew.catalogue.models import Apart, Media, SubmissionState
from clew.catalogue.sharing import may_change
from clew.intake.actions import open_submission
from clew.intake.comparison import (
    Row,
    compare,
    film_rows,
    fit_words,
    grade_words,
    nearness_words,
    orientation_words,
    variant_words,
)
from clew.intake.drawing import Regions, Seconds, regions_of, seconds_of
from clew.intake.forms import SubmissionForm
from clew.intake.grouping import grouped
from clew.intake.models import Verdict, VerdictKind
from clew.intake.queries import (
    Progress,
    Shown,
    embedded_in,
    progress_of,
    shown_matches,
    submission_for,
    submissions_of,
    verdict_for,
    verdicts_of,
    waiting_of,
)

#: The tab of files that have no verdict yet; the others are named for their verdict.
WAITING = "waiting"


@require_safe
@door(Permission.SUBMISSION_READ, "intake:submission:list")
def submissions(request: HttpRequest) -> HttpResponse:
    """The submissions of the officer's organisation with their counts."""
    page = page_of(request, submissions_of(officer_of(request)))
    progress = progress_of(page.object_list)
    lines = [(submission, progress[submission.id]) for submission in page.object_list]
    context = {"page": page, "lines": lines, "may_create": _may_create(request)}
    return TemplateResponse(request, "intake/submissions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.SUBMISSION_CREATE, "intake:submission:new")
def submission_new(request: HttpRequest) -> HttpResponse:
    """State the grounds; once they are stated, files can be sent."""
    officer = officer_of(request)
    form = SubmissionForm(request.POST if request.method == "POST" else None, officer=officer)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "intake/submission_new.html", {"form": form}, status=status)
    opened = open_submission(
        officer,
        case_reference=form.cleaned_data["case_reference"],
        legal_basis=form.cleaned_data["legal_basis"],
        grounds=form.grounds(),
        door="web",
    )
    return HttpResponseRedirect(reverse("intake:submission", args=[opened.id]))


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter of the verdicts and how many files it shows."""

    key: str
    words: str
    count: int


def tabs_of(progress: Progress) -> list[Tab]:
    """All files, one tab for each verdict, and the waiting ones."""
    kinds = [Tab(kind.value, str(kind.label), progress.counts[kind.value]) for kind in VerdictKind]
    return [Tab("", "All", progress.decided), *kinds, Tab(WAITING, "Waiting", progress.waiting)]


@require_safe
@door(Permission.SUBMISSION_READ, "intake:submission:read")
def submission(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """The verdicts of a submission, counts first; while it is open, also the place to send files."""
    officer = officer_of(request)
    spend(officer, What.RECORDS)
    found = submission_for(officer, submission_id)
    progress = progress_of([found])[found.id]
    tabs = tabs_of(progress)
    chosen = next((tab for tab in tabs if tab.key == request.GET.get("show", "")), tabs[0])
    context = {
        "submission": found,
        "progress": progress,
        "tabs": tabs,
        "chosen": chosen,
        "may_change": may_change(officer, found),
        "may_send": _may_create(request) and found.state == SubmissionState.OPEN,
        "may_reveal": Permission.MEDIA_REVEAL in officer.permissions,
    }
    if chosen.key == WAITING:
        context["page"] = page_of(request, waiting_of(officer, found), total=chosen.count)
    else:
        verdicts = page_of(request, verdicts_of(officer, found, kind=chosen.key or None), total=chosen.count)
        context.update(
            page=verdicts, groups=grouped(verdicts.object_list, shown_matches(officer, verdicts.object_list))
        )
    return TemplateResponse(request, "intake/submission.html", context)


def _may_create(request: HttpRequest) -> bool:
    return Permission.SUBMISSION_CREATE in officer_of(request).permissions


@dataclass(frozen=True, slots=True)
class Explanation:
    """One match as the page shows it; `rows` are empty where the held media may not be seen."""

    shown: Shown
    nearness: str
    orientation: str
    #: How what was compared was made, where not from the pictures as they are.
    made: str
    film: Sequence[str]
    rows: Sequence[Row]
    #: How well a part fits, and what of it can be drawn.
    fit: str = ""
    regions: Regions | None = None
    regions_held: Regions | None = None
    seconds: Seconds | None = None
    #: What one's own organisation said against it.
    apart: Sequence[Apart] = ()

    @property
    def differing(self) -> int:
        """How many facts differ."""
        return sum(row.differs for row in self.rows)


def explain(verdict: Verdict, shown: Shown) -> Explanation:
    """Say in words, and draw, why a held media matches, as far as its owner lets the asker know at this moment."""
    match, own, held = shown.match, verdict.sighting.media if verdict.sighting else None, shown.media
    nearness = grade_words(match.fit) if match.distance is None else nearness_words(match.basis, match.distance)
    told = Explanation(
        shown,
        nearness,
        orientation_words(match.orientation),
        variant_words(match.variant, match.time_ms, match.time_held_ms),
        film_rows(match.film),
        compare(own, held) if own and held else [],
        fit_words(match.fit),
    )
    if own is None or held is None:
        return told
    pieces = (match.film or match.fit or {}).get("pieces", ())
    return replace(
        told,
        regions=regions_of(match.fit, own, is_held=False),
        regions_held=regions_of(match.fit, held, is_held=True),
        seconds=seconds_of(pieces, _length_ms(own), _length_ms(held)),
    )


def _apart(officer: Officer, own: Media | None, matches: Sequence[Shown]) -> dict[uuid.UUID, list[Apart]]:
    """What the officer's organisation keeps apart from this file, of what it met."""
    if own is None or Permission.MEDIA_READ not in officer.permissions:
        return {}
    return apart_from(officer, own.id, [shown.media.id for shown in matches if shown.media])


def _length_ms(media: Media) -> float | None:
    seconds = media.metadata.get("duration_seconds")
    return 1000 * seconds if isinstance(seconds, int | float) else None


@require_safe
@door(Permission.SUBMISSION_READ, "intake:verdict:read")
def verdict(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """Why a file has its verdict: each match, the two media side by side, and what differs."""
    officer = officer_of(request)
    spend(officer, What.RECORDS)
    found = verdict_for(officer, file_id)
    own, matches = found.sighting.media if found.sighting else None, shown_matches(officer, [found])[found.file_id]
    apart = _apart(officer, own, matches)
    explanations = [
        replace(explain(found, shown), apart=apart.get(shown.media.id, ()) if shown.media else ()) for shown in matches
    ]
    context = {
        "verdict": found,
        "embedded": list(embedded_in(officer, found.file)),
        "media": own,
        "open_matches": [made for made in explanations if made.shown.is_open],
        "closed_matches": [made for made in explanations if not made.shown.is_open],
        "may_reveal": Permission.MEDIA_REVEAL in officer.permissions,
        "may_break_glass": Permission.GLASS_BREAK in officer.permissions,
        "may_request": Permission.REQUEST_CREATE in officer.permissions,
    }
    return TemplateResponse(request, "intake/verdict.html", context)
