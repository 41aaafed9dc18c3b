"""The second review: drawn by chance, judged by somebody else, blind where asked, and how far they agree."""

import datetime as dt
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

CODES = some.sampled_from("ABC")


def test_kappa_is_that_of_the_textbook():
    """Fifty judged by two: both yes 20, both no 15, yes/no 5, no/yes 10: agreement 0.7, by chance 0.5, kappa 0.4."""
    from clew.review.agreement import agreement_of

    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = agreement_of(pairs)
    assert (found.number, found.agreed) == (50, 35)
    assert (found.observed, found.expected) == pytest.approx((0.7, 0.5))
    assert found.kappa == pytest.approx(0.4)
    assert found.low == pytest.approx(0.4 - 1.959964 * (0.7 * 0.3 / 50) ** 0.5 / 0.5)


def test_where_all_said_one_and_the_same_kappa_cannot_be_told():
    from clew.review.agreement import agreement_of

    assert agreement_of([("A", "A")] * 9).kappa is None
    assert agreement_of([]).kappa is None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some.lists(some.tuples(CODES, CODES), min_size=1, max_size=60))
def test_kappa_does_not_depend_on_who_came_first_and_is_one_only_where_all_agree(pairs):
    from clew.review.agreement import agreement_of

    one, other = agreement_of(pairs), agreement_of([(second, first) for first, second in pairs])
    assert one.kappa == pytest.approx(other.kappa) if one.kappa is not None else other.kappa is None
    if one.kappa is not None:
        assert -1 <= one.low <= one.kappa <= one.high <= 1
        assert (one.kappa == pytest.approx(1)) == all(first == second for first, second in pairs)


@pytest.fixture
def judged(world, pictures, jpeg):
    """Norway's officer has decided six pictures; a colleague, the same person once more, and an administrator are there."""
    from clew.access.actions import enlist_officer
    from clew.access.models import Officer
    from clew.catalogue.models import Media
    from clew.review.deciding import decide

    for key, roles in (("N2", ["specialist"]), ("N1", ["specialist"]), ("NA", ["national_administrator"])):
        enlisted = enlist_officer(
            world.units["NO"], username=key, name=f"Officer {key}", roles=roles, password="a long password"
        )
        changes = {"certified_until": world.officer("NO").certified_until, "clearance": world.officer("NO").clearance}
        if key == "N1":
            changes["person_id"] = world.officer("NO").person_id
        Officer.objects.using("service").filter(id=enlisted.id).update(**changes)
        world.officers[key] = Officer.objects.using("service").select_related("unit__organisation").get(id=enlisted.id)
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(6)}, sharing="members")
    media = list(Media.objects.using("service").order_by("id").values_list("id", flat=True))
    decide(world.officer("NO"), media[:3], code="A")
    decide(world.officer("NO"), media[3:], code="B")
    return media


def _draw(world, number=4, **chosen):
    from clew.kernel.clock import now
    from clew.review.second_review import draw_second_review

    day = dt.timedelta(days=1)
    given = {"scheme": "uk", "made_from": now() - day, "made_to": now() + day, "number": number, **chosen}
    return draw_second_review(world.officer("NA"), **given)


def test_what_is_drawn_can_be_drawn_again_from_its_seed(world, judged):
    from clew.review.models import SecondLook
    from clew.review.second_review import drawn

    review = _draw(world)
    looks = SecondLook.objects.using("service").filter(review=review)
    assert {look.media_id for look in looks} == set(drawn(sorted(judged), review.seed, 4))
    assert review.drawn_from == 6
    assert {look.first_code for look in looks} <= {"A", "B"}


def test_a_colleague_judges_and_the_agreement_is_told(world, judged):
    from clew.access.scope import acting_as
    from clew.review.second_review import judge_again, take_next
    from clew.review.second_review_queries import agreement_in, agreement_of_officers
    from clew.review.statements import standing_statements

    review, colleague = _draw(world, number=6), world.officer("N2")
    said = {}
    while (look := take_next(colleague, review.id)) is not None:
        assert take_next(colleague, review.id).id == look.id
        code = "A" if len(said) < 5 else "C"
        said[look.media_id] = code
        judge_again(colleague, look.id, code)
    assert set(said) == set(judged)
    with acting_as(world.officer("NA")):
        _, whole, pairs = agreement_in(world.officer("NA"), review.id)
        assert whole.number == 6
        assert whole.agreed == sum(code == ("A" if m in judged[:3] else "B") for m, code in said.items())
        assert [(pair.first, pair.second) for pair in pairs] == [("Officer N2", "Officer NO")]
        assert agreement_of_officers(world.officer("NA"))[0].agreement.number == 6
    # What was said again stands beside what was said first.
    with acting_as(colleague):
        assert len(standing_statements(colleague, judged[:1])[judged[0]]) == 2


