"""Offers: what other countries decided of a content of the stack, shown instead of the picture, as far as the officer may know."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.kernel.errors import NotFound
from clew.review.deciding import decide
from clew.review.inference import WITH_CODE
from clew.review.leases import stack_in_hand
from clew.review.models import Basis, Decision, Stack, Statement
from clew.review.schemes import desk_scheme
from clew.review.stacks import members_of
from clew.review.statements import standing_statements
from clew.review.status import Spoken, conversion


@dataclass(frozen=True, slots=True)
class Offer:
    """A statement of another country, and what it comes to in one's own scheme."""

    statement: Statement
    scheme: str
    version: str
    code: str
    #: What the other scheme says that one's own cannot.
    lost: Sequence[str] = ()
    #: How far the content it is said of lies from the stack's medoid; 0 where it is that one.
    distance: int = 0


def offers_for(officer: Officer, stack: Stack) -> list[Offer]:
    """What others decided of a stack's contents, in words of the officer's own scheme, the nearest to the medoid first and of those the newest.

    Only what they decided by a look: what was itself accepted or taken over is nobody's word twice. Runs inside the officer's scope.
    """
    require(officer, Permission.STACK_READ)
    distances = {member.media_id: member.distance for member in members_of(officer, stack)}
    said = standing_statements(officer, distances)
    found = [
        replace(offer, distance=distances[media_id])
        for media_id, statements in said.items()
        for one in statements
        if _is_offered(officer, one) and (offer := in_own_words(officer, one)) is not None
    ]
    # Of those that lie alike the newest first: the sort keeps the order in which they came.
    return sorted(found, key=lambda offer: offer.distance)


def _is_offered(officer: Officer, one: Statement) -> bool:
    is_of_others = one.owner_organisation_id != officer.organisation_id
    return is_of_others and one.basis == Basis.DECIDED and not one.slot and one.start_ms is None


def in_own_words(officer: Officer, statement: Statement) -> Offer | None:
    """What a statement comes to in the officer's own scheme, and what is lost on the way; none where nothing certain follows from it."""
    own = desk_scheme(officer)
    said = Spoken(statement.scheme, statement.scheme_version, statement.code, is_own=False)
    if (said.scheme, said.version) == (own.key, own.version):
        known = statement.code in {code.code for code in own.codes}
        return Offer(statement, own.key, own.version, statement.code) if known else None
    told = conversion(own, said, ())
    if told is None or told.answer not in WITH_CODE:
        return None
    return Offer(statement, own.key, own.version, told.code, (told.loss,) if told.loss else ())


def adopt(officer: Officer, stack_id: uuid.UUID, statement_id: uuid.UUID) -> Decision:
    """Take over what another country decided of a content of the stack, for that one and for the medoid: statements of one's own that are no votes.

    The other near copies are proposed the same. Raises `NotFound` where it is offered no more, and `StackLeased`.
    """
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        offer = next((one for one in offers_for(officer, stack) if one.statement.id == statement_id), None)
        if offer is None:
            raise NotFound
        return decide(
            officer,
            [stack.medoid_id, offer.statement.media_id],
            code=offer.code,
            scheme=offer.scheme,
            version=offer.version,
            basis=Basis.ADOPTED,
            stack_id=stack.id,
        )
