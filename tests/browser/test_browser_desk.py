"""The desk in a real browser: by keys alone, by two officers at once, undone, offline, and killed."""

import shutil

import pytest

from tests.browser.desk_hand import at_desk, colleague, many_stacks, press, said, signed_in, standing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]


@pytest.fixture
def opened(chromium, server, world):
    """`opened(key)`: a page of a browser of its own, in which that officer is signed in."""
    contexts = []

    def make(key="NO", **how):
        contexts.append(chromium.new_context(base_url=server, **{"viewport": {"width": 1280, "height": 800}, **how}))
        return signed_in(contexts[-1], world, server, key)

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize("count", [40, pytest.param(200, marks=pytest.mark.long)])
def test_a_seizure_is_decided_by_keys_alone(page, server, world, count):
    stacks = many_stacks(world, count)
    page = signed_in(page.context, world, server)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/review/desk/")
    expected, codes = {}, {"1": "A", "2": "B", "3": "C"}
    for at, (stack, (medoid, near)) in enumerate(stacks):
        assert page.get_attribute("#desk", "data-stack") == stack
        digit, whole = str(1 + at % 3), at % 2 == 0
        assert page.evaluate("() => document.activeElement.matches('[data-focus]')")
        press(page, f"Alt+{digit}" if whole else digit)
        expected[medoid] = (codes[digit], "decided")
        if whole:
            expected[near] = (codes[digit], "accepted")
    page.wait_for_selector("h1:has-text('Nothing is left')")
    assert said(world) == expected
    # Nobody looked, so nothing was shown.
    assert not any("/reveal/" in address for address in asked)


