"""Exposure: counted by the server as far as it can have been, budgets and breaks that refuse, and sums that are nobody's."""

import datetime as dt
import json
import uuid

import pytest

BEGIN = dt.datetime(2031, 3, 5, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def held(world, pictures, jpeg):
    """The ids of two pictures of Norway's that all members see."""
    from clew.catalogue.models import Media

    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(2)}, sharing="members")
    return list(Media.objects.using("service").order_by("id").values_list("id", flat=True))


@pytest.fixture
def chief(world):
    """Norway's national administrator."""
    from clew.access.actions import enlist_officer

    return enlist_officer(
        world.units["NO"], username="chief", name="C", roles=["national_administrator"], password="a long password here"
    )


def _look(officer, media_id, step="reduced", rendition="preview"):
    from clew.catalogue.looking import look

    for word in ("outline", "reduced", "grey", "colour"):
        look(officer, media_id, rendition, step=word)
        if word == step:
            return


def _at(minutes=0.0, seconds=0.0):
    from clew.kernel.clock import frozen_at

    return frozen_at(BEGIN + dt.timedelta(minutes=minutes, seconds=seconds))


def _rule(chief, **changes):
    from clew.review.exposure_oversight import set_rule
    from clew.review.exposure_rules import Allowed

    set_rule(chief, Allowed(**{**dict(zip(Allowed.__slots__, (6000, 24000, 60, 10, 60), strict=True)), **changes}))


def _points(officer):
    from clew.review.exposure import standing_of

    return standing_of(officer).day_points


def test_a_look_counts_though_the_page_reports_nothing_and_an_outline_does_not(world, held):
    officer = world.officer("NO")
    with _at():
        _look(officer, held[0], "outline")
        assert _points(officer) == 0
        _look(officer, held[0], "grey")
        # Twice a second of half the screen, of a picture of which nobody knows what it shows.
        assert _points(officer) == pytest.approx(2 * 1 * 0.5 * 3)


@pytest.mark.parametrize(
    ("reported", "passed", "counted"), [(4, 5, 4), (900, 5, 4), (900, 600, 15), (-5, 5, 0), (4, 0, 0)]
)
def test_a_report_counts_no_more_than_time_has_passed(world, held, reported, passed, counted):
    from clew.review.exposure import Seen, report

    officer = world.officer("NO")
    with _at():
        _look(officer, held[0])
        before = _points(officer)
    with _at(seconds=passed):
        report(officer, [Seen(held[0], reported, 0.5)])
        # The look's own second is counted already.
        assert _points(officer) - before == pytest.approx(counted * 0.5 * 3)


def test_two_windows_that_report_the_same_second_count_it_once(world, held):
    from clew.review.exposure import Seen, report

    officer = world.officer("NO")
    with _at():
        _look(officer, held[0])
    with _at(seconds=6):
        for _ in range(5):
            report(officer, [Seen(held[0], 5, 1.0), Seen(held[0], 5, 1.0)])
        assert _points(officer) == pytest.approx(1 * 0.5 * 3 + 5 * 1.0 * 3)


def test_what_was_not_looked_at_counts_nothing(world, held):
    from clew.review.exposure import Seen, report

    officer = world.officer("NO")
    with _at():
        _look(world.officer("PT"), held[0])
        _look(officer, held[0], "outline")
        _look(officer, held[1])
        before = _points(officer)
    with _at(seconds=10):
        report(officer, [Seen(held[0], 5, 1.0), Seen(uuid.uuid4(), 5, 1.0)])
        assert _points(officer) == before
    with _at(minutes=16):
        report(officer, [Seen(held[1], 5, 1.0)])
        assert _points(officer) == before
    with _at(seconds=10):
        report(officer, [Seen(held[1], 5, 9.0)])
        assert _points(officer) == pytest.approx(before + 5 * 1.0 * 3)


def test_the_gravest_that_is_stated_decides_what_a_look_weighs(world, held):
    from clew.review.deciding import decide

    officer = world.officer("NO")
    decide(world.officer("PT"), [held[0]], code="A")
    with _at():
        _look(officer, held[0])
        assert _points(officer) == pytest.approx(0.5 * 5)


