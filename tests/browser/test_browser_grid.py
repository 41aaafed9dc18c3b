"""The grid in a real browser: every one of many media is reached, nothing is shown that nobody asked for, and the place is kept."""

import random
import shutil

import pytest

from tests.browser.grid_hand import (
    JUMPED,
    SEEN,
    many_media,
    numbers_of,
    sign_in,
    until_ready,
    until_told,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]
#: A picture that shows more than an outline.
CLEAR = ".picture:not([data-state=outline]) img"
#: 4,900 rows of six: a little over a million pixels.
COUNT = 30_000
#: Of a box so small that they need a scale, as two million do of the real one.
SMALL_BOX = {"4_000_000": "300_000", "100_000": "10_000"}


@pytest.fixture
def seen(world):
    """The ids that Norway sees, newest first."""
    return many_media(world, COUNT)


@pytest.fixture
def grid(page, world, seen):
    sign_in(page, world)
    page.route("**/review/geometry.js", _in_a_small_box)
    page.goto("/review/grid/")
    until_ready(page)
    assert page.evaluate("() => document.getElementById('grid').scrollHeight") == 300_000
    return page


def _in_a_small_box(route):
    answer = route.fetch()
    text = answer.text()
    for real, small in SMALL_BOX.items():
        assert real in text
        text = text.replace(real, small)
    route.fulfill(response=answer, body=text)


def _jump(page, number):
    page.fill("#jump", str(number))
    page.press("#jump", "Enter")
    until_told(page)


def _places(page):
    return [place for place, _media in page.evaluate(SEEN)]


def _scroll_bar(page, share):
    page.evaluate(
        "(share) => { const box = document.getElementById('grid'); box.scrollTop = share * (box.scrollHeight - box.clientHeight); }",
        share,
    )
    # A busy machine tells of scrolling late: the frame after it has drawn.
    page.evaluate("async () => { for (let i = 0; i < 4; i += 1) await new Promise(requestAnimationFrame); }")
    until_told(page)


def _every_one_is_reached(grid, seen, chance):
    """By number and by the scroll bar: the first, the last and some between, with what stands there and nothing else."""
    assert grid.inner_text("[data-count]") == f"{len(seen):,}"
    for number in [1, 2, len(seen) - 1, len(seen), *(chance.randint(1, len(seen)) for _ in range(8))]:
        _jump(grid, number)
        assert dict(grid.evaluate(SEEN))[number - 1] == seen[number - 1]
    for share in [0, 1, *(chance.random() for _ in range(8))]:
        _scroll_bar(grid, share)
        shown = dict(grid.evaluate(SEEN))
        # Near the ends a pixel is a pixel, which moves the rest by so much.
        assert abs(min(shown) / len(seen) - share) < 0.04
        assert shown == {place: seen[place] for place in shown}
        if share in {0, 1}:
            assert (0 if share == 0 else len(seen) - 1) in shown


def _weighs_the_same_after_jumps(grid, seen, chance, number):
    before = numbers_of(grid)
    for _ in range(number):
        grid.evaluate(JUMPED, ["number", chance.randint(1, len(seen))])
    after = numbers_of(grid)
    assert after["tiles"] <= 90
    assert after["elements"] <= before["elements"] + 30 * before["columns"]
    assert after["heap_bytes"] - before["heap_bytes"] < 8 * 1024 * 1024


def test_every_one_is_reached_by_number_and_by_the_scroll_bar_and_nothing_else_is_there(grid, seen):
    _every_one_is_reached(grid, seen, random.Random(6))


# Two million rows are made, listed and deleted.
@pytest.mark.timeout(2400)
@pytest.mark.long
def test_every_one_of_two_million_is_reached_in_a_page_that_does_not_grow(page, world):
    seen = many_media(world, 2_000_000)
    sign_in(page, world)
    page.goto("/review/grid/")
    until_told(page)
    until_ready(page)
    chance = random.Random(8)
    _every_one_is_reached(page, seen, chance)
    _weighs_the_same_after_jumps(page, seen, chance, 300)


def test_a_wheel_moves_by_as_much_in_the_middle_of_a_long_grid_as_at_its_ends(grid, seen):
    _jump(grid, 15_001)
    grid.mouse.move(600, 500)
    row = grid.evaluate("() => document.querySelector('.grid-row').getBoundingClientRect().height + 10")
    columns = int(grid.get_attribute("#grid", "aria-colcount"))
    for before in (15_000, 0):
        _jump(grid, before + 1)
        first = _places(grid)[0]
        grid.mouse.wheel(0, 3 * row)
        # Longer than the rest after which the box is put where the grid is.
        grid.wait_for_timeout(500)
        until_told(grid)
        assert _places(grid)[0] == first + 3 * columns