def test_tab_goes_through_the_desk_and_out_of_it(page, server, world):
    many_stacks(world, 2)
    page = signed_in(page.context, world, server)
    at_desk(page)
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => {
              const at = document.activeElement, was = at.dataset.wasHere;
              if (at !== document.body) at.dataset.wasHere = "yes";
              return [at.outerHTML.slice(0, 200), was === "yes"];
            }"""
        )
        if told[1]:
            break
        seen.append(told[0])
    # Round once: through the rest of the page, out of it, and in again at its head.
    assert told[1]
    for part in ("data-code=", 'class="picture"', 'class="skip"', "data-act=", "data-keys-open"):
        assert any(part in one for one in seen), part


def test_space_shows_one_picture_a_step_at_a_time_and_escape_hides_all(page, server, world):
    many_stacks(world, 2)
    page = signed_in(page.context, world, server)
    at_desk(page)
    states = "() => [...document.querySelectorAll('[data-tile] .picture')].map((picture) => picture.dataset.state)"
    # Unasked there is an outline, which shows nobody, and nothing more.
    page.wait_for_selector("[data-tile] .picture[data-state=outline] >> nth=1")
    assert page.evaluate(states) == ["outline", "outline"]
    page.keyboard.press("Space")
    page.wait_for_selector(".desk-medoid .picture[data-state=reduced]")
    assert page.evaluate(states) == ["reduced", "outline"]
    page.keyboard.press("Escape")
    assert page.evaluate(states) == ["hidden", "hidden"]
    assert page.locator(".picture img").count() == 0
    page.keyboard.press("Space")
    page.wait_for_selector(".desk-medoid .picture img")
    press(page, "1")
    assert set(page.evaluate(states)) <= {"hidden", "outline"}


def test_where_others_decided_not_even_an_outline_is_asked_for(page, server, world, pictures, jpeg):
    from clew.access.scope import acting_as
    from clew.review.models import Stack
    from clew.review.stacks import decide_stack
    from clew.review.tasks import stack_finished

    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    world.submit("NO", {"a.jpg": jpeg(pictures(1)), "b.jpg": jpeg(pictures(2))})
    stack_finished(0)
    portugal = world.officer("PT")
    with acting_as(portugal):
        theirs = Stack.objects.get(owner_organisation=portugal.organisation_id)
    decide_stack(portugal, theirs.id, "B", whole=True)
    own = signed_in(page.context, world, server)
    at_desk(own)
    while own.query_selector("[data-offer]") is None:
        press(own, "n")
    own.wait_for_timeout(500)
    assert own.locator(".desk-medoid .picture img").count() == 0
    press(own, "y")
    assert said(world) == {str(theirs.medoid_id): ("B", "adopted")}


def test_two_officers_at_once_never_have_the_same_stack(opened, world):
    colleague(world)
    stacks = many_stacks(world, 24)
    pages = {key: opened(key) for key in ("NO", "N2")}
    had = {key: [at_desk(one)] for key, one in pages.items()}
    assert had["NO"] != had["N2"]
    left = set(pages)
    while left:
        for key in sorted(left):
            stack = press(pages[key], "Alt+2")
            if stack is None:
                left.discard(key)
            else:
                had[key].append(stack)
    assert len(had["NO"]) + len(had["N2"]) == len({*had["NO"], *had["N2"]}) == len(stacks)
    assert min(len(one) for one in had.values()) > 8


def test_a_stack_in_a_colleagues_hands_is_not_shown(opened, world):
    colleague(world)
    many_stacks(world, 3)
    stack = at_desk(opened())
    other = opened("N2")
    other.goto(f"/review/desk/stacks/{stack}/")
    assert "A colleague has this stack in hand" in other.inner_text("#desk")
    assert other.locator(".picture").count() == 0


def test_undo_restores_exactly_and_doing_again_too(page, server, world):
    (first, (_, near)), *_ = many_stacks(world, 4)
    page = signed_in(page.context, world, server)
    at_desk(page)
    states = [standing(world)]
    # A near copy leaves the first stack, what is left is decided, and the second one as a whole.
    page.keyboard.press("ArrowRight")
    assert press(page, "t") == first
    states.append(standing(world))
    assert near not in page.inner_html(".desk-tiles")
    press(page, "1")
    states.append(standing(world))
    press(page, "Alt+2")
    states.append(standing(world))
    # What left it waits by itself, and is worth as much: it came next.
    assert said(world)[near] == ("B", "decided")
    for before in states[-2::-1]:
        press(page, "u")
        page.wait_for_selector("[data-toast]:has-text('Undone')")
        assert standing(world) == before
    assert near in page.inner_html(".desk-tiles")
    press(page, "u", on=False)
    page.wait_for_selector("[data-toast]:has-text('nothing of yours to undo')")
    for after in states[1:]:
        press(page, "Shift+U")
        page.wait_for_selector("[data-toast]:has-text('Done again')")
        found = standing(world)
        assert found[2] == after[2]
        assert sorted(one[1:] for one in found[0]) == sorted(one[1:] for one in after[0])
    # What is new ends what could be done again.
    press(page, "u")
    press(page, "3")
    press(page, "Shift+U", on=False)
    page.wait_for_selector("[data-toast]:has-text('Nothing was undone')")


def test_what_was_had_before_is_gone_back_to_and_the_stack_in_hand_stays(page, server, world):
    stacks = [stack for stack, _ in many_stacks(world, 5)]
    page = signed_in(page.context, world, server)
    at_desk(page)
    assert press(page, "1") == stacks[1]
    assert press(page, "2") == stacks[2]
    assert press(page, "p") == stacks[1]
    assert press(page, "p") == stacks[0]
    assert "back in what you had" in page.inner_text("h1")
    assert "A" in page.inner_text(".desk-facts")
    assert press(page, "n") == stacks[1]
    assert press(page, "n") == stacks[2]
    # Away and back: the same one is in hand.
    page.goto("/submissions/")
    assert at_desk(page) == stacks[2]
    # The next one without deciding: it comes again after all others.
    assert press(page, "n") == stacks[3]
    page.keyboard.press("s")
    page.wait_for_selector("[data-skip-dialog][open]")
    assert press(page, "3") == stacks[4]
    assert press(page, "1") == stacks[2]
    assert press(page, "1") == stacks[3]


def test_proposals_are_taken_with_one_key(page, server, world):
    stacks = many_stacks(world, 2, each=4)
    page = signed_in(page.context, world, server)
    at_desk(page)
    press(page, "1")
    press(page, "2")
    page.goto("/review/desk/proposals/")
    page.wait_for_selector("#desk[data-row=proposals]")
    assert page.get_attribute("#desk", "data-stack") == stacks[1][0]
    # Two are chosen, and of those alone it is taken.
    for key in ("ArrowRight", "v", "ArrowRight", "v", "a"):
        page.keyboard.press(key)
    page.wait_for_selector(f"#desk[data-stack='{stacks[0][0]}']")
    press(page, "a")
    basis = [basis for _, basis in said(world).values()]
    assert (basis.count("decided"), basis.count("accepted")) == (2, 5)


def test_a_decision_that_cannot_be_sent_stays_and_is_sent_once(page, server, world):
    (first, (medoid, _)), (second, _), *_ = many_stacks(world, 3)
    page.context.add_init_script("sessionStorage.clear")
    own = signed_in(page.context, world, server)
    at_desk(own)
    own.context.set_offline(True)
    own.keyboard.press("1")
    own.wait_for_selector("[data-unsent]:visible >> text=Kept here")
    assert own.get_attribute("#desk", "data-stack") == first
    # Nothing else is decided meanwhile.
    own.keyboard.press("2")
    own.wait_for_selector("[data-toast]:has-text('not sent yet')")
    assert said(world) == {}
    own.context.set_offline(False)
    own.keyboard.press("r")
    own.wait_for_selector(f"#desk[data-stack='{second}']")
    assert said(world) == {medoid: ("A", "decided")}
    assert own.is_hidden("[data-unsent]")


def test_an_answer_that_was_lost_does_not_decide_twice(page, server, world):
    from clew.review.models import Decision

    (_, (medoid, _)), (second, _), *_ = many_stacks(world, 3)
    own = signed_in(page.context, world, server)
    at_desk(own)

    def lose(route):
        # The server does it, and nobody hears of it.
        route.fetch()
        route.abort()

    own.route("**/decide/", lose, times=1)
    own.keyboard.press("1")
    own.wait_for_selector(f"#desk[data-stack='{second}']", timeout=15_000)
    assert said(world) == {medoid: ("A", "decided")}
    assert Decision.objects.using("service").count() == 1


def test_a_killed_browser_loses_no_decision_and_has_its_stack_back(server, world, chromium, tmp_path):
    import os
    import signal
    import subprocess

    stacks = many_stacks(world, 6)
    flags = ["--no-first-run", "--disable-gpu", *(["--no-sandbox"] if os.getuid() == 0 else [])]
    playwright = chromium.browser_type
    killed = playwright.launch(executable_path=shutil.which("chromium"), args=[*flags, f"--crash-dumps-dir={tmp_path}"])
    page = signed_in(killed.new_context(base_url=server), world, server)
    at_desk(page)
    for digit in "123":
        held = press(page, digit)
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in listed:
        if f"--crash-dumps-dir={tmp_path}" in line and "--type=" not in line:
            os.kill(int(line.split()[0]), signal.SIGKILL)
    expected = {stacks[at][1][0]: (code, "decided") for at, code in enumerate("ABC")}
    assert said(world) == expected
    again = chromium.new_context(base_url=server)
    assert at_desk(signed_in(again, world, server)) == held == stacks[3][0]
    again.close()


def test_keys_are_changed_by_pressing_them_and_the_list_shows_those_of_the_page(page, server, world):
    stacks = many_stacks(world, 3)
    own = signed_in(page.context, world, server)
    own.goto("/review/keys/")
    own.focus("[name='desk.next']")
    own.keyboard.press("p")
    assert "would do two things" in own.inner_text("[data-taken]")
    own.keyboard.press("Shift+M")
    assert own.input_value("[name='desk.next']") == "shift+m"
    assert own.is_hidden("[data-taken]")
    own.click("text=Keep these keys")
    own.wait_for_url("**/review/keys/")
    assert at_desk(own) == stacks[0][0]
    assert "Shift M" in own.inner_text(".desk-ways")
    own.keyboard.press("?")
    listed = own.inner_text("[data-keys-here]")
    assert "Shift M" in listed
    assert "Next file" not in listed
    assert "Prohibited, not photographic" in listed
    own.keyboard.press("Escape")
    press(own, "n", on=False)
    assert press(own, "Shift+M") == stacks[1][0]


def test_with_the_left_hand_alone_and_with_letters_off(page, server, world):
    stacks = many_stacks(world, 4)
    own = signed_in(page.context, world, server)
    own.goto("/review/keys/")
    own.click("text=Left hand alone")
    own.wait_for_url("**/review/keys/")
    at_desk(own)
    assert press(own, "1") == stacks[1][0]
    assert press(own, "z") == stacks[0][0]
    assert press(own, "Alt+1") == stacks[1][0]
    own.keyboard.press("Shift+C")
    own.uncheck("#keys [data-keys-on]")
    own.keyboard.press("Escape")
    own.keyboard.press("2")
    own.keyboard.press("f")
    own.wait_for_timeout(300)
    assert own.get_attribute("#desk", "data-stack") == stacks[1][0]
    # What is pressed with Alt is meant, and buttons are there for all.
    assert press(own, "Alt+2") == stacks[2][0]
    own.focus("[data-code=A]")
    assert press(own, "Enter") == stacks[3][0]


def test_in_a_page_from_right_to_left_the_next_picture_lies_to_the_left(page, server, world):
    many_stacks(world, 1, each=3)
    own = signed_in(page.context, world, server)
    at_desk(own)
    at = "() => [...document.querySelectorAll('[data-tile]')].indexOf(document.activeElement.closest('[data-tile]'))"
    own.keyboard.press("ArrowRight")
    assert own.evaluate(at) == 1
    own.evaluate("() => { document.documentElement.dir = 'rtl' }")
    own.keyboard.press("ArrowLeft")
    assert own.evaluate(at) == 2
    own.keyboard.press("ArrowRight")
    assert own.evaluate(at) == 1


def test_several_schemes_get_their_word_one_after_the_other(page, server, world):
    from clew.review.models import DeskSchemes, Statement

    stacks = many_stacks(world, 2)
    officer = world.officer("NO")
    DeskSchemes.objects.using("service").create(
        owner_organisation_id=officer.organisation_id, schemes=["uk/2014", "baseline/1"], chosen_by=officer
    )
    own = signed_in(page.context, world, server)
    at_desk(own)
    own.check("[data-stay]")
    own.focus("[data-tiles]")
    assert press(own, "1") == stacks[0][0]
    assert own.get_attribute("#desk", "data-scheme") == "baseline/1"
    assert press(own, "1") == stacks[1][0]
    assert own.get_attribute("#desk", "data-scheme") == "uk/2014"
    assert set(Statement.objects.using("service").values_list("scheme", flat=True)) == {"uk", "baseline"}


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_cut_off_at_any_width_and_what_was_done_is_said_aloud(page, server, world, width):
    many_stacks(world, 2, each=9)
    own = signed_in(page.context, world, server)
    own.set_viewport_size({"width": width, "height": 800})
    at_desk(own)
    assert own.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    press(own, "1")
    own.wait_for_selector("[role=status] [data-toast]:has-text('Decided: A, 1 picture. 8 near copies are proposed')")
    assert own.evaluate("() => document.activeElement.matches('[data-focus]')")


def test_a_session_that_ended_meanwhile_loses_no_decision(opened, server, world):
    stacks = many_stacks(world, 3)
    own = opened()
    at_desk(own)
    own.context.clear_cookies()
    own.keyboard.press("2")
    own.wait_for_selector("[data-unsent]:visible >> text=Signed out")
    assert said(world) == {}
    # Signed in again in another tab, with a new form token; it is sent by itself.
    signed_in(own.context, world, server).close()
    own.wait_for_selector(f"#desk[data-stack='{stacks[1][0]}']", timeout=30_000)
    assert said(world) == {stacks[0][1][0]: ("B", "decided")}


def test_the_break_key_is_one_of_the_table_and_the_stack_waits(opened, world):
    from clew.review.hotkeys import change_keys

    stacks = many_stacks(world, 2)
    change_keys(world.officer("NO"), {"everywhere.break": "m"})
    own = opened()
    at_desk(own)
    own.keyboard.press("Space")
    own.wait_for_selector(".desk-medoid .picture img")
    own.keyboard.press("x")
    assert own.locator(".picture img").count() > 0
    own.keyboard.press("m")
    own.wait_for_url("**/review/break/")
    assert said(world) == {}
    own.locator("main form button").first.click()
    assert at_desk(own) == stacks[0][0]
