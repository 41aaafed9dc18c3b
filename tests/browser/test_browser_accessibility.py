"""Every page, with something on it, through axe-core: no serious fault, by day and by night, wide and narrow.

What a machine finds is about half of what there is (WCAG 2.2 needs eyes and ears for the rest): it is where it begins.
"""

import shutil

import pytest

from tests.browser.lived_in import LivedIn

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]
#: Rules of WCAG 2.0 to 2.2 at A and AA, and axe's own good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = {"serious", "critical"}
#: Who is asked to open a page, in this order: the first whose permissions reach.
KEYS = ("NO", "NA", "AU", "CO", "DP", "HL")
#: Addresses that answer with something other than a page of their own.
NO_PAGES = {
    "one_time_code_picture": "a picture",
    "register": "a table",
    "entries_export": "a table",
    "home": "sends on",
}
#: Pages with a form that answers GET with the page to fill in are opened; these answer to POST alone, as their status says.
WRONG_METHOD = 405


@pytest.fixture
def lived_in(world, pictures, jpeg):
    return LivedIn(world, pictures, jpeg)


@pytest.fixture
def opened(chromium, server, world):
    """`opened(key, **how)`: a page of a browser in which that officer is signed in, or nobody."""
    from django.conf import settings

    contexts = []

    def make(key=None, **how):
        context = chromium.new_context(base_url=server, **{"viewport": {"width": 1280, "height": 800}, **how})
        contexts.append(context)
        if key is not None:
            cookie = world.confirmed(key).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": server}])
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def _pages():
    from clew.site.doors_table import _patterns
    from clew.site.urls import urlpatterns

    for address, pattern in _patterns(urlpatterns, "/"):
        permission = getattr(pattern.callback, "permission", None)
        if permission is not None and pattern.name not in NO_PAGES:
            yield address, permission


def _faults(page):
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        (one["id"], node["target"], node["failureSummary"].splitlines()[1:3])
        for one in found
        for node in one["nodes"]
        if one["impact"] in SERIOUS
    ]


def test_what_is_wrong_is_found(opened, world):
    """What finds nothing anywhere would prove nothing."""
    page = opened("NO")
    page.goto("/submissions/")
    page.evaluate(
        """() => document.querySelector("main").insertAdjacentHTML("beforeend", '<p><input><img src=""><a href="/" style="color:#eee"></a></p>')"""
    )
    assert {rule for rule, _, _ in _faults(page)} >= {"label", "image-alt", "link-name"}


def _opened_pages(lived_in, opened, world, **how):
    """Each page as somebody sees it who may: (address, page)."""
    browsers, unreachable = {}, []
    for pattern, permission in _pages():
        key = next((key for key in KEYS if permission in world.officer(key).permissions), None)
        try:
            address = lived_in.address(pattern)
        except KeyError:
            unreachable.append(pattern)
            continue
        if key not in browsers:
            browsers[key] = opened(key, **how)
        page = browsers[key]
        answer = page.request.get(address, max_redirects=0)
        if answer.status == WRONG_METHOD or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if answer.status in {301, 302}:
            continue
        page.goto(address)
        yield address, answer.status, page
    # Nothing but doors that act on what these pages show.
    left = [pattern for pattern in unreachable if not _answers_to_post_alone(pattern, world)]
    assert left == [], "no world for these pages: add what they show to LivedIn"


def _answers_to_post_alone(pattern, world):
    import re
    import uuid

    address = re.sub(r"<uuid:\w+>", str(uuid.uuid4()), pattern).replace("<slug:kind>", "series")
    return all(world.client(key).get(address).status_code in {403, WRONG_METHOD} for key in KEYS)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "how",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
    ],
    ids=["wide, by day", "narrow, by night"],
)
def test_axe_finds_no_serious_fault_on_any_page(lived_in, opened, world, how):
    faults, number, refused = {}, 0, []
    for address, status, page in _opened_pages(lived_in, opened, world, **how):
        number += 1
        if status != 200:
            refused.append((address, status))
        if found := _faults(page):
            faults[address] = found
    assert (faults, refused) == ({}, [])
    assert number > 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_before_and_around_sign_in(opened, world, scheme):
    stranger, officer = opened(color_scheme=scheme), opened("NO", color_scheme=scheme)
    faults = {}
    for page, addresses in (
        (stranger, ["/accounts/login/"]),
        (
            officer,
            [
                "/accounts/2fa/",
                "/accounts/2fa/webauthn/add/",
                "/accounts/2fa/recovery-codes/generate/",
                "/accounts/password/change/",
                "/accounts/sessions/",
                "/accounts/logout/",
                "/no/such/page/",
                "/people/",
            ],
        ),
    ):
        for address in addresses:
            page.goto(address)
            if found := _faults(page):
                faults[address] = found
    assert faults == {}
