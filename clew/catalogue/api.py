"""The door of the catalogue for programs: put something of one's own under another rule."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from clew.access.declared import declares
from clew.access.doors import attempt
from clew.access.permissions import Permission
from clew.catalogue.sharing import Rule, change_rule

router = Router()


class StatedRule(Schema):
    """The whole rule as it is to be from now on."""

    confidentiality: Literal["official", "restricted", "confidential"]
    sharing: Literal["members", "listed", "nobody"]
    outside: Literal["contact", "existence", "silent"]
    audience_organisations: list[uuid.UUID] = []
    audience_groups: list[uuid.UUID] = []
    release_only: bool = False
    denied_organisations: list[uuid.UUID] = []


def _change(request: HttpRequest, kind: str, id_: uuid.UUID, stated: StatedRule) -> dict[str, Any]:
    with attempt(request, "catalogue:rule:change", **{f"{kind}_id": id_}) as officer:
        change_rule(officer, kind, id_, Rule(**stated.model_dump()))
    return {"id": id_, **stated.model_dump()}


@router.put("/cases/{uuid:case_id}/rule", summary="Put a case with its submissions under another rule")
@declares(Permission.RULE_CHANGE, "catalogue:rule:change")
def of_case(request: HttpRequest, case_id: uuid.UUID, stated: StatedRule) -> dict[str, Any]:
    """The rule as it is now, at once for everyone who asks."""
    return _change(request, "case", case_id, stated)


@router.put("/submissions/{uuid:submission_id}/rule", summary="Put a submission with its sightings under another rule")
@declares(Permission.RULE_CHANGE, "catalogue:rule:change")
def of_submission(request: HttpRequest, submission_id: uuid.UUID, stated: StatedRule) -> dict[str, Any]:
    """The rule as it is now, at once for everyone who asks."""
    return _change(request, "submission", submission_id, stated)


@router.put("/series/{uuid:series_id}/rule", summary="Put a series under another rule")
@declares(Permission.RULE_CHANGE, "catalogue:rule:change")
def of_series(request: HttpRequest, series_id: uuid.UUID, stated: StatedRule) -> dict[str, Any]:
    """The rule as it is now, at once for everyone who asks."""
    return _change(request, "series", series_id, stated)
