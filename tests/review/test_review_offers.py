"""Offers: what another country decided is shown instead of the picture, as far as one may know, and taking it over is no vote."""

import pytest


@pytest.fixture
def abroad(world, copies):
    """Portugal holds the room as it is, shared with all members, and decided it by a look."""
    from clew.access.scope import acting_as
    from clew.catalogue.models import Sighting
    from clew.review.deciding import decide

    world.submit("PT", copies(1), sharing="members")
    officer = world.officer("PT")
    with acting_as(officer):
        media = list(Sighting.objects.values_list("media_id", flat=True))
    return decide(officer, media, code="B")


def _offers(officer, stack):
    from clew.access.scope import acting_as
    from clew.review.offers import offers_for

    with acting_as(officer):
        return offers_for(officer, stack)


def test_what_another_country_decided_is_taken_over_for_the_medoid_and_proposed_for_the_rest(
    world, stacked, desk, copies, abroad
):
    from clew.review.deciding import undo
    from clew.review.offers import adopt

    stacked("NO", copies(1, "half", "mirrored"))
    officer = world.officer("NO")
    stack = desk.stack(officer, "DCIM/1/plain.jpg")
    before = desk.state(officer)
    (offer,) = _offers(officer, stack)
    assert (offer.code, offer.statement.owner_organisation.key, list(offer.lost)) == ("B", "pt", [])
    assert offer.distance <= 20
    decision = adopt(officer, stack.id, offer.statement.id)
    medoid = desk.path(officer, stack.medoid_id)
    assert desk.said(officer) == dict.fromkeys({medoid, "DCIM/1/plain.jpg"}, ("B", "adopted"))
    near = {"DCIM/1/plain.jpg", "DCIM/1/half.jpg", "DCIM/1/mirrored.jpg"} - {medoid, "DCIM/1/plain.jpg"}
    assert desk.proposed(officer, stack) == dict.fromkeys(near, "B")
    undo(officer, decision.id)
    assert desk.state(officer) == before


def test_what_was_taken_over_or_accepted_or_is_not_shared_is_not_offered(world, stacked, desk, copies, abroad):
    from clew.kernel.errors import NotFound
    from clew.review.deciding import undo
    from clew.review.models import Basis, Statement
    from clew.review.offers import adopt

    stacked("NO", copies(1))
    officer = world.officer("NO")
    stack = desk.stack(officer, "DCIM/1/plain.jpg")
    (offer,) = _offers(officer, stack)
    stated = Statement.objects.using("service").filter(id=offer.statement.id)
    for basis in (Basis.ACCEPTED, Basis.ADOPTED):
        stated.update(basis=basis)
        assert _offers(officer, stack) == []
    stated.update(basis=Basis.DECIDED, sharing="nobody")
    assert _offers(officer, stack) == []
    with pytest.raises(NotFound):
        adopt(officer, stack.id, offer.statement.id)
    stated.update(sharing="members")
    assert len(_offers(officer, stack)) == 1
    undo(world.officer("PT"), abroad.id)
    assert _offers(officer, stack) == []


def test_another_scheme_is_offered_in_ones_own_words_with_what_is_lost_and_never_guessed(
    world, stacked, desk, copies, abroad
):
    from clew.review.models import Statement
    from clew.review.offers import adopt

    stacked("NO", copies(1))
    officer = world.officer("NO")
    stack = desk.stack(officer, "DCIM/1/plain.jpg")
    said = Statement.objects.using("service")
    said.update(code="a code of later")
    assert _offers(officer, stack) == []
    # Whether it is A, B or C does not follow from the baseline.
    said.update(scheme="baseline", scheme_version="1", code="yes")
    assert _offers(officer, stack) == []
    said.update(scheme="sar", scheme_version="1", code="3")
    (offer,) = _offers(officer, stack)
    assert (offer.scheme, offer.code) == ("uk", "B")
    assert "adult" in offer.lost[0]
    adopt(officer, stack.id, offer.statement.id)
    assert said.filter(officer=officer.pk, is_standing=True).values_list("scheme", "code", "basis").get() == (
        "uk",
        "B",
        "adopted",
    )


def test_ones_own_is_no_offer(world, stacked, desk, copies):
    from clew.review.stacks import decide_stack

    stacked("NO", copies(1))
    officer = world.officer("NO")
    stack = desk.stack(officer, "DCIM/1/plain.jpg")
    decide_stack(officer, stack.id, "A", whole=True)
    assert _offers(officer, stack) == []
