"""Looking: one step after the other, within the organisation's minimum and one's own choice, each on record before a byte leaves."""

import datetime as dt
import io
import json
import uuid

import numpy as np
import pytest
from PIL import Image

STEPS = ("outline", "reduced", "grey", "colour")


@pytest.fixture
def held(world, pictures, jpeg):
    """A picture of Norway's that all members see; and one shared with nobody."""
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    shared = Media.objects.using("service").get()
    world.submit("NO", {"b.jpg": jpeg(pictures(2))}, reference="C-2")
    return shared, Media.objects.using("service").exclude(id=shared.id).get()


@pytest.fixture
def chief(world):
    """Portugal's national administrator."""
    from clew.access.actions import enlist_officer

    return enlist_officer(
        world.units["PT"], username="chief", name="C", roles=["national_administrator"], password="a long password here"
    )


def _minimum(officer, **changes):
    from clew.catalogue.look_minimum import Minimum, set_minimum

    set_minimum(officer, Minimum(**changes))


def _pixels(content):
    return np.asarray(Image.open(io.BytesIO(content)))


def test_a_picture_becomes_clearer_one_step_after_the_other_each_on_record(world, held):
    from clew.catalogue.looking import look
    from clew.ledger.models import Entry

    officer, media = world.officer("PT"), held[0]
    shown = [look(officer, media.id, "preview", step=step) for step in STEPS]
    assert [one.step.word for one in shown] == list(STEPS)
    assert [_pixels(one.content).ndim for one in shown] == [2, 2, 2, 3]
    assert [max(_pixels(one.content).shape[:2]) for one in shown] == [160, 28, 320, 320]
    entries = Entry.objects.using("service").filter(verb="catalogue:media:reveal").order_by("sequence")
    assert [entry.facts for entry in entries] == [{"rendition": "preview", "step": step} for step in STEPS]


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_step_is_not_skipped(world, held, step):
    from clew.catalogue.looking import look
    from clew.catalogue.looking_rules import StepSkipped

    with pytest.raises(StepSkipped):
        look(world.officer("PT"), held[0].id, "preview", step=step)


def test_the_step_before_counts_for_five_minutes_for_this_officer_and_this_media_alone(world, held):
    from clew.catalogue.looking import look
    from clew.catalogue.looking_rules import StepSkipped
    from clew.kernel.clock import frozen_at, now

    officer, moment = world.officer("NO"), now()
    with frozen_at(moment):
        look(officer, held[0].id, "thumbnail", step="outline")
        for other, media in ((world.officer("PT"), held[0]), (officer, held[1])):
            with pytest.raises(StepSkipped):
                look(other, media.id, "thumbnail", step="reduced")
    with frozen_at(moment + dt.timedelta(minutes=5, seconds=1)), pytest.raises(StepSkipped):
        look(officer, held[0].id, "thumbnail", step="reduced")
    with frozen_at(moment + dt.timedelta(minutes=4, seconds=59)):
        assert look(officer, held[0].id, "thumbnail", step="reduced").step.word == "reduced"


def test_without_a_step_the_first_one_is_shown_and_what_is_no_step_is_refused(world, held):
    from clew.catalogue.looking import look
    from clew.kernel.errors import InputRefused

    officer = world.officer("PT")
    assert look(officer, held[0].id, "preview").step.word == "outline"
    for word in ("original", "COLOUR", "4", "grey ", "hidden"):
        with pytest.raises(InputRefused):
            look(officer, held[0].id, "preview", step=word)


def test_an_organisation_lets_looks_begin_further_on_and_officers_choose_less(world, held, chief):
    from clew.catalogue.look_minimum import OwnChoice, set_choice
    from clew.catalogue.looking import look
    from clew.media.steps import Step

    officer = world.officer("PT")
    _minimum(chief, first_step=Step.GREY, grid_step=Step.COLOUR)
    assert look(officer, held[0].id, "preview").step is Step.GREY
    set_choice(officer, OwnChoice(first_step=Step.REDUCED.value))
    assert look(officer, held[1 - 1].id, "preview").step is Step.REDUCED
    # A choice that shows more than the minimum has no effect; Norway's own minimum is another.
    _minimum(chief, first_step=Step.OUTLINE)
    set_choice(officer, OwnChoice(first_step=Step.COLOUR.value))
    assert look(officer, held[0].id, "preview").step is Step.OUTLINE