def test_the_same_person_judges_nothing_again_with_whichever_account(world, judged):
    from clew.review.second_review import take_next

    review = _draw(world)
    assert take_next(world.officer("NO"), review.id) is None
    assert take_next(world.officer("N1"), review.id) is None


def test_two_never_have_the_same_before_them_and_what_is_left_for_long_goes_to_another(world, judged):
    from clew.kernel.clock import frozen_at, now
    from clew.review.second_review import LookSettled, judge_again, take_next

    review = _draw(world, number=1)
    third = _third(world)
    held = take_next(world.officer("N2"), review.id)
    assert take_next(third, review.id) is None
    with pytest.raises(LookSettled):
        judge_again(third, held.id, "A")
    with frozen_at(now() + dt.timedelta(minutes=31)):
        assert take_next(third, review.id).id == held.id
    with pytest.raises(LookSettled):
        judge_again(world.officer("N2"), held.id, "A")
    judge_again(third, held.id, "A")
    with pytest.raises(LookSettled):
        judge_again(third, held.id, "B")


def _third(world):
    from clew.access.actions import enlist_officer
    from clew.access.models import Officer

    enlisted = enlist_officer(
        world.units["NO"], username="N3", name="Officer N3", roles=["specialist"], password="a long password"
    )
    stated = {"certified_until": world.officer("NO").certified_until, "clearance": world.officer("NO").clearance}
    Officer.objects.using("service").filter(id=enlisted.id).update(**stated)
    return Officer.objects.using("service").select_related("unit__organisation").get(id=enlisted.id)


def test_foreign_reviews_do_not_exist_and_closed_ones_take_nothing(world, judged):
    from clew.kernel.errors import NotFound
    from clew.review.second_review import LookSettled, close_second_review, judge_again, take_next

    review = _draw(world)
    look = take_next(world.officer("N2"), review.id)
    for strange in (review.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            take_next(world.officer("PT"), strange)
    with pytest.raises(NotFound):
        judge_again(world.officer("PT"), look.id, "A")
    close_second_review(world.officer("NA"), review.id)
    with pytest.raises(LookSettled):
        judge_again(world.officer("N2"), look.id, "A")


def test_nothing_to_draw_and_wrong_numbers_are_refused(world, judged):
    from clew.kernel.errors import InputRefused
    from clew.review.second_review import NothingToReview

    with pytest.raises(NothingToReview):
        _draw(world, scheme="baseline")
    for number in (0, 501):
        with pytest.raises(InputRefused):
            _draw(world, number=number)


def test_the_pages_show_a_blind_judge_nothing_of_what_was_said_first(world, judged):
    from clew.review.models import SecondLook

    admin, colleague = world.client("NA"), world.client("N2")
    today = dt.datetime.now(dt.UTC).date()
    chosen = {"scheme": "uk", "made_from": str(today), "made_to": str(today), "number": 6}
    assert admin.post("/review/second/draw/", {**chosen, "number": 0}).status_code == 422
    for is_blind in (True, False):
        drawn = admin.post("/review/second/draw/", {**chosen, **({"is_blind": "on"} if is_blind else {})})
        address = drawn.headers["Location"]
        assert "To be judged again" in colleague.get("/review/second/").content.decode()
        text = colleague.get(f"{address}next/").content.decode()
        assert ("Said first" in text) == (not is_blind)
    look = SecondLook.objects.using("service").filter(second_officer=world.officer("N2").pk).first()
    assert colleague.post(f"/review/second/looks/{look.id}/judge/", {"code": "nonsense"}).status_code == 422
    assert colleague.post(f"/review/second/looks/{look.id}/judge/", {"code": "A"}).status_code == 302
    assert "Officer N2" in admin.get("/review/agreement/").content.decode()
    assert "1 of 6" in admin.get(f"/review/second/{look.review_id}/").content.decode()
    assert colleague.get("/review/agreement/").status_code == 403
    assert admin.post(f"/review/second/{look.review_id}/close/").status_code == 302


def test_organisations_are_compared_over_what_both_judged(world, judged):
    from clew.access.scope import acting_as
    from clew.review.deciding import decide
    from clew.review.second_review_queries import agreement_of_organisations

    decide(world.officer("PT"), judged[:2], code="A")
    decide(world.officer("PT"), judged[2:4], code="B")
    with acting_as(world.officer("NA")):
        (pair,) = agreement_of_organisations(world.officer("NA"))
    assert (pair.second, pair.agreement.number, pair.agreement.agreed) == ("Bureau PT", 4, 3)
