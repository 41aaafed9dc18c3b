"""Looking: the only way by which the picture of a media leaves. The look is on record, durably, before the first byte; its step is made on the server."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import connections, transaction
from django.db.models import Max, Q

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.reading_guard import What, spend
from clew.access.scope import acting_as, require
from clew.catalogue.look_minimum import rules_of
from clew.catalogue.looking_rules import GRID_RENDITION, RENDITIONS, LookRules, allow, step_asked
from clew.catalogue.models import Look, Media, SeriesState
from clew.catalogue.queries import media_for, series_of
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import LOOK_REASON_CHARACTERS_MAX, LOOK_STEP_SECONDS_MAX, OUTLINES_AT_ONCE_MAX
from clew.ledger.actions import record
from clew.media.steps import Step
from clew.media.steps_jail import StepsJail
from clew.media.watermark import marked, step_jpeg
from clew.vault.opened import vault
from clew.vault.together import open_together


@dataclass(frozen=True, slots=True)
class LookAsked:
    """A look as guards and noters of other rooms are told of it: whose, at what, how clear."""

    officer: Officer
    media_ids: tuple[uuid.UUID, ...]
    rendition: str
    step: Step
    rules: LookRules
    #: Whether what is looked at counts as known (`on_known`); not found out for outlines.
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that may leave: JPEG bytes, its step, how clear it may become, and whether its colour needs a stated reason."""

    content: bytes
    step: Step
    clearest: Step
    colour_needs_reason: bool


#: Raises a `ClewError` to refuse a look. Runs in the officer's scope, before anything is on record.
LookGuard = Callable[[LookAsked], None]
#: Is told of a look once it is on record, before the picture leaves.
LookNoter = Callable[[LookAsked], None]
#: Whether a media is known already, for this officer; runs in their scope.
KnownTest = Callable[[Officer, uuid.UUID], bool]
_guards: list[LookGuard] = []
_noters: list[LookNoter] = []
_known: list[KnownTest] = []


def on_look(guard: LookGuard | None = None, *, noter: LookNoter | None = None, known: KnownTest | None = None) -> None:
    """Have a room above refuse looks, be told of them, or say what is known already. Each is registered once."""
    for registered, one in ((_guards, guard), (_noters, noter), (_known, known)):
        if one is not None and one not in registered:
            registered.append(one)  # type: ignore[arg-type]  # the pairs above belong together


@cache
def steps_jail() -> StepsJail:
    """The jail of this process in which steps are made."""
    return StepsJail()


def look(officer: Officer, media_id: uuid.UUID, rendition: str, *, step: str = "", reason: str = "") -> Shown:
    """One picture of a media the officer may see, as clear as asked: the first step where none is named. Raises what `looking_rules` names,
    `NotFound`, `ReadingTooFast`, and what the guards of other rooms say.
    """
    require(officer, Permission.MEDIA_REVEAL)
    rules, before = rules_of(officer), _clearest_before(officer, media_id)
    if rendition not in RENDITIONS:
        raise NotFound
    wanted, reason = step_asked(step, rules, rendition), reason.strip()[:LOOK_REASON_CHARACTERS_MAX]
    _count(officer, wanted, before)
    with acting_as(officer):
        media = media_for(officer, media_id)
        address = getattr(media, RENDITIONS[rendition])
        if not address:
            raise NotFound
        is_known = _is_known(officer, media)
        allow(wanted, rules, rendition, before=before, reason=reason, is_known=is_known)
        asked = LookAsked(officer, (media.id,), rendition, wanted, rules, is_known)
        for guard in _guards:
            guard(asked)
        facts = {"rendition": rendition, "step": wanted.word, **({"reasoned": True} if reason else {})}
        record(
            "catalogue:media:reveal",
            actor=officer,
            using="default",
            subject_kind="media",
            subject_id=media.id,
            facts=facts,
        )
    _keep(asked, reason)
    return Shown(
        _made(officer, vault().open(address), wanted), wanted, rules.clearest(rendition), rules.colour_needs_reason
    )