def test_neither_elements_nor_memory_grow_with_the_jumps_and_no_picture_stays(grid, seen):
    from clew.ledger.models import Entry

    looks = Entry.objects.using("service").filter(verb="catalogue:media:reveal")
    grid.focus("#grid")
    grid.keyboard.press("Space")
    grid.wait_for_selector(CLEAR)
    assert looks.count() == 1
    _jump(grid, 20_000)
    assert grid.query_selector(CLEAR) is None
    _jump(grid, 1)
    assert grid.query_selector(CLEAR) is None
    assert looks.count() == 1

    _weighs_the_same_after_jumps(grid, seen, random.Random(7), 120)


def test_keys_move_and_the_place_is_kept_through_one_media_and_back(grid, seen):
    columns = int(grid.get_attribute("#grid", "aria-colcount"))
    grid.focus("#grid")

    def place():
        return int(grid.get_attribute("#grid", "aria-activedescendant").removeprefix("place-"))

    for key, at in [
        ("ArrowRight", 1),
        ("ArrowDown", 1 + columns),
        ("ArrowLeft", columns),
        ("ArrowUp", 0),
        ("ArrowUp", 0),
        ("End", len(seen) - 1),
        ("ArrowRight", len(seen) - 1),
        ("Home", 0),
    ]:
        grid.keyboard.press(key)
        assert place() == at
    grid.keyboard.press("PageDown")
    a_screen = place()
    assert a_screen >= columns
    assert a_screen % columns == 0
    grid.keyboard.press("PageUp")
    assert place() == 0

    _jump(grid, 12_345)
    grid.keyboard.press("Enter")
    grid.wait_for_url("**/review/media/**")
    assert seen[12_344] in grid.url
    assert grid.inner_text("h1").startswith("12,345 of 29,400")
    grid.keyboard.press("ArrowRight")
    grid.wait_for_url(f"**/review/media/{seen[12_345]}/**")
    grid.wait_for_selector(f"#view[data-media='{seen[12_345]}']")
    grid.keyboard.press("Enter")
    grid.wait_for_url("**/review/results/**at=12346")
    until_told(grid)
    assert place() == 12_345
    assert 12_345 in _places(grid)
    # Another search, and back with the browser: the same list at the same place.
    grid.goto("/review/grid/?kind=video")
    until_ready(grid)
    assert grid.inner_text("[data-count]") != "29,400"
    grid.go_back()
    until_ready(grid)
    assert grid.inner_text("[data-count]") == "29,400"
    assert place() == 12_345


def test_one_press_decides_one_or_all_that_are_chosen_and_u_takes_it_back(grid, seen):
    from clew.review.models import Statement

    def standing():
        found = Statement.objects.using("service").filter(is_standing=True)
        return {str(media_id): code for media_id, code in found.values_list("media_id", "code")}

    grid.focus("#grid")
    grid.keyboard.press("1")
    grid.wait_for_selector("[data-toast]:has-text('1 decided')")
    assert standing() == {seen[0]: "A"}
    grid.wait_for_selector("#place-0 [data-own]:has-text('A')")
    # On to the next by itself; two more are chosen with it.
    grid.keyboard.press("Shift+ArrowRight")
    grid.keyboard.press("Shift+ArrowRight")
    assert grid.inner_text("[data-chosen]") == "3 chosen: let go"
    grid.keyboard.press("2")
    grid.wait_for_selector("[data-toast]:has-text('3 decided')")
    assert standing() == {seen[0]: "A", **dict.fromkeys(seen[1:4], "B")}
    grid.reload()
    until_ready(grid)
    grid.focus("#grid")
    grid.keyboard.press("u")
    grid.wait_for_selector("[data-toast]:has-text('Undone: B')")
    assert standing() == {seen[0]: "A"}
    grid.keyboard.press("u")
    grid.wait_for_selector("[data-toast]:has-text('Undone: A')")
    assert standing() == {}
    grid.keyboard.press("u")
    grid.wait_for_selector("[data-toast]:has-text('Nothing was decided')")


def test_a_second_window_follows_the_grid_and_leads_it(grid, seen):
    with grid.context.expect_page() as opened:
        grid.click("[data-act=screen]")
    second = opened.value
    second.wait_for_selector(f"#view[data-media='{seen[0]}']")
    _jump(grid, 777)
    second.wait_for_selector(f"#view[data-media='{seen[776]}']")
    second.keyboard.press("ArrowRight")
    second.wait_for_selector(f"#view[data-media='{seen[777]}']")
    grid.wait_for_function(
        "() => document.getElementById('grid').getAttribute('aria-activedescendant') === 'place-777'"
    )
    second.uncheck("[data-follow]")
    _jump(grid, 5)
    second.wait_for_timeout(300)
    assert second.get_attribute("#view", "data-media") == seen[777]


@pytest.mark.parametrize("width", [1280, 640, 390])
def test_nothing_is_cut_off_at_any_width(grid, seen, width):
    _jump(grid, 9_000)
    grid.set_viewport_size({"width": width, "height": 800})
    grid.wait_for_timeout(300)
    until_told(grid)
    # Other columns, and the first that was seen is still there.
    assert _places(grid)[0] <= 8_999 <= _places(grid)[-1]
    assert grid.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    grid.keyboard.press("Enter")
    grid.wait_for_url("**/review/media/**")
    assert grid.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
