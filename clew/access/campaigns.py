"""The yearly campaign over access rights: each officer of an organisation is confirmed or ended; whom nobody answers for is disabled."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from clew.access.endings import end_access
from clew.access.models import Campaign, CampaignLine, Officer, Organisation, OrganisationState
from clew.access.people_models import CampaignAnswer
from clew.access.permissions import Permission, Role
from clew.access.scope import require
from clew.access.standing import require_standing
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import RECERTIFICATION_ANSWER_DAYS, RECERTIFICATION_DAYS, RECERTIFICATION_WARNING_DAYS
from clew.ledger.actions import record


class NotForOneself(ClewError):
    """Nobody confirms their own access. Nothing was changed. Another administrator of your organisation does, or the coordinator."""

    status = 403


class AnsweredAlready(ClewError):
    """That line is answered, or its campaign is closed. Nothing was changed. Reload the page."""

    status = 409


class CampaignRuns(ClewError):
    """A campaign of {organisation} is open already. Nothing was changed. It closes by itself when its time is over."""

    status = 409


@dataclass(frozen=True, slots=True)
class Sums:
    """How far the campaign of one organisation is."""

    campaign: Campaign
    organisation: Organisation
    counts: dict[str, int]


def open_campaign(organisation: Organisation, *, answer_days: int = RECERTIFICATION_ANSWER_DAYS) -> Campaign:
    """Ask about every officer of an organisation who has access now."""
    with transaction.atomic(using="service"):
        Organisation.objects.using("service").select_for_update().get(id=organisation.id)
        if Campaign.objects.using("service").filter(owner_organisation=organisation, closed_at=None).exists():
            raise CampaignRuns(organisation=organisation.key)
        moment = now()
        campaign = Campaign(
            id=new_id(),
            owner_organisation=organisation,
            opened_at=moment,
            answers_until=moment + dt.timedelta(days=answer_days),
        )
        Campaign.objects.using("service").bulk_create([campaign])
        officers = Officer.objects.using("service").filter(unit__organisation=organisation, is_active=True)
        lines = [
            CampaignLine(
                id=new_id(),
                campaign=campaign,
                owner_organisation=organisation,
                officer=officer,
                roles=officer.roles,
                last_seen_at=officer.last_login,
                certified_until=officer.certified_until,
            )
            for officer in officers.order_by("name")
        ]
        CampaignLine.objects.using("service").bulk_create(lines)
        _record("access:recertification:open", None, campaign, officers=len(lines), days=answer_days)
    return campaign


def campaigns_due() -> QuerySet[Organisation]:
    """Organisations with an officer of a year or more, and no campaign within a year."""
    since = now() - dt.timedelta(days=RECERTIFICATION_DAYS)
    recent = Campaign.objects.filter(Q(closed_at=None) | Q(opened_at__gt=since), owner_organisation=OuterRef("pk"))
    seasoned = Officer.objects.filter(unit__organisation=OuterRef("pk"), is_active=True, created_at__lte=since)
    organisations = Organisation.objects.using("service").exclude(state=OrganisationState.SUSPENDED)
    return organisations.filter(Exists(seasoned), ~Exists(recent)).order_by("key")


def answer(officer: Officer, line_id: uuid.UUID, *, is_confirmed: bool) -> None:
    """Confirm or end one officer's access. By another administrator of their organisation; for an administrator also by the coordinator."""
    with transaction.atomic(using="service"):
        actor = require_standing(officer, Permission.RECERTIFICATION_ANSWER)
        line = _line_for(actor, line_id)
        if line.officer.person_id == actor.person_id:
            raise NotForOneself
        if line.answer != CampaignAnswer.WAITING or line.campaign.closed_at or line.campaign.answers_until <= now():
            raise AnsweredAlready
        _settle(line, CampaignAnswer.CONFIRMED if is_confirmed else CampaignAnswer.ENDED, actor)
        if not is_confirmed:
            end_access(line.officer, actor=actor, reason="ended in the yearly campaign")


def _line_for(actor: Officer, line_id: uuid.UUID) -> CampaignLine:
    lines = CampaignLine.objects.using("service").select_for_update(of=("self",))
    lines = lines.select_related("campaign", "officer__unit__organisation")
    reach = Q(owner_organisation=actor.organisation_id)
    if Permission.ORGANISATION_OVERSEE in actor.permissions:
        reach = Q(officer__roles__contains=[Role.NATIONAL_ADMINISTRATOR.value])
    found = lines.filter(reach, id=line_id).first()
    if found is None:
        raise NotFound
    return found


