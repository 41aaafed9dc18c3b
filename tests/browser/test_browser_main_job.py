"""The main job in a real browser: sign in with both factors, send a folder, see its verdicts, look at one picture, on record."""

import base64
import hmac
import re
import shutil
import struct
import threading
import time

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]
PASSWORD = "a long password for tests"


def _sign_in(page, world, key="NO"):
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


def _code_of(secret):
    """What an authenticator app would show (RFC 6238)."""
    key, counter = base64.b32decode(secret), int(time.time() // 30)
    digest = hmac.new(key, struct.pack(">Q", counter), "sha1").digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def _open_submission(page, reference):
    page.click("text=New submission")
    page.fill("input[name=case_reference]", reference)
    page.fill("input[name=legal_basis]", "Act 1")
    page.click("text=Continue to the files")
    page.wait_for_selector("[data-drop]")


@pytest.fixture
def folder(tmp_path, pictures, jpeg):
    seized = tmp_path / "seized"
    (seized / "DCIM").mkdir(parents=True)
    (seized / "DCIM" / "known.jpg").write_bytes(jpeg(pictures(1)))
    (seized / "DCIM" / "near.jpg").write_bytes(jpeg(pictures(1)[:, ::-1].copy()))
    (seized / "DCIM" / "new.jpg").write_bytes(jpeg(pictures(2)))
    (seized / "empty.jpg").write_bytes(b"")
    return seized


@pytest.fixture
def deciding(world):
    """A worker beside the browser."""
    from django.db import connections

    ended = threading.Event()

    def work():
        from clew.catalogue.models import Submission

        while not ended.wait(0.1):
            for submission in Submission.objects.using("service").exclude(state="finished"):
                world.decide(submission)
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    yield
    ended.set()
    worker.join()


def test_from_sign_in_to_one_picture_shown_and_on_record(page, world, pictures, jpeg, folder, deciding):
    from clew.catalogue.models import Submission
    from clew.ledger.models import Entry

    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    _sign_in(page, world)
    _open_submission(page, "NO-9")
    page.set_input_files("[data-input=folder]", str(folder))
    page.wait_for_selector("[data-drop]", state="detached")
    until = time.monotonic() + 30
    while (
        Submission.objects.using("service").get(case__reference="NO-9").state != "finished" and time.monotonic() < until
    ):
        time.sleep(0.1)
    page.reload()
    counts = {kind: page.inner_text(f"[data-count={kind}]") for kind in ("known", "resembles", "new", "unreadable")}
    assert counts == {"known": "1", "resembles": "1", "new": "1", "unreadable": "1"}
    assert page.inner_text("body").count("seized/DCIM/known.jpg") == 1

    assert page.query_selector(".picture img") is None
    looks = Entry.objects.using("service").filter(verb="catalogue:media:reveal")
    assert looks.count() == 0
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.wait_for_selector(".picture img")
    assert looks.count() == 1
    page.keyboard.press("Escape")
    page.wait_for_selector(".picture img", state="detached")

    page.click("text=seized/DCIM/near.jpg")
    page.wait_for_url("**/verdicts/**")
    words = page.inner_text("main")
    assert "Mirrored left to right." in words
    assert "desk@pt.example" in words
    assert page.query_selector(".picture img") is None


def test_a_folder_sent_again_after_a_lost_connection_is_not_sent_twice(page, world, folder):
    from clew.intake.models import ReceivedFile

    _sign_in(page, world)
    _open_submission(page, "NO-10")
    page.uncheck("[data-close-after]")
    for words in ("All 4 files have arrived", "4 had arrived before and were not sent again"):
        with page.expect_file_chooser() as chooser:
            page.click("[data-choose=folder]")
        chooser.value.set_files(str(folder))
        page.wait_for_function(
            "words => document.querySelector('[data-status]').textContent.includes(words)", arg=words
        )
    assert ReceivedFile.objects.using("service").count() == 4


def test_the_first_sign_in_sets_up_a_one_time_code(page, world):
    page.goto("/")
    page.fill("input[name=login]", "no.officer")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/totp/activate/")
    assert page.wait_for_selector("main img").evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    page.goto("/submissions/")
    assert page.url.endswith("/2fa/totp/activate/")
    secret = re.search(r"[A-Z2-7]{32}", page.inner_text("main").replace(" ", ""))[0]
    page.fill("input[name=code]", _code_of(secret))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "activate" not in address)
    page.goto("/submissions/")
    assert page.inner_text("h1") == "Submissions"


@pytest.mark.parametrize("width", [1280, 640])
def test_nothing_is_cut_off_at_1280_pixels_nor_at_twice_the_size(page, world, pictures, jpeg, width):
    submission = world.submit("NO", {"a/long/path/that/goes/on/and/on/picture-of-a-room.jpg": jpeg(pictures(1))})
    _sign_in(page, world)
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("/submissions/", f"/submissions/{submission.id}/", "/submissions/new/", "/series/", "/alerts/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address


def test_every_place_is_reached_by_keyboard_alone(page, world):
    _sign_in(page, world)
    reached = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"Skip to the content", "Submissions", "Series", "Alerts", "New submission"} <= reached


def test_a_part_is_drawn_over_both_pictures_before_and_after_they_are_shown(page, world, pictures, jpeg, tmp_path):
    from clew.intake.models import Verdict

    whole = pictures(3, width=640, height=480)
    world.submit("PT", {"whole.jpg": jpeg(whole)}, sharing="members")
    asked = world.submit("NO", {"part.jpg": jpeg(whole[100:400, 150:600].copy())})
    _sign_in(page, world)
    page.goto(f"/verdicts/{Verdict.objects.using('service').get(submission=asked).pk}/")
    assert page.locator("svg.regions polygon.region").count() == 2
    # Drawn while the pictures are hidden, and where they will be.
    assert page.locator(".picture img").count() == 0
    hidden = [box for box in (o.bounding_box() for o in page.locator("svg.regions .region").all()) if box]
    for button in page.locator("button.picture").all():
        button.click()
    page.wait_for_function("() => document.querySelectorAll('.picture img').length === 2")
    shown = [box for box in (o.bounding_box() for o in page.locator("svg.regions .region").all()) if box]
    assert shown == hidden
    held_region, held_frame = shown[1], page.locator("svg.regions rect.frame").nth(1).bounding_box()
    left = (held_region["x"] - held_frame["x"]) / held_frame["width"]
    top = (held_region["y"] - held_frame["y"]) / held_frame["height"]
    assert (left, top) == pytest.approx((150 / 640, 100 / 480), abs=0.05)
    page.screenshot(path=tmp_path / "part.png", full_page=True)
