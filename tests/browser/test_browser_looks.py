"""Looking in a real browser: pictures become clearer by steps of the server's, hide by themselves, and one key blanks everything."""

import shutil

import pytest

from tests.browser.test_browser_main_job import _sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]
STATE = "document.querySelector('.picture').dataset.state"


@pytest.fixture
def media(world, pictures, jpeg):
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1, 1024, 768))})
    return Media.objects.using("service").get()


def _open(page, world, media):
    _sign_in(page, world)
    page.goto(f"/media/{media.id}/")
    page.focus(".picture")


def _press(page, state):
    page.keyboard.press("Space")
    page.wait_for_function(f"state => {STATE} === state", arg=state)


def test_space_makes_it_clearer_step_by_step_and_each_step_is_the_servers(page, world, media):
    from clew.ledger.models import Entry

    _open(page, world, media)
    widths = []
    for state in ("outline", "reduced", "grey", "colour"):
        _press(page, state)
        image = page.wait_for_selector(".picture img")
        widths.append(image.evaluate("image => image.decode().then(() => image.naturalWidth)"))
        assert image.evaluate("image => [image.draggable, getComputedStyle(image).filter]") == [False, "none"]
    assert widths == [160, 28, 1024, 1024]
    looks = Entry.objects.using("service").filter(verb="catalogue:media:reveal").order_by("sequence")
    assert [entry.facts["step"] for entry in looks] == ["outline", "reduced", "grey", "colour"]
    _press(page, "hidden")
    assert page.query_selector(".picture img") is None
    assert page.query_selector("video, audio, [autoplay]") is None


def test_it_hides_when_the_pointer_or_the_reader_leaves(page, world, media):
    _open(page, world, media)
    page.click(".picture")
    page.wait_for_function(f"() => {STATE} === 'outline'")
    page.click(".picture")
    page.wait_for_function(f"() => {STATE} === 'reduced'")
    page.mouse.move(5, 5)
    page.wait_for_function(f"() => {STATE} === 'hidden'")
    page.click(".picture")
    page.wait_for_function(f"() => {STATE} === 'outline'")
    page.click(".picture")
    page.wait_for_function(f"() => {STATE} === 'reduced'")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.wait_for_function(f"() => {STATE} === 'hidden'")


def test_it_hides_by_itself_after_the_seconds_the_officer_chose(page, world, media):
    from clew.catalogue.look_minimum import OwnChoice, set_choice

    set_choice(world.officer("NO"), OwnChoice(hidden_after_seconds=3, hides_on_leave=False))
    _open(page, world, media)
    _press(page, "outline")
    _press(page, "reduced")
    page.wait_for_function(f"() => {STATE} === 'hidden'", timeout=6000)


def test_a_reason_is_asked_for_where_colour_needs_one(page, world, media):
    from clew.access.actions import enlist_officer
    from clew.catalogue.look_minimum import Minimum, set_minimum
    from clew.catalogue.models import Look

    chief = enlist_officer(
        world.units["NO"], username="chief", name="C", roles=["national_administrator"], password="a long password here"
    )
    set_minimum(chief, Minimum(colour_needs_reason=True))
    _open(page, world, media)
    for state in ("outline", "reduced", "grey"):
        _press(page, state)
    page.keyboard.press("Space")
    page.wait_for_selector("dialog[open] input")
    page.fill("dialog[open] input", "The sign on the wall")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => {STATE} === 'colour'")
    assert Look.objects.using("service").get(step=4).reason == "The sign on the wall"


def test_a_grid_fills_with_outlines_in_one_call_and_the_break_key_blanks_every_window(page, world, pictures, jpeg):
    from clew.ledger.models import Entry

    submission = world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(4)})
    _sign_in(page, world)
    page.goto(f"/submissions/{submission.id}/")
    other = page.context.new_page()
    other.goto(f"/submissions/{submission.id}/")
    fill = "import('/static/clew/reveal.js').then((m) => m.fillOutlines(document.querySelectorAll('.picture')))"
    for one in (page, other):
        one.evaluate(fill)
        one.wait_for_function("() => document.querySelectorAll('.picture img').length === 4")
    entries = Entry.objects.using("service").filter(verb="catalogue:media:outline")
    assert [entry.facts["number"] for entry in entries] == [4, 4]
    page.keyboard.press("x")
    page.wait_for_url("**/review/break/")
    other.wait_for_url("**/review/break/")
    assert other.query_selector(".picture") is None
    page.click("text=I am back")
    page.goto(f"/submissions/{submission.id}/")
    page.evaluate(fill)
    page.wait_for_function("() => document.querySelectorAll('.picture img').length === 4")


def test_what_is_on_the_screen_is_counted(page, world, media):
    from clew.review.exposure import standing_of

    _open(page, world, media)
    for state in ("outline", "reduced", "grey"):
        _press(page, state)
    before = standing_of(world.officer("NO")).day_points
    with page.expect_response("**/review/wellbeing/beats/", timeout=9000) as told:
        pass
    assert told.value.json()["warning"] is False
    assert standing_of(world.officer("NO")).day_points > before