def test_a_day_and_a_week_have_budgets(world, held, chief):
    from clew.review.exposure import is_warned, standing_of
    from clew.review.exposure_rules import DayBudgetSpent, WeekBudgetSpent
    from clew.review.models import Exposure

    officer = world.officer("NO")
    _rule(chief, day_points_max=500, week_points_max=1000)

    def saw(points, day=0):
        own = Exposure.objects.using("service")
        own.update_or_create(
            officer_id=officer.pk, day=BEGIN.date() + dt.timedelta(days=day), defaults={"points": points}
        )

    saw(399)
    with _at():
        assert not is_warned(officer, standing_of(officer))
        saw(401)
        assert is_warned(officer, standing_of(officer))
        _look(officer, held[1])
        saw(500)
        with pytest.raises(DayBudgetSpent):
            _look(officer, held[1])
        # An outline is still there, and other officers have budgets of their own.
        _look(officer, held[1], "outline")
        _look(world.officer("PT"), held[1])
    with _at(24 * 60):
        _look(officer, held[1])
        saw(499, day=1)
        saw(501)
        with pytest.raises(WeekBudgetSpent):
            _look(officer, held[1])
    # The fifth of March 2031 is a Wednesday; on Monday a week begins anew.
    with _at(5 * 24 * 60):
        _look(officer, held[1])


def test_after_an_hour_a_break_is_due_and_taken_by_not_looking(world, held):
    from clew.review.exposure_rules import BreakDue

    officer = world.officer("NO")
    for minute in range(0, 60, 5):
        with _at(minute):
            _look(officer, held[0], "outline")
    for minute in (60, 62, 64.5):
        with _at(minute), pytest.raises(BreakDue):
            _look(officer, held[0], "outline")
    with _at(65.1):
        _look(officer, held[0], "outline")
    with _at(120):
        _look(officer, held[0], "outline")


def test_a_pause_that_is_too_short_is_no_break(world, held):
    from clew.review.exposure_rules import BreakDue

    officer = world.officer("NO")
    for minute in (0, 9, 18, 27, 36, 45, 54):
        with _at(minute):
            _look(officer, held[0], "outline")
    with _at(61), pytest.raises(BreakDue):
        _look(officer, held[0], "outline")


def test_nothing_grave_at_the_end_of_a_shift(world, held):
    from clew.review.breaks import set_shift_end
    from clew.review.deciding import decide
    from clew.review.exposure_rules import ShiftEnding

    officer = world.officer("NO")
    decide(officer, [held[0]], code="A")
    with _at():
        set_shift_end(officer, 90)
        _look(officer, held[0])
    with _at(31):
        with pytest.raises(ShiftEnding):
            _look(officer, held[0])
        _look(officer, held[0], "outline")
        _look(officer, held[1])
        set_shift_end(officer, 0)
        _look(officer, held[0])


def test_the_break_key_shuts_every_look_until_the_officer_is_back(world, held):
    from clew.ledger.models import Entry

    client, other = world.client("NO"), world.client("PT")
    assert client.post("/review/break/take/", headers={"Accept": "application/json"}).json() == {"on_break": True}
    asked = json.dumps({"media": [str(held[0])]})
    for _ in range(2):
        refused = client.post(f"/media/{held[0]}/reveal/", headers={"Accept": "application/json"})
        assert (refused.status_code, refused.json()["error"]) == (429, "OnBreak")
        assert client.post("/media/outlines/", asked, content_type="application/json").status_code == 429
    assert other.post(f"/media/{held[0]}/reveal/").status_code == 200
    assert "I am back" in client.get("/review/break/").content.decode()
    client.post("/review/break/end/")
    assert client.post(f"/media/{held[0]}/reveal/").status_code == 200
    verbs = Entry.objects.using("service").filter(verb__startswith="review:break").values_list("verb", flat=True)
    assert {"review:break:take", "review:break:end"} <= set(verbs)


