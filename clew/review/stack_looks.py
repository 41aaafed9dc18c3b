"""What a content resembles, asked once more after it was catalogued: with its looks in all orientations, of everything that is held."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clew.catalogue.models import COMPARED, Signature, SignatureKind, TurnedLooks
from clew.intake.questions import FRAMES, Look, questions
from clew.intake.recognition import recogniser
from clew.kernel.limits import STACK_DISTANCE_MAX
from clew.signatures.turned import unpack_turned

#: Contents asked about at once: up to 24 looks each.
CONTENTS_AT_ONCE = 500
#: Of contents that were catalogued before looks were kept turned.
_AS_KEPT = {
    SignatureKind.PICTURE.value: "",
    SignatureKind.ENLARGED.value: "enlarged",
    SignatureKind.TRIMMED.value: "trimmed",
}


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Two contents that lie near, and how."""

    media_id: uuid.UUID
    other_id: uuid.UUID
    distance: int
    orientation: str
    variant: str


def resemblances(media_ids: Iterable[uuid.UUID]) -> Iterator[Resemblance]:
    """Every picture that lies near one of these, over all countries: for the trusted service alone, which keeps what is its organisation's.

    A picture is not near a film that shows it for a moment: what else the film shows nobody has seen. What is set aside by hand or as
    degenerate brings nothing together.
    """
    asked = sorted(set(media_ids))
    recognised = recogniser()
    recognised.refresh()
    for start in range(0, len(asked), CONTENTS_AT_ONCE):
        some = asked[start : start + CONTENTS_AT_ONCE]
        looks = _looks_of(some)
        if not looks:
            continue
        for place, found in recognised.recognise(questions({}, looks), distance_max=STACK_DISTANCE_MAX).items():
            for near in found.candidates:
                if near.variant in FRAMES or near.film is not None or near.media_id == some[place]:
                    continue
                yield Resemblance(some[place], near.media_id, near.distance or 0, near.orientation, near.variant)


def _looks_of(media_ids: Sequence[uuid.UUID]) -> list[Look]:
    """The looks with which these ask: turned where they are kept so, else the way up they came."""
    places = {media_id: place for place, media_id in enumerate(media_ids)}
    turned = dict(TurnedLooks.objects.using("service").filter(media__in=media_ids).values_list("media_id", "content"))
    looks = [
        Look(places[media_id], look.bits, look.orientation.value, look.variant)
        for media_id, content in turned.items()
        for look in unpack_turned(bytes(content))
    ]
    kept = Signature.objects.using("service").filter(
        COMPARED, media__in=places.keys() - turned.keys(), kind__in=_AS_KEPT
    )
    looks += [
        Look(places[media_id], bytes(bits), variant=_AS_KEPT[kind])
        for media_id, kind, bits in kept.values_list("media_id", "kind", "bits")
    ]
    # The picture as it is first: where it lies as near in several ways, that is the one that is told.
    return sorted(looks, key=lambda look: (look.place, look.variant, look.orientation != "original"))
