"""Searching in a real browser: by the keyboard alone, on a narrow screen, and from right to left."""

import shutil

import pytest

from tests.browser.test_browser_main_job import _sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]


def test_words_facets_and_the_way_back_by_the_keyboard(page, world, pictures, jpeg, make_words):
    world.submit(
        "NO",
        {"sofa/one.jpg": jpeg(pictures(1)), "sofa/海边.jpg": jpeg(pictures(2)), "bed/غرفة.jpg": jpeg(pictures(3))},
        reference="OSLO-7",
    )
    make_words()
    _sign_in(page, world)
    page.goto("/review/search/")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.focus("input[name=text]")
    page.keyboard.type("sofa")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/search/?text=sofa**")
    assert page.locator(".tile").count() == 2, page.inner_text("main")
    assert page.locator(".tile img").count() == 0
    # Tab alone reaches a facet; it keeps to the case.
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('[aria-labelledby=facet-case]') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**case=**")
    assert page.locator(".chips li").count() == 2
    # A picture is opened step by step, and where the page was left is noted.
    page.focus(".tile .picture")
    page.keyboard.press("Space")
    page.wait_for_selector(".tile img")
    media = page.locator(".tile").first.get_attribute("data-media")
    with page.expect_response("**/left/"):
        page.locator(".tile a[data-explain]").first.press("Enter")
    page.wait_for_url("**/media/**")
    page.goto("/review/search/steps/")
    page.locator(f"a[href*='#media-{media}']").press("Enter")
    page.wait_for_url("**#media-*")
    assert page.locator(".chips li").count() == 2
    page.wait_for_selector(f"#media-{media} .picture:focus")


def test_the_page_fits_a_phone_and_right_to_left(page, world, pictures, jpeg, make_words):
    world.submit("NO", {f"{n} {'very-long-name-' * 12}.jpg": jpeg(pictures(n)) for n in (1, 2)}, reference="OSLO-7")
    make_words()
    _sign_in(page, world)
    for width, direction in ((390, "ltr"), (390, "rtl"), (1280, "rtl")):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("/review/search/?text=very", "/review/search/?text=nowhere&kind=image", "/review/search/like/"):
            page.goto(address)
            page.evaluate(f"document.documentElement.dir = '{direction}'")
            page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
                width,
                direction,
                address,
            )