def test_reports_come_from_pages_and_are_read_strictly(world, held):
    client = world.client("NO")
    client.post(f"/media/{held[0]}/reveal/")
    client.post(f"/media/{held[0]}/reveal/", {"step": "reduced"})

    def send(body):
        return client.post("/review/wellbeing/beats/", body, content_type="application/json")

    told = send(json.dumps({"shown": [[str(held[0]), 3, 0.4]]}))
    assert told.status_code == 200
    assert set(told.json()) == {"day", "week", "warning", "on_break"}
    for wrong in (
        "",
        "[]",
        '{"shown": 3}',
        '{"shown": [[1, 2, 3]]}',
        '{"shown": [["x"]]}',
        f'{{"shown": [["{held[0]}", "a", 1]]}}',
    ):
        assert send(wrong).status_code == 422
    for number in ("NaN", "Infinity", "-Infinity", "1e400"):
        assert send(f'{{"shown": [["{held[0]}", {number}, {number}]]}}').status_code == 422
        assert send(f'{{"shown": [["{held[0]}", 1, {number}]]}}').status_code == 422
    from clew.review.exposure import standing_of

    assert 0 < standing_of(world.officer("NO")).day_points < 100


def test_a_rule_is_set_within_bounds_by_the_administrator_alone_and_on_record(world, held, chief):
    from clew.kernel.errors import InputRefused, NotPermitted
    from clew.ledger.models import Entry
    from clew.review.exposure import allowed_for

    with pytest.raises(NotPermitted):
        _rule(world.officer("NO"), break_after_minutes=90)
    for wrong in ({"break_after_minutes": 91}, {"break_minutes": 0}, {"day_points_max": 10**6}, {"stop_minutes": 0}):
        with pytest.raises(InputRefused):
            _rule(chief, **wrong)
    _rule(chief, break_after_minutes=45)
    assert allowed_for(world.officer("NO")).break_after_minutes == 45
    assert allowed_for(world.officer("PT")).break_after_minutes == 60
    assert Entry.objects.using("service").get(verb="review:exposure:set_rule").facts["break_after_minutes"] == 45


def test_supervisors_see_sums_over_five_officers_at_least(world, chief):
    from clew.access.actions import enlist_officer
    from clew.kernel.clock import frozen_at
    from clew.review.exposure_oversight import week_sums
    from clew.review.models import Exposure

    officers = [
        enlist_officer(world.units["NO"], username=f"o{n}", name="O", roles=["specialist"], password="a long password")
        for n in range(5)
    ]
    first, second = dt.date(2031, 2, 24), dt.date(2031, 2, 17)
    rows = [Exposure(officer=o, day=first, seconds=3600, points=100 * (n + 1), looks=9) for n, o in enumerate(officers)]
    rows += [Exposure(officer=o, day=second, seconds=3600, points=777, looks=9) for o in officers[:4]]
    # Who only reported, and looked at nothing, fills up no group.
    rows += [Exposure(officer=officers[4], day=second, seconds=0, points=0, looks=0)]
    rows += [Exposure(officer=world.officer("PT"), day=second, seconds=3600, points=777, looks=9)]
    Exposure.objects.using("service").bulk_create(rows)
    with frozen_at(BEGIN):
        sums = {week.monday: week for week in week_sums(chief)}
    assert (sums[first].officers, sums[first].points_each, sums[first].hours_each) == (5, 300, 1.0)
    assert (sums[second].officers, sums[second].points_each, sums[second].hours_each) == (None, None, None)
    assert dt.date(2031, 3, 3) not in sums


def test_nobody_reads_anothers_record(world, held, chief):
    world.officers["NC"] = chief
    _look(world.officer("NO"), held[0])
    own = world.client("NO").get("/review/wellbeing/").content.decode()
    assert "Minutes seen" in own
    assert "Minutes seen" not in world.client("PT").get("/review/wellbeing/").content.decode()
    page = world.client("NC").get("/review/wellbeing/oversight/").content.decode()
    assert "fewer than 5 officers looked" in page
    assert "Officer NO" not in page
    assert world.client("NC").get("/review/wellbeing/").status_code == 403
    assert world.client("NO").get("/review/wellbeing/oversight/").status_code == 403