def outlines(officer: Officer, media_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """The outlines (JPEG) of those media that the officer may see and that have a picture; the others are left out, absent and foreign alike.

    One entry of the ledger for all of them.
    """
    require(officer, Permission.MEDIA_REVEAL)
    ids = list(dict.fromkeys(media_ids))
    if not 0 < len(ids) <= OUTLINES_AT_ONCE_MAX:
        raise InputRefused(
            reason=f"Outlines are shown 1 to {OUTLINES_AT_ONCE_MAX} at once. Nothing was shown. Ask for fewer."
        )
    spend(officer, What.OUTLINES, len(ids))
    rules = rules_of(officer)
    with acting_as(officer):
        require(officer, Permission.MEDIA_READ)
        seen = Media.objects.filter(id__in=ids).exclude(thumbnail_address="")
        places = {
            id_: (thumbnail, original)
            for id_, thumbnail, original in seen.values_list("id", "thumbnail_address", "original_address")
        }
        asked = LookAsked(officer, tuple(id_ for id_ in ids if id_ in places), GRID_RENDITION, Step.OUTLINE, rules)
        for guard in _guards:
            guard(asked)
        record(
            "catalogue:media:outline",
            actor=officer,
            using="default",
            facts={"number": len(asked.media_ids), "media": [str(id_) for id_ in asked.media_ids]},
        )
    _keep(asked)
    opened = open_together(vault(), list(places.values()))
    shown = [id_ for id_ in asked.media_ids if places[id_][0] in opened]
    if not shown:
        return {}
    made = steps_jail().made([(Step.OUTLINE, opened[places[id_][0]]) for id_ in shown])
    return {id_: step_jpeg(pixels) for id_, pixels in zip(shown, made, strict=True)}


def _made(officer: Officer, content: bytes, step: Step) -> bytes:
    """The step of a rendition; where a picture is to be recognised, with who looks and when in it."""
    (pixels,) = steps_jail().made([(step, content)])
    if step >= Step.GREY:
        pixels = marked(pixels, f"{officer.name} {str(officer.pk)[-8:]} {now():%Y-%m-%d %H:%M} UTC")
    return step_jpeg(pixels)


def _clearest_before(officer: Officer, media_id: uuid.UUID) -> Step | None:
    """The clearest step of this media on record for the officer within the last minutes."""
    recent = now() - dt.timedelta(seconds=LOOK_STEP_SECONDS_MAX)
    own = Look.objects.using("service").filter(officer_id=officer.pk, media_id=media_id, last_at__gte=recent)
    step = own.aggregate(step=Max("step"))["step"]
    return Step(step) if step else None


def _count(officer: Officer, step: Step, before: Step | None) -> None:
    """Count the look against the hour's budget: outlines apart, and a picture that becomes one step clearer not anew."""
    if step is Step.OUTLINE:
        spend(officer, What.OUTLINES)
    elif before is None or before is Step.OUTLINE or before != step - 1:
        spend(officer, What.PICTURES)


def _is_known(officer: Officer, media: Media) -> bool:
    solved = Q(victim_identified=True) | ~Q(state=SeriesState.OPEN)
    if Permission.SERIES_READ in officer.permissions and series_of(officer, media).filter(solved).exists():
        return True
    return any(test(officer, media.id) for test in _known)


# In one order, so that two calls at once wait for each other and not in a ring.
_KEEP = """
INSERT INTO catalogue_look (id, officer_id, media_id, step, rendition, first_at, last_at, number, reason)
SELECT looked.id, %(officer)s, m.id, %(step)s, %(rendition)s, %(now)s, %(now)s, 1, %(reason)s
FROM unnest(%(ids)s::uuid[], %(media)s::uuid[]) AS looked(id, media_id) JOIN catalogue_media m ON m.id = looked.media_id
ORDER BY m.id
ON CONFLICT (officer_id, media_id, step) DO UPDATE SET last_at = excluded.last_at, number = catalogue_look.number + 1,
  rendition = excluded.rendition, reason = excluded.reason
"""


def _keep(asked: LookAsked, reason: str = "") -> None:
    """Keep that the look was taken, and tell the rooms above; after it is on record, since clearer steps rest on it."""
    values = {
        "officer": asked.officer.pk,
        "step": asked.step.value,
        "rendition": asked.rendition,
        "now": now(),
        "reason": reason,
        "ids": [new_id() for _ in asked.media_ids],
        "media": list(asked.media_ids),
    }
    with transaction.atomic(using="service"):
        with connections["service"].cursor() as cursor:
            cursor.execute(_KEEP, values)
        for noter in _noters:
            noter(asked)
