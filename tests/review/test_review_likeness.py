"""Similar to this: near copies, parts and hashes over all countries, told only as far as their owners let the asker know."""

import hashlib

import pytest


def told(world, who, likeness):
    """What an officer is told: path or holder, basis."""
    from clew.access.scope import acting_as
    from clew.catalogue.models import Sighting
    from clew.review.likeness import alike, likeness_for

    officer = world.officer(who)
    with acting_as(officer):
        found = alike(officer, likeness_for(officer, likeness.id))
        paths = dict(Sighting.objects.values_list("media_id", "path"))
    return [(paths.get(one.media.id) if one.media else one.holder, one.basis, one.distance) for one in found]


def media_of(path):
    from clew.catalogue.models import Sighting

    return Sighting.objects.using("service").get(path=path).media_id


@pytest.fixture
def copies(world, pictures, jpeg):
    """Norway's picture; its near copies with Portugal: one shared, one to be asked for, one silent; and a stranger of Norway's."""
    world.submit("NO", {"own.jpg": jpeg(pictures(1)), "stranger.jpg": jpeg(pictures(2))}, sharing="members")
    for quality, rule in (
        (70, {"sharing": "members"}),
        (50, {"sharing": "nobody", "outside": "contact"}),
        (30, {"sharing": "nobody", "outside": "silent"}),
    ):
        name = f"{rule['sharing']}-{rule.get('outside', 'shared')}.jpg"
        world.submit("PT", {name: jpeg(pictures(1), quality=quality)}, reference=name, **rule)


def test_a_media_is_met_by_its_near_copies_as_far_as_their_owners_let_be_known(world, copies):
    from clew.review.likeness import ask_for_media

    asked = ask_for_media(world.officer("NO"), media_of("own.jpg"))
    found = told(world, "NO", asked)
    (shared, contact) = found
    assert shared[0] == "members-shared.jpg"
    assert "PDQ" in shared[1]
    assert shared[2] <= 31
    assert contact[0] == world.units["PT"]
    assert contact[2] is None
    # Portugal asks with the same picture and is told of everything it holds itself, and of what Norway shares.
    asked = ask_for_media(world.officer("PT"), media_of("own.jpg"))
    assert {path for path, *_ in told(world, "PT", asked)} == {
        "members-shared.jpg",
        "nobody-contact.jpg",
        "nobody-silent.jpg",
    }


def test_what_an_owner_closes_is_gone_from_an_answer_that_was_given(world, copies):
    from clew.catalogue.models import Sighting
    from clew.review.likeness import ask_for_media

    asked = ask_for_media(world.officer("NO"), media_of("own.jpg"))
    assert len(told(world, "NO", asked)) == 2
    Sighting.objects.using("service").filter(path__startswith="members-").update(sharing="nobody", outside="silent")
    assert [one[0] for one in told(world, "NO", asked)] == [world.units["PT"]]


def test_what_one_may_not_see_cannot_be_asked_with_and_looks_as_if_it_were_absent(world, copies):
    import uuid

    from clew.kernel.errors import NotFound
    from clew.review.likeness import ask_for_media

    for media_id in (media_of("nobody-silent.jpg"), uuid.uuid4()):
        with pytest.raises(NotFound):
            ask_for_media(world.officer("NO"), media_id)


