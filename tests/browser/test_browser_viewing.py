"""One media alone, a film scene by scene, and media side by side, in a real browser."""

import shutil

import pytest

from tests.browser.grid_hand import sign_in, until_ready
from tests.films import film

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]


BOX = "(selector) => document.querySelector(selector).getBoundingClientRect().toJSON()"


def _looks():
    from clew.ledger.models import Entry

    return Entry.objects.using("service").filter(verb="catalogue:media:reveal").count()


def _step_until_shown(page, selector):
    page.click(selector)
    page.wait_for_selector(f"{selector} img")


def test_next_comes_with_its_facts_ahead_and_its_picture_never(page, world, pictures, jpeg):
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(3)})
    sign_in(page, world)
    page.goto("/review/grid/")
    until_ready(page)
    asked = []
    page.on("request", lambda request: asked.append(request.method + " " + request.url))
    page.focus("#grid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/media/**")
    # The next one's facts are fetched beforehand, and no picture is.
    page.wait_for_timeout(1000)
    assert sum("/review/media/" in address for address in asked) == 2
    assert not any("/reveal/" in address for address in asked)
    page.keyboard.press("Space")
    page.wait_for_selector(".single .picture img")
    assert _looks() == 1
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#view[data-at='2']")
    assert page.query_selector(".picture img") is None
    page.keyboard.press("3")
    page.wait_for_selector("#view[data-at='3']")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#view[data-at='2'] .differs, #view[data-at='2'] tbody th .badge")
    assert "you" in page.inner_text(".single")
    page.keyboard.press("u")
    page.wait_for_selector("#view[data-at='2']:has-text('Nobody whose word')")
    assert _looks() == 1


def test_a_film_is_stepped_scene_by_scene_and_no_other_scene_is_in_sight(page, world, pictures, tmp_path):
    world.submit("NO", {"film.mp4": film([pictures(n) for n in (1, 4, 7, 9)])})
    sign_in(page, world)
    page.goto("/review/grid/")
    until_ready(page)
    assert "Film · 0:08" in page.inner_text("#place-0 [data-facts]")
    page.focus("#grid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/media/**")
    times = page.get_attribute("#view", "data-scene-times").split()
    # More than one row of the sheet.
    assert len(times) > 6
    columns, rows = 6, -(-len(times) // 6)
    assert page.inner_text("[data-scene-words]") == f"1 of {len(times)}, at 0:00"
    # The first is skipped before anything is shown.
    page.keyboard.press(".")
    assert page.inner_text("[data-scene-words]").startswith(f"2 of {len(times)}, at 0:0")
    assert _looks() == 0
    _step_until_shown(page, ".scenes .picture")
    page.wait_for_function("() => document.querySelector('.scenes .picture img').style.visibility === ''")
    for at in range(1, len(times)):
        place, sheet = (page.evaluate(BOX, one) for one in (".scenes .picture", ".scenes .picture img"))
        # One scene, without the gap beside it, fills its place: nothing of another is in sight.
        assert (place["left"] - sheet["left"]) / sheet["width"] * columns == pytest.approx(at % columns, abs=0.02)
        assert (place["top"] - sheet["top"]) / sheet["height"] * rows == pytest.approx(at // columns, abs=0.02)
        assert 0.95 < place["width"] / sheet["width"] * columns < 1
        assert 0.95 < place["height"] / sheet["height"] * rows < 1
        if at in {2, 6}:
            page.screenshot(path=tmp_path / f"scene{at}.png")
        page.keyboard.press(".")
        page.wait_for_timeout(60)
    assert page.inner_text("[data-scene-words]").startswith(f"{len(times)} of {len(times)}")
    assert _looks() == 1
    assert page.query_selector("video, audio") is None


def test_side_by_side_all_move_together_and_what_differs_is_marked(page, world, pictures, jpeg):
    world.submit(
        "NO", {"a.jpg": jpeg(pictures(1)), "b.jpg": jpeg(pictures(1), 60), "c.jpg": jpeg(pictures(2, 640, 480))}
    )
    sign_in(page, world)
    page.goto("/review/grid/")
    until_ready(page)
    page.focus("#grid")
    page.keyboard.press("v")
    page.keyboard.press("Shift+End")
    assert page.inner_text("[data-chosen]") == "3 chosen: let go"
    page.keyboard.press("=")
    page.wait_for_url("**/review/compare/**")
    assert page.locator(".abreast figure").count() == 3
    assert page.query_selector(".picture img") is None
    told = dict(
        page.evaluate(
            "() => [...document.querySelectorAll('.compare tbody tr')].map((row) => [row.querySelector('th').textContent, row.classList.contains('differs')])"
        )
    )
    assert told["picture"]
    assert told["size"]
    assert not told["kind"]
    for at in (0, 1, 2):
        page.locator(".abreast .picture").nth(at).click()
    page.wait_for_function("() => document.querySelectorAll('.abreast .picture img').length === 3")
    for key in ("+", "+", "ArrowRight"):
        page.keyboard.press(key)
    moved = page.evaluate(
        "() => [...document.querySelectorAll('.abreast .picture img')].map((image) => getComputedStyle(image).transform)"
    )
    assert len(set(moved)) == 1
    assert moved[0].startswith("matrix(1.5625")
    page.keyboard.press("0")
    page.keyboard.press("Escape")
    page.wait_for_selector(".picture img", state="detached")
