"""A hand on the grid: a world of many media, and what a browser is asked about it."""

import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

from grid_asked import IS_TOLD, JUMPED, SEEN
from grid_world import fill, rooms

__all__ = ["IS_TOLD", "JUMPED", "SEEN", "many_media", "numbers_of", "sign_in", "until_ready", "until_told"]
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
    from clew.vault.opened import vault

    ours, theirs = world.submit("NO", {}, reference="N-1"), world.submit("PT", {}, reference="P-1")
    blobs = vault().seal_many(rooms(), namespace="thumbnails")
    fill(count, ours, theirs, [blob.address for blob in blobs])
    return [_media_id(n) for n in range(count, 0, -1) if n % 50 != 7]


def _media_id(n):
    return str(uuid.UUID(f"{n:012x}70008000000100000000"))


def until_ready(page):
    """Everything is collected, and what is seen has its facts."""
    page.wait_for_function("() => document.querySelector('[data-collecting]').hidden", timeout=600_000)
    until_told(page)


def until_told(page):
    page.wait_for_function(IS_TOLD, timeout=20_000)


def numbers_of(page):
    """How much there is of the page: elements, tiles, columns, and bytes of its heap after its rubbish has gone."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    told = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return {
        "elements": page.evaluate("() => document.querySelectorAll('*').length"),
        "tiles": page.evaluate("() => document.querySelectorAll('.grid-tile').length"),
        "columns": int(page.get_attribute("#grid", "aria-colcount")),
        "heap_bytes": told["JSHeapUsedSize"],
    }