def test_hashes_are_asked_with_and_not_kept(world, copies, pictures, jpeg, database):
    from clew.review.likeness import ask_for_signatures
    from clew.review.models import Likeness, LikenessHit

    content = jpeg(pictures(1), quality=70)
    digest = hashlib.sha256(content).hexdigest()
    asked = ask_for_signatures(world.officer("NO"), [f"sha256:{digest}", f"hash:{'0' * 32}"])
    assert [(path, distance) for path, _basis, distance in told(world, "NO", asked)] == [("members-shared.jpg", 0)]
    hidden = hashlib.sha256(jpeg(pictures(1), quality=30)).hexdigest()
    absent = hashlib.sha256(b"absent").hexdigest()
    for one in (hidden, absent):
        assert told(world, "NO", ask_for_signatures(world.officer("NO"), [f"sha256:{one}"])) == []
    with database["owner"].cursor() as cursor:
        for table in ("review_likeness", "review_likenesshit", "ledger_entry"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s", [f"%{digest[:24]}%"])
            assert cursor.fetchone() == (0,)
    assert Likeness.objects.using("service").count() == 3
    assert LikenessHit.objects.using("service").count() == 2


def test_a_picture_that_is_sent_is_asked_with_turned_as_well(world, copies, pictures, jpeg):
    import numpy as np

    from clew.review.likeness import ask_for_picture

    turned = jpeg(np.ascontiguousarray(np.rot90(pictures(1))))
    asked = ask_for_picture(world.officer("NO"), turned)
    assert {path for path, *_ in told(world, "NO", asked)} == {"own.jpg", "members-shared.jpg", world.units["PT"]}


def test_what_is_kept_apart_does_not_come_back_until_that_is_taken_back(world, copies):
    from clew.catalogue.apart import end_apart, state_apart
    from clew.review.likeness import ask_for_media

    officer = world.officer("NO")
    asked = ask_for_media(officer, media_of("own.jpg"))
    before = {one[0] for one in told(world, "NO", asked)}
    apart = state_apart(officer, media_of("own.jpg"), media_of("members-shared.jpg"), "another wall")
    again = ask_for_media(officer, media_of("own.jpg"))
    assert (
        [one[0] for one in told(world, "NO", asked)]
        == [world.units["PT"]]
        == [one[0] for one in told(world, "NO", again)]
    )
    end_apart(officer, apart.id, "the same after all")
    assert {one[0] for one in told(world, "NO", asked)} == before


def test_a_question_is_its_officers_alone_and_leads_a_search(world, copies, found):
    from clew.access.scope import acting_as
    from clew.kernel.errors import NotFound
    from clew.review.likeness import ask_for_media, likeness_for

    asked = ask_for_media(world.officer("NO"), media_of("own.jpg"))
    with acting_as(world.officer("PT")), pytest.raises(NotFound):
        likeness_for(world.officer("PT"), asked.id)
    assert found("NO", like=str(asked.id)) == ["members-shared.jpg"]
    assert found("NO", like=str(asked.id), kind="video") == []
    assert found("PT", like=str(asked.id)) == []


def test_purpose_and_legal_basis_are_stated_or_nothing_is_asked(world, copies):
    from clew.access.purposes import GroundsMissing
    from clew.ledger.models import Entry
    from clew.review.likeness import ask_for_media
    from clew.review.models import Likeness

    officer = world.officer("NO")
    ask_for_media(officer, media_of("own.jpg"), purpose="triage", legal_basis="Act 9")
    entry = Entry.objects.using("service").get(verb="review:likeness:ask")
    assert (entry.purpose, entry.legal_basis, entry.subject_kind) == ("triage", "Act 9", "media")
    officer.unit.purpose_default = ""
    with pytest.raises(GroundsMissing):
        ask_for_media(officer, media_of("own.jpg"))
    assert Likeness.objects.using("service").count() == 1


def test_a_purge_takes_questions_and_what_they_met(world, copies):
    from clew.catalogue.models import Media
    from clew.review.likeness import ask_for_media
    from clew.review.models import Likeness, LikenessHit
    from clew.review.search_purging import remove_searches

    asked = ask_for_media(world.officer("NO"), media_of("own.jpg"))
    other = ask_for_media(world.officer("NO"), media_of("stranger.jpg"))
    gone = [media_of("own.jpg"), media_of("members-shared.jpg")]
    remove_searches(None, gone)
    assert list(Likeness.objects.using("service")) == [other]
    assert not LikenessHit.objects.using("service").filter(likeness=asked.id).exists()
    assert Media.objects.using("service").count() == 5


def test_the_grid_keeps_what_is_like_something_in_its_order(world, copies):
    from clew.access.scope import acting_as
    from clew.review.likeness import ask_for_media
    from clew.review.results import ids_at, keep_result
    from clew.review.search import Search, media_found

    officer = world.officer("NO")
    search = Search(like=str(ask_for_media(officer, media_of("own.jpg")).id))
    with acting_as(officer):
        nearest = list(media_found(officer, search).values_list("id", flat=True))
        kept = keep_result(officer, search)
        assert nearest
        assert kept.is_whole
        assert ids_at(kept, 0, 10) == nearest