def close_due_campaigns() -> int:
    """Disable whom nobody answered for where the time is over, and close; warn where it is nearly over. Returns how many were disabled."""
    moment = now()
    disabled = 0
    opened = Campaign.objects.using("service").filter(closed_at=None)
    for campaign_id in opened.filter(answers_until__lte=moment).values_list("id", flat=True):
        disabled += _close(campaign_id)
    soon = moment + dt.timedelta(days=RECERTIFICATION_WARNING_DAYS)
    for campaign in opened.filter(answers_until__gt=moment, answers_until__lte=soon, warned_at=None):
        _warn(campaign)
    return disabled


def _close(campaign_id: uuid.UUID) -> int:
    with transaction.atomic(using="service"):
        opened = Campaign.objects.using("service").select_for_update().filter(id=campaign_id, closed_at=None)
        campaign = opened.first()
        if campaign is None:
            return 0
        waiting = campaign.lines.using("service").select_for_update(of=("self",)).filter(answer=CampaignAnswer.WAITING)
        lapsed = list(waiting.select_related("campaign", "officer__unit__organisation"))
        for line in lapsed:
            _settle(line, CampaignAnswer.LAPSED, None)
            end_access(line.officer, actor=None, reason="not confirmed in the yearly campaign")
        Campaign.objects.using("service").filter(id=campaign.id).update(closed_at=now())
        _record("access:recertification:close", None, campaign, disabled=len(lapsed))
    return len(lapsed)


def _warn(campaign: Campaign) -> None:
    with transaction.atomic(using="service"):
        if Campaign.objects.using("service").filter(id=campaign.id, warned_at=None).update(warned_at=now()):
            waiting = campaign.lines.using("service").filter(answer=CampaignAnswer.WAITING).count()
            _record("access:recertification:warn", None, campaign, waiting=waiting)


def _settle(line: CampaignLine, answered: CampaignAnswer, actor: Officer | None) -> None:
    settled = CampaignLine.objects.using("service").filter(id=line.id)
    settled.update(answer=answered.value, answered_by=actor, answered_at=now())
    facts = {"answer": answered.value, "officer": str(line.officer_id)}
    _record("access:recertification:answer", actor, line.campaign, **facts)


def campaign_of(officer: Officer) -> Campaign | None:
    """The newest campaign of the officer's organisation, if there was one."""
    require(officer, Permission.RECERTIFICATION_READ)
    return Campaign.objects.filter(owner_organisation=officer.organisation_id).order_by("-opened_at").first()


def lines_of(officer: Officer, campaign: Campaign) -> QuerySet[CampaignLine]:
    """Its lines: those that wait first, by name."""
    require(officer, Permission.RECERTIFICATION_READ)
    lines = CampaignLine.objects.select_related("officer__unit", "answered_by").filter(campaign=campaign)
    # "waiting" is the last of the answers by its letters.
    return lines.order_by("-answer", "officer__name")


def sums(coordinator: Officer) -> list[Sums]:
    """The newest campaign of each organisation in numbers, and no names. For the coordinator."""
    require(coordinator, Permission.ORGANISATION_OVERSEE)
    newest = (
        Campaign.objects.using("service")
        .select_related("owner_organisation")
        .order_by("owner_organisation", "-opened_at")
        .distinct("owner_organisation")
    )
    campaigns = list(newest)
    counts: dict[uuid.UUID, dict[str, int]] = {one.id: dict.fromkeys(CampaignAnswer.values, 0) for one in campaigns}
    lines = CampaignLine.objects.using("service").filter(campaign__in=campaigns)
    for campaign_id, answered, number in lines.values_list("campaign_id", "answer").annotate(number=Count("id")):
        counts[campaign_id][answered] = number
    return [Sums(one, one.owner_organisation, counts[one.id]) for one in campaigns]


def administrators_waiting(coordinator: Officer) -> QuerySet[CampaignLine]:
    """Administrators nobody in their organisation may have been able to answer for: the coordinator may."""
    require(coordinator, Permission.ORGANISATION_OVERSEE)
    lines = CampaignLine.objects.using("service").select_related("officer__unit", "owner_organisation", "campaign")
    waiting = lines.filter(answer=CampaignAnswer.WAITING, campaign__closed_at=None)
    return waiting.filter(officer__roles__contains=[Role.NATIONAL_ADMINISTRATOR.value]).order_by("officer__name")


def _record(verb: str, actor: Officer | None, campaign: Campaign, **facts: object) -> None:
    of_whom = {"organisation": str(campaign.owner_organisation_id)}
    record(
        verb, actor=actor, using="service", subject_kind="campaign", subject_id=campaign.id, facts={**of_whom, **facts}
    )
