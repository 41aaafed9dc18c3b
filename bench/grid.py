"""The grid of two million media in a real Chromium: how soon it is there, how soon a far place is, whether every place is reached, and what it weighs.

The media are rows under row-level security, of which one in fifty is closed to the officer who looks; server, database and browser share this
machine. Beside it, in the same browser: how much of a plain box of the same height, which is how grids are usually made, can be reached at all.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import importlib.util
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import grid_world
from grid_asked import IS_TOLD, JUMPED, SEEN

PASSWORD = "a long password"
JUMPS = 200
REACHED = 60

#: The share of a plain box of `pixels` height that a browser lets somebody scroll to.
PLAIN = """(pixels) => {
  const [box, tall] = [document.createElement('div'), document.createElement('div')];
  box.style.cssText = 'position:absolute;height:600px;width:50px;overflow:auto'; tall.style.height = `${pixels}px`;
  box.append(tall); document.body.append(box);
  const share = Math.min(1, box.scrollHeight / pixels);
  box.remove();
  return share;
}"""


def fill(count):
    """Two countries, their media, and the officer who looks."""
    from clew.access.actions import enlist_officer, found_organisation, set_up_unit
    from clew.catalogue.actions import Grounds
    from clew.intake.actions import open_submission
    from clew.vault.opened import vault

    grounds = Grounds(purpose="benchmark", confidentiality="restricted", sharing="nobody")
    officers, submissions = [], []
    for key in ("no", "pt"):
        bureau = found_organisation(key=key, name=key, kind="bureau", country=key.upper(), state="active")
        unit = set_up_unit(
            bureau,
            name="Unit",
            contact_email=f"desk@{key}.example",
            contact_phone="+00 1",
            purpose_default="victim-identification",
            legal_basis_default="Act 1",
        )
        officers.append(
            enlist_officer(
                unit,
                username=key,
                name=key,
                roles=("specialist",),
                password=PASSWORD,
                certified_until=dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1),
            )
        )
        submissions.append(
            open_submission(officers[-1], case_reference="C-1", legal_basis="Act 1", grounds=grounds, door="bench")
        )
    blobs = vault().seal_many(grid_world.rooms(), namespace="thumbnails")
    grid_world.fill(count, *submissions, [blob.address for blob in blobs])
    return officers[0]


@contextlib.contextmanager
def served():
    """`clew serve` for this installation."""
    import httpx

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "clew", "serve", "--port", str(port)], env=os.environ.copy(), stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{address}/health", trust_env=False).is_success:
                    break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def chromium_page(address):
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as playwright:
        unboxed = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-gpu", "--no-first-run", *unboxed]
        )
        yield browser.new_context(viewport={"width": 1280, "height": 800}, base_url=address).new_page()
        browser.close()


def sign_in(page, officer):
    from clew.access.second_factor import current_one_time_code, set_up_one_time_code

    set_up_one_time_code(officer)
    page.goto("/")
    page.fill("input[name=login]", officer.username)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/**")
    page.fill("input[name=code]", current_one_time_code(officer))
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/")


def first_look(page):
    """Milliseconds to the first paint of a new search, to the facts of all tiles in sight, and seconds until all is collected."""
    begun = time.perf_counter()
    page.goto("/review/grid/")
    page.wait_for_function(IS_TOLD)
    told = time.perf_counter() - begun
    # Both were passed on the way of one press: the search and the page to which it leads.
    painted = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.wait_for_function("() => document.querySelector('[data-collecting]').hidden", timeout=600_000)
    return {
        "first_paint_ms": round(painted),
        "first_tiles_ms": round(1000 * told),
        "all_collected_s": round(time.perf_counter() - begun, 1),
    }


def jumps(page, count, chance):
    """Milliseconds of far jumps, by number and by the scroll bar in turns."""
    top = page.evaluate("() => document.getElementById('grid').scrollHeight")
    times = {"number": [], "scroll bar": []}
    for _ in range(JUMPS // 2):
        times["number"].append(page.evaluate(JUMPED, ["number", chance.randint(1, count)]))
        times["scroll bar"].append(page.evaluate(JUMPED, ["bar", chance.randint(0, top)]))
    return {
        way: {
            "median_ms": round(statistics.median(taken), 1),
            "nine_in_ten_ms": round(statistics.quantiles(taken, n=10)[-1], 1),
            "longest_ms": round(max(taken), 1),
        }
        for way, taken in times.items()
    }


def reached(page, ids, chance):
    """The share of some places, the first and the last among them, at which the right media stands."""
    numbers = [1, len(ids), *(chance.randint(1, len(ids)) for _ in range(REACHED))]
    right = 0
    for number in numbers:
        page.evaluate(JUMPED, ["number", number])
        seen = page.evaluate(SEEN)
        right += number - 1 in dict(seen) and all(ids[place] == media for place, media in seen)
    return right / len(numbers)


def weight(page):
    """Elements of the page, tiles of it, and megabytes of its heap when its rubbish has gone."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    told = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return {
        "elements": page.evaluate("() => document.querySelectorAll('*').length"),
        "tiles": page.evaluate("() => document.querySelectorAll('.grid-tile').length"),
        "heap_mb": round(told["JSHeapUsedSize"] / 1e6, 2),
    }


def measure(count):
    officer = fill(count)
    ids = [f"{n:012x}70008000000100000000" for n in range(count, 0, -1) if n % 50 != 7]
    ids = [f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in ids]
    chance = random.Random(6)
    with served() as address, chromium_page(address) as page:
        sign_in(page, officer)
        figures = {"media": count, "seen": len(ids), **first_look(page)}
        before = weight(page)
        figures["jumps"] = jumps(page, len(ids), chance)
        figures["weight_before"], figures["weight_after_jumps"] = before, weight(page)
        figures["places_reached"] = reached(page, ids, chance)
        rows = int(page.get_attribute("#grid", "aria-rowcount"))
        row_pixels = page.evaluate("() => document.querySelector('.grid-row').getBoundingClientRect().height + 10")
        figures["plain_box_reached"] = round(page.evaluate(PLAIN, rows * row_pixels), 3)
    return figures


def main():
    if importlib.util.find_spec("playwright") is None:
        sys.exit("This needs a browser: bin/set-up develop, then bin/install-for-tests.")
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="50,000 media instead of two million, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    home = Path(tempfile.mkdtemp(prefix="clew-bench-"))
    home.chmod(0o711)
    for name in [name for name in os.environ if name.startswith("CLEW_")]:
        del os.environ[name]
    os.environ["CLEW_HOME"] = str(home / "home")
    from clew.site.installation import installation

    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        stack.enter_context(installation(is_starting=True))
        figures = measure(50_000 if asked.quick else 2_000_000)
    if not asked.json:
        print(json.dumps(figures, indent=1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