def test_thumbnails_become_no_clearer_than_grids_may(world, held, chief):
    from clew.catalogue.look_minimum import OwnChoice, set_choice
    from clew.catalogue.looking import look
    from clew.catalogue.looking_rules import StepTooClear
    from clew.media.steps import Step

    officer = world.officer("PT")
    shown = [look(officer, held[0].id, "thumbnail", step=step) for step in STEPS[:3]]
    assert {one.clearest for one in shown} == {Step.GREY}
    with pytest.raises(StepTooClear):
        look(officer, held[0].id, "thumbnail", step="colour")
    _minimum(chief, grid_step=Step.COLOUR)
    assert look(officer, held[0].id, "thumbnail", step="colour").step is Step.COLOUR
    set_choice(officer, OwnChoice(grid_step=Step.OUTLINE.value))
    with pytest.raises(StepTooClear):
        look(officer, held[0].id, "thumbnail", step="reduced")
    assert look(officer, held[0].id, "preview", step="colour").step is Step.COLOUR


def test_colour_with_a_reason(world, held, chief):
    from clew.catalogue.looking import look
    from clew.catalogue.looking_rules import LookReasonMissing
    from clew.catalogue.models import Look
    from clew.ledger.models import Entry

    officer = world.officer("PT")
    _minimum(chief, colour_needs_reason=True)
    for step in STEPS[:3]:
        look(officer, held[0].id, "preview", step=step)
    for reason in ("", "short", " " * 30):
        with pytest.raises(LookReasonMissing):
            look(officer, held[0].id, "preview", step="colour", reason=reason)
    look(officer, held[0].id, "preview", step="colour", reason="The sign on the wall.")
    entry = Entry.objects.using("service").filter(verb="catalogue:media:reveal").order_by("sequence").last()
    assert entry.facts == {"rendition": "preview", "step": "colour", "reasoned": True}
    assert Look.objects.using("service").get(step=4).reason == "The sign on the wall."


def test_no_colour_of_what_is_known(world, held, chief):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.looking import look
    from clew.catalogue.looking_rules import ColourClosed
    from clew.catalogue.outcomes import state_outcome

    owner, officer = world.officer("NO"), world.officer("PT")
    _minimum(chief, colour_of_known=False)
    for step in STEPS:
        look(officer, held[0].id, "preview", step=step)
    with acting_as(owner):
        series = create_series(owner, "Blue sofa", world.grounds(sharing="members"))
        state_membership(owner, series, [held[0].id], basis="seen")
    state_outcome(owner, series.id, "identified")
    with pytest.raises(ColourClosed):
        look(officer, held[0].id, "preview", step="colour")
    assert look(owner, held[0].id, "preview", step="outline")
    assert look(officer, held[0].id, "preview", step="grey")


def test_foreign_and_absent_look_the_same_at_every_step(world, held):
    from clew.catalogue.looking import look
    from clew.kernel.errors import NotFound

    for media_id in (held[1].id, uuid.uuid4()):
        for step in ("", *STEPS):
            for rendition in ("thumbnail", "preview", "strip"):
                with pytest.raises(NotFound):
                    look(world.officer("PT"), media_id, rendition, step=step)


def test_grey_and_colour_carry_who_looks_and_when(world, held):
    from clew.catalogue.looking import look
    from clew.kernel.clock import frozen_at

    pictures = {}
    for key in ("NO", "PT"):
        for hour in (8, 9):
            with frozen_at(dt.datetime(2031, 1, 1, hour, tzinfo=dt.UTC)):
                for step in STEPS:
                    content = look(world.officer(key), held[0].id, "preview", step=step).content
                    pictures.setdefault(step, set()).add(content)
    assert {step: len(found) for step, found in pictures.items()} == {
        "outline": 1,
        "reduced": 1,
        "grey": 4,
        "colour": 4,
    }


