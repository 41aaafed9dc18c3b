"""Deciding, undoing, doing again: what stands is always the newest that was not taken back, and nobody's word replaces another's."""

import random

import pytest


@pytest.fixture
def seized(world, pictures, jpeg):
    """Three pictures of Norway's, shared with all members; their media ids."""
    from clew.catalogue.models import Media

    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(3)}, sharing="members")
    return list(Media.objects.using("service").order_by("id").values_list("id", flat=True))


def _standing(officer, media_id):
    from clew.access.scope import acting_as
    from clew.review.statements import standing_statements

    with acting_as(officer):
        found = standing_statements(officer, [media_id]).get(media_id, [])
        return {(s.owner_organisation.key, s.scheme, s.code, s.basis) for s in found}


def test_a_decision_stands_and_a_newer_one_takes_its_place_and_undoing_restores_it(world, seized):
    from clew.review.deciding import decide, redo, undo

    officer = world.officer("NO")
    first = decide(officer, seized[:2], code="A")
    assert _standing(officer, seized[0]) == {("no", "uk", "A", "decided")}
    second = decide(officer, seized[:1], code="C")
    assert _standing(officer, seized[0]) == {("no", "uk", "C", "decided")}
    assert _standing(officer, seized[1]) == {("no", "uk", "A", "decided")}
    undo(officer, second.id)
    assert _standing(officer, seized[0]) == {("no", "uk", "A", "decided")}
    undo(officer, first.id)
    assert _standing(officer, seized[0]) == set()
    redo(officer, second.id)
    assert _standing(officer, seized[0]) == {("no", "uk", "C", "decided")}


def test_what_two_countries_say_stands_side_by_side(world, seized):
    from clew.review.deciding import decide

    decide(world.officer("NO"), seized, code="A")
    decide(world.officer("PT"), seized[:1], code="B")
    both = {("no", "uk", "A", "decided"), ("pt", "uk", "B", "decided")}
    assert _standing(world.officer("NO"), seized[0]) == both == _standing(world.officer("PT"), seized[0])


def test_several_schemes_stand_side_by_side(world, seized):
    from clew.review.deciding import decide

    officer = world.officer("NO")
    decide(officer, seized, code="A")
    decide(officer, seized[:1], scheme="baseline", code="yes")
    assert {(scheme, code) for _, scheme, code, _ in _standing(officer, seized[0])} == {
        ("uk", "A"),
        ("baseline", "yes"),
    }


def test_whatever_is_decided_undone_and_redone_the_newest_alive_stands(world, seized):
    from clew.review.deciding import decide, redo, undo

    officer, chance, made = world.officer("NO"), random.Random(6), []
    for _ in range(40):
        step = chance.choice([decide, decide, undo, redo]) if made else decide
        if step is decide:
            chosen = chance.sample(seized, chance.randint(1, 3))
            code = chance.choice("ABC")
            made.append([step(officer, chosen, code=code).id, code, set(chosen), True])
        else:
            one = chance.choice(made)
            step(officer, one[0])
            one[3] = step is redo
        for media_id in seized:
            alive = [code for _, code, about, is_alive in made if is_alive and media_id in about]
            expected = {("no", "uk", alive[-1], "decided")} if alive else set()
            assert _standing(officer, media_id) == expected


def test_what_is_not_shared_says_nothing_to_others_even_where_they_hold_the_same(world, pictures, jpeg):
    from clew.catalogue.models import Media
    from clew.review.deciding import decide

    picture = jpeg(pictures(1))
    world.submit("NO", {"a.jpg": picture}, sharing="nobody")
    world.submit("PT", {"b.jpg": picture}, sharing="members")
    media = Media.objects.using("service").get()
    decide(world.officer("NO"), [media.id], code="A")
    decide(world.officer("PT"), [media.id], code="B")
    assert {key for key, *_ in _standing(world.officer("NO"), media.id)} == {"no", "pt"}
    assert {key for key, *_ in _standing(world.officer("PT"), media.id)} == {"pt"}


def test_foreign_and_absent_are_refused_alike_and_nothing_of_the_act_is_kept(world, seized, pictures, jpeg):
    import uuid

    from clew.catalogue.models import Media
    from clew.kernel.errors import NotFound
    from clew.review.deciding import decide
    from clew.review.models import Decision

    world.submit("PT", {"own.jpg": jpeg(pictures(9))}, sharing="nobody")
    foreign = Media.objects.using("service").exclude(id__in=seized).get().id
    told = set()
    for strange in (foreign, uuid.uuid4()):
        with pytest.raises(NotFound) as refused:
            decide(world.officer("NO"), [*seized, strange], code="A")
        told.add(str(refused.value))
    assert len(told) == 1
    assert not Decision.objects.using("service").exists()


def test_another_officers_decision_is_not_undone_by_a_colleague(world, seized):
    from clew.kernel.errors import NotFound
    from clew.review.deciding import decide, undo

    decision = decide(world.officer("NO"), seized, code="A")
    with pytest.raises(NotFound):
        undo(world.officer("PT"), decision.id)
    assert _standing(world.officer("NO"), seized[0])


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"code": "Z"}, "CodeUnknown"),
        ({"code": "A", "scheme": "none-such"}, "SchemeUnknown"),
        ({"code": "A", "version": "1900", "scheme": "uk"}, "SchemeUnknown"),
        ({"code": "A", "note": "x" * 501}, "InputRefused"),
    ],
)
def test_what_cannot_be_meant_is_refused(world, seized, given, refusal):
    from clew.kernel.errors import ClewError
    from clew.review.deciding import decide

    with pytest.raises(ClewError) as refused:
        decide(world.officer("NO"), seized, **given)
    assert refused.value.code == refusal


def test_nothing_chosen_and_too_much_are_refused(world, seized, monkeypatch):
    from clew.review import deciding

    with pytest.raises(deciding.NothingChosen):
        deciding.decide(world.officer("NO"), [], code="A")
    monkeypatch.setattr(deciding, "DECISION_MEDIA_MAX", 2)
    with pytest.raises(deciding.TooManyAtOnce):
        deciding.decide(world.officer("NO"), seized, code="A")


def test_each_act_is_on_record_with_its_code_and_how_many(world, seized):
    from clew.ledger.models import Entry
    from clew.review.deciding import decide, redo, undo

    decision = decide(world.officer("NO"), seized, code="A")
    undo(world.officer("NO"), decision.id)
    redo(world.officer("NO"), decision.id)
    entries = Entry.objects.using("service").filter(subject_id=decision.id).order_by("sequence")
    assert list(entries.values_list("verb", flat=True)) == [
        "review:media:decide",
        "review:decision:undo",
        "review:decision:redo",
    ]
    assert entries[0].facts["media"] == 3
    assert entries[0].facts["code"] == "A"
