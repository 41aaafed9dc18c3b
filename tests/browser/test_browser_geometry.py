"""Geometry of the grid, in a real browser's own numbers: every place is reached, in closed form, however many there are."""

import shutil

import pytest

from tests.browser.grid_hand import sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]

MEASURED = """async (count) => {
  const { geometryOf, BOX_PIXELS_MAX } = await import('/static/review/geometry.js');
  const found = [];
  for (const [width, height] of [[340, 560], [1230, 610], [3800, 1900]]) {
    const grid = geometryOf({ count, width, height, tilePixelsMin: 168, footPixels: 66, gapPixels: 10 });
    let [worst, isRising, before] = [0, true, -1];
    for (let at = 0; at <= 5000; at += 1) {
      const top = (grid.topMax * at) / 5000;
      const physical = grid.toPhysical(top);
      isRising &&= physical > before || grid.topMax === 0;
      before = physical;
      worst = Math.max(worst, Math.abs(grid.toLogical(physical) - top));
    }
    const places = [0, count - 1, ...Array.from({ length: 500 }, () => Math.floor(Math.random() * count))];
    const isShown = places.every((place) => [0, grid.topMax, grid.topMax / 3].every((top) => {
      const shown = grid.topShowing(place, top);
      const [first, last] = grid.rowsAt(shown);
      const above = grid.topOf(place);
      return first <= grid.rowOf(place) && grid.rowOf(place) <= last && above >= shown - 1e-6 && above + grid.rowPixels <= shown + height + 1e-6;
    }));
    const [first, last] = grid.rowsAt(grid.topMax);
    found.push({ worst, isRising, isShown, isWithin: grid.physicalPixels <= BOX_PIXELS_MAX, end: last === grid.rows - 1,
      drawn: last - first + 1, most: Math.ceil(height / grid.rowPixels) + 6, bottom: grid.toPhysical(grid.topMax) - grid.physicalTopMax });
  }
  return found;
}"""


def test_every_place_of_any_grid_is_shown_whole_and_scales_there_and_back(page, world):
    sign_in(page, world)
    for count in (1, 7, 1_000, 2_000_000, 50_000_000):
        for told in page.evaluate(MEASURED, count):
            assert told["worst"] < 0.01
            assert told["isRising"]
            assert told["isShown"]
            assert told["isWithin"]
            assert told["end"]
            assert told["drawn"] <= told["most"]
            assert told["bottom"] == pytest.approx(0, abs=0.01)
