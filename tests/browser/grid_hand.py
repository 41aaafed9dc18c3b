"""A hand on the grid: a world of many media, and what a browser is asked about it."""

import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench"
PASSWORD = "a long password for tests"


def sign_in(page, world, key="NO"):
    from clew.access.second_factor import current_one_time_code, set_up_one_time_code

    set_up_one_time_code(world.officer(key))
    page.goto("/")
    page.fill("input[name=login]", f"{key.lower()}.officer")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/**")
    page.fill("input[name=code]", current_one_time_code(world.officer(key)))
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/")


def many_media(world, count):
    """So many media, of which Norway sees all but those that Portugal keeps; their ids as Norway sees them, newest first."""
    if str(BENCH) not in sys.path:
        sys.path.insert(0, str(BENCH))
    import grid_world

    from clew.vault.opened import vault

    ours, theirs = world.submit("NO", {}, reference="N-1"), world.submit("PT", {}, reference="P-1")
    blobs = vault().seal_many(grid_world.rooms(), namespace="thumbnails")
    grid_world.fill(count, ours, theirs, [blob.address for blob in blobs])
    return [media_id(n) for n in range(count, 0, -1) if n % 50 != 7]


def media_id(n):
    import uuid

    return str(uuid.UUID(f"{n:012x}70008000000100000000"))


def until_ready(page):
    """Everything is collected, and what is seen has its facts."""
    page.wait_for_function("() => document.querySelector('[data-collecting]').hidden", timeout=120_000)
    until_told(page)


def until_told(page):
    page.wait_for_function(SEEN_TOLD, timeout=20_000)


#: Whether every tile in sight tells its facts.
SEEN_TOLD = """() => {
  const box = document.getElementById('grid').getBoundingClientRect();
  const seen = [...document.querySelectorAll('.grid-tile:not([hidden])')].filter((tile) => {
    const place = tile.getBoundingClientRect();
    return place.bottom > box.top + 1 && place.top < box.bottom - 1;
  });
  return seen.length > 0 && seen.every((tile) => tile.querySelector('[data-facts]').textContent || tile.textContent.includes('Nothing here'));
}"""
#: The places in sight, as whole tiles.
SEEN_PLACES = """() => {
  const box = document.getElementById('grid').getBoundingClientRect();
  return [...document.querySelectorAll('.grid-tile:not([hidden])')].filter((tile) => {
    const place = tile.getBoundingClientRect();
    return place.top >= box.top - 1 && place.bottom <= box.bottom + 1;
  }).map((tile) => Number(tile.id.slice(6))).sort((a, b) => a - b);
}"""
