"""Caution: what is doubted is used by nobody but its owner until it is cleared; who set it shows only where the owner did."""

import datetime as dt

import pytest

DOUBT = "The origin of these pictures is in doubt."
CLEARED = "The origin was confirmed by the court."


@pytest.fixture
def shared(world, pictures, jpeg):
    """Norway's series of one picture, shared with all members; a coordinator; an administrator and an auditor of Norway's."""
    from clew.access.actions import enlist_officer
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Case, Media

    world.found("CO", kind="coordinator", roles=("coordinator",))
    for key, role in (("AU", "auditor"), ("DP", "data_protection_officer")):
        world.officers[key] = enlist_officer(
            world.units["NO"], username=key, name=f"Officer {key}", roles=[role], password="a long password"
        )
    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    officer = world.officer("NO")
    with acting_as(officer):
        series = create_series(officer, "Blue sofa", world.grounds(sharing="members"))
        state_membership(officer, series, [Media.objects.get().id], basis="seen")
    case = Case.objects.using("service").get()
    return {"series": series.id, "case": case.id, "picture": jpeg(pictures(1))}


def _answer(world, shared, key):
    """The verdict's kind a check would give, and how many it names."""
    from clew.intake.actions import check
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail

    (answer,) = check(world.officer(key), [fingerprint_of(shared["picture"], jail=process_jail())])
    return answer.kind.value


def _sees(world, shared, key):
    from clew.access.scope import acting_as
    from clew.catalogue.models import Media, Series

    with acting_as(world.officer(key)):
        return Series.objects.filter(id=shared["series"]).count(), Media.objects.count()


def test_while_it_stands_others_see_nothing_and_match_nothing_but_the_owner_does(world, shared):
    from clew.catalogue.caution import clear_caution, set_caution

    assert (_sees(world, shared, "PT"), _answer(world, shared, "PT")) == ((1, 1), "known")
    cautions = [set_caution(world.officer("NO"), kind, shared[kind], DOUBT) for kind in ("case", "series")]
    assert (_sees(world, shared, "PT"), _answer(world, shared, "PT")) == ((0, 0), "new")
    assert (_sees(world, shared, "NO"), _answer(world, shared, "NO")) == ((1, 1), "known")
    for caution in cautions:
        clear_caution(world.officer("NO"), caution.id, CLEARED)
    assert (_sees(world, shared, "PT"), _answer(world, shared, "PT")) == ((1, 1), "known")


def test_what_is_added_to_a_doubted_case_is_doubted_too(world, shared, pictures, jpeg):
    from clew.catalogue.caution import set_caution
    from clew.catalogue.models import Sighting

    set_caution(world.officer("NO"), "case", shared["case"], DOUBT)
    world.submit("NO", {"b.jpg": jpeg(pictures(2))}, sharing="members")
    assert set(Sighting.objects.using("service").values_list("under_examination", flat=True)) == {True}


def test_of_two_cautions_the_second_stays_when_the_first_is_cleared(world, shared):
    from clew.catalogue.caution import clear_caution, set_caution

    set_caution(world.officer("CO"), "series", shared["series"], DOUBT)
    second = set_caution(world.officer("NO"), "series", shared["series"], DOUBT)
    clear_caution(world.officer("NO"), second.id, CLEARED)
    assert _sees(world, shared, "PT")[0] == 0


def test_compliance_sets_one_on_what_it_sees_and_it_alone_clears_it(world, shared):
    from clew.catalogue.caution import clear_caution, set_caution
    from clew.kernel.errors import NotFound

    caution = set_caution(world.officer("CO"), "series", shared["series"], DOUBT)
    assert _sees(world, shared, "PT")[0] == 0
    for key in ("NO", "AU", "PT"):
        with pytest.raises(NotFound):
            clear_caution(world.officer(key), caution.id, CLEARED)
    clear_caution(world.officer("CO"), caution.id, CLEARED)
    assert _sees(world, shared, "PT")[0] == 1
    with pytest.raises(NotFound):
        set_caution(world.officer("CO"), "case", shared["case"], DOUBT)


def test_others_and_other_roles_set_none(world, shared):
    from clew.catalogue.caution import set_caution
    from clew.kernel.errors import InputRefused, NotFound, NotPermitted

    with pytest.raises(NotFound):
        set_caution(world.officer("PT"), "series", shared["series"], DOUBT)
    with pytest.raises(NotPermitted):
        set_caution(world.officer("HL"), "series", shared["series"], DOUBT)
    with pytest.raises(InputRefused):
        set_caution(world.officer("NO"), "series", shared["series"], "doubt")
    assert _sees(world, shared, "PT")[0] == 1


