"""The grid in a real browser: every one of many media is reached, nothing is shown that nobody asked for, and the place is kept."""

import random
import shutil

import pytest

from tests.browser.grid_hand import SEEN_PLACES, many_media, sign_in, until_ready, until_told

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]
COUNT = 30_000


@pytest.fixture
def seen(world):
    """The ids that Norway sees, newest first."""
    return many_media(world, COUNT)


@pytest.fixture
def grid(page, world, seen):
    sign_in(page, world)
    page.goto("/review/grid/")
    until_ready(page)
    return page


def test_first(grid, seen, tmp_path):
    assert grid.inner_text("[data-count]") == f"{len(seen):,}"
    grid.screenshot(path="/tmp/grid1.png")
    grid.fill("#jump", "20000"); grid.keyboard.press("Enter"); until_told(grid)
    grid.screenshot(path="/tmp/grid2.png")
    print(grid.evaluate(SEEN_PLACES), grid.url)
    grid.keyboard.press("End"); until_told(grid); print(grid.evaluate(SEEN_PLACES), grid.url)
    grid.screenshot(path="/tmp/grid3.png")