def test_outlines_of_many_leave_out_what_is_foreign_and_absent(world, held, jail_is_asked_once):
    from clew.ledger.models import Entry

    client, absent = world.client("PT"), uuid.uuid4()
    asked = json.dumps({"media": [str(held[0].id), str(held[1].id), str(absent), str(held[0].id)]})
    answer = client.post("/media/outlines/", asked, content_type="application/json")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert list(answer.json()["outlines"]) == [str(held[0].id)]
    entry = Entry.objects.using("service").get(verb="catalogue:media:outline")
    assert entry.facts == {"number": 1, "media": [str(held[0].id)]}
    # What was outlined may become clearer.
    assert client.post(f"/media/{held[0].id}/reveal/", {"step": "reduced"}).status_code == 200
    assert len(jail_is_asked_once) == 2


@pytest.fixture
def jail_is_asked_once(monkeypatch):
    from clew.media.steps_jail import StepsJail

    calls, made = [], StepsJail.made
    monkeypatch.setattr(StepsJail, "made", lambda self, pictures: calls.append(len(pictures)) or made(self, pictures))
    return calls


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"media": "x"}',
        '{"media": [1]}',
        '{"media": []}',
        json.dumps({"media": [str(uuid.uuid4()) for _ in range(121)]}),
    ],
)
def test_what_names_no_media_or_too_many_is_refused(world, body):
    assert world.client("PT").post("/media/outlines/", body, content_type="application/json").status_code == 422


def test_a_watched_picture_sings_in_an_outline_too_and_its_owner_finds_the_look(world, held):
    from clew.access.actions import enlist_officer
    from clew.access.models import GuardNotice
    from clew.access.scope import acting_as
    from clew.catalogue.looking import outlines
    from clew.catalogue.record_history import history_of, watch

    auditor = enlist_officer(
        world.units["NO"], username="auditor", name="A", roles=["auditor"], password="a long password here"
    )
    with acting_as(auditor):
        watch(auditor, "media", held[0].id, "")
    outlines(world.officer("PT"), [held[0].id])
    assert GuardNotice.objects.using("service").get().officer_id == world.officer("PT").pk
    with acting_as(auditor):
        assert [entry.verb for entry in history_of(auditor, "media", held[0].id)] == ["catalogue:media:outline"]


def test_the_minimum_is_the_national_administrators_alone_and_on_record(world, held, chief):
    from clew.catalogue.look_minimum import minimum_of
    from clew.kernel.errors import InputRefused, NotPermitted
    from clew.ledger.models import Entry

    with pytest.raises(NotPermitted):
        _minimum(world.officer("PT"), first_step=4)
    for step in (0, 5, -1):
        with pytest.raises(InputRefused):
            _minimum(chief, first_step=step)
    assert minimum_of(chief) is None
    _minimum(chief, first_step=2)
    assert minimum_of(world.officer("NO")) is None
    assert Entry.objects.using("service").get(verb="catalogue:look:set_minimum").facts["first"] == "reduced"


def test_the_page_shows_and_keeps_both(world, held, chief):
    client = world.client("PT")
    page = client.get("/looks/").content.decode()
    assert "Your own choice" in page
    own = {"first_step": "2", "grid_step": "3", "hidden_after_seconds": "10"}
    assert client.post("/looks/own/", own).status_code == 302
    assert client.post("/looks/own/", {**own, "hidden_after_seconds": "1"}).status_code == 422
    assert client.post("/looks/minimum/", {"first_step": "4", "grid_step": "4"}).status_code == 403
    page = client.get("/looks/").content.decode()
    assert 'data-hidden-after="10" data-hides-on-leave="no" data-fills-grids="no"' in page
    world.officers["PC"] = chief
    client = world.client("PC")
    assert "Set the minimum" in client.get("/looks/").content.decode()
    assert (
        client.post("/looks/minimum/", {"first_step": "2", "grid_step": "4", "colour_of_known": "on"}).status_code
        == 302
    )
    assert world.client("PT").post(f"/media/{held[0].id}/reveal/")["X-Clew-Step"] == "reduced"


def test_a_purge_takes_the_looks(world, held):
    from clew.catalogue.looking import look
    from clew.catalogue.models import Look
    from clew.intake.purge_rows import _CONTENTS, _run

    look(world.officer("NO"), held[1].id, "thumbnail")
    assert Look.objects.using("service").count() == 1
    _run(_CONTENTS[0], {"gone": [held[1].id]})
    assert Look.objects.using("service").count() == 0