def _told(world, shared):
    """All that Norway's police can read of cautions and of the series' history, without times and ids."""
    from clew.access.scope import acting_as
    from clew.catalogue.models import Caution
    from clew.ledger.models import Entry

    rows = []
    for key in ("NO", "AU"):
        with acting_as(world.officer(key)):
            rows += list(Caution.objects.values_list("source", "reason", "set_by", "clear_reason"))
            rows += list(Entry.objects.filter(verb__contains="caution").values_list("verb", "officer_id", "facts"))
    page = world.client("NO").get(f"/retention/series/{shared['series']}/").content.decode()
    return rows, page.partition("Examinations</h2>")[2].partition("</section>")[0]


def test_the_wish_of_a_data_subject_and_that_of_compliance_look_the_same_to_the_owner(world, shared):
    from clew.access.subject_requests import answer_request, enter_request, freeze_record, take_step
    from clew.catalogue.caution import clear_caution, set_caution
    from clew.ledger.delivery import deliver_waiting

    caution = set_caution(world.officer("CO"), "series", shared["series"], DOUBT)
    by_compliance = _told(world, shared)
    clear_caution(world.officer("CO"), caution.id, CLEARED)
    _forget(caution)

    officer = world.officer("DP")
    request_id = enter_request(
        officer, kind="deletion", received_on=dt.date(2026, 1, 1), person="Z", contact="", words="Delete me."
    )
    freeze_record(officer, request_id, "series", shared["series"])
    deliver_waiting()
    assert _told(world, shared) == by_compliance
    assert _sees(world, shared, "PT")[0] == 0
    take_step(officer, request_id, "acknowledged")
    take_step(officer, request_id, "not admissible")
    answer_request(officer, request_id, "It was examined.")
    deliver_waiting()
    assert _sees(world, shared, "PT")[0] == 1


def _forget(caution):
    from clew.catalogue.models import Caution, CautionAuthor

    CautionAuthor.objects.using("service").filter(caution=caution).delete()
    Caution.objects.using("service").filter(id=caution.id).delete()


def test_a_freeze_of_what_is_not_the_organisations_changes_nothing_and_told_twice_it_is_one(world, shared):
    import uuid

    from clew.catalogue.caution import caution_asked
    from clew.catalogue.models import Caution
    from clew.kernel.events import CautionAsked

    def asked(organisation, record_id):
        return CautionAsked(
            caution_id=uuid.UUID(int=5), organisation_id=organisation.id, record_id=record_id, record_kind="series"
        )

    from django.db import transaction

    norway, portugal = world.organisations["NO"], world.organisations["PT"]
    with transaction.atomic(using="service"):
        caution_asked(uuid.uuid4(), asked(portugal, shared["series"]))
        caution_asked(uuid.uuid4(), asked(norway, uuid.uuid4()))
        assert not Caution.objects.using("service").exists()
        for _ in range(2):
            caution_asked(uuid.uuid4(), asked(norway, shared["series"]))
    assert Caution.objects.using("service").count() == 1


def test_by_pages_the_owner_sees_a_banner_and_clears_it(world, shared):
    client = world.client("NO")
    page = f"/series/{shared['series']}/"
    assert "Under examination:" not in client.get(page).content.decode()
    assert client.post(f"/retention/series/{shared['series']}/caution/", {"reason": DOUBT}).status_code == 302
    assert "Under examination:" in client.get(page).content.decode()
    listed = client.get("/cautions/").content.decode()
    assert DOUBT in listed
    from clew.catalogue.models import Caution

    caution = Caution.objects.using("service").get()
    assert client.post(f"/cautions/{caution.id}/clear/", {"reason": CLEARED}).status_code == 302
    assert client.post(f"/cautions/{caution.id}/clear/", {"reason": CLEARED}).status_code == 409
    assert "Under examination:" not in client.get(page).content.decode()
    foreign = world.client("PT")
    assert foreign.post(f"/retention/series/{shared['series']}/caution/", {"reason": DOUBT}).status_code == 404
    assert (
        world.client("CO")
        .post(page.replace("series/", "retention/series/", 1) + "caution/", {"reason": DOUBT})
        .status_code
        == 302
    )
