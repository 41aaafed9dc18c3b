"""Keys: one table for all pages, changed by each officer for themselves, and never two meanings for one key."""

import pytest


def test_every_key_as_it_came_and_for_the_left_hand_does_one_thing():
    from clew.review.hotkeys import as_they_came, for_the_left_hand, refuse_keys

    refuse_keys(as_they_came())
    refuse_keys(for_the_left_hand())
    left = {one.key.removeprefix("shift+") for one in for_the_left_hand()}
    assert left <= {*"qwertasdfgzxcvb", "space", "escape"}


def test_an_officer_changes_keys_and_nobody_else_has_them(world):
    from clew.review.hotkeys import as_they_came, change_keys, keys_of

    officer, other = world.officer("NO"), world.officer("PT")
    change_keys(officer, {"desk.next": "m", "no.such": "q"})
    assert {one.name: one.key for one in keys_of(officer)}["desk.next"] == "m"
    assert keys_of(other) == as_they_came()
    # What is not named comes back to what it was.
    change_keys(officer, {"desk.undo": "backspace"})
    assert {one.name: one.key for one in keys_of(officer)}["desk.next"] == "n"


@pytest.mark.parametrize(
    ("keys", "refusal"),
    [
        ({"desk.next": "p"}, "KeyTaken"),
        ({"desk.next": "x"}, "KeyTaken"),
        ({"desk.next": "3"}, "KeyRefused"),
        ({"desk.next": "tab"}, "KeyRefused"),
        ({"desk.next": ""}, "KeyRefused"),
        ({"desk.next": "ctrl+n"}, "KeyRefused"),
        ({"everywhere.break": "u"}, "KeyTaken"),
    ],
)
def test_a_key_that_cannot_be_is_refused_and_nothing_is_changed(world, keys, refusal):
    from clew.kernel.errors import ClewError
    from clew.review.hotkeys import as_they_came, change_keys, keys_of

    officer = world.officer("NO")
    with pytest.raises(ClewError) as told:
        change_keys(officer, keys)
    assert told.value.code == refusal
    assert keys_of(officer) == as_they_came()


def test_one_key_may_do_different_things_on_different_pages(world):
    from clew.review.hotkeys import change_keys, keys_of

    change_keys(world.officer("NO"), {"desk.next": "m", "grid.forward": "m"})
    assert [one.place for one in keys_of(world.officer("NO")) if one.key == "m"] == ["desk", "grid"]


def test_the_page_takes_keys_and_sets_and_is_not_for_everybody(world):
    client = world.client("NO")
    page = client.get("/review/keys/").content.decode()
    assert 'name="desk.next" value="n"' in page
    assert client.post("/review/keys/change/", {"set": "left"}).status_code == 302
    page = client.get("/review/keys/").content.decode()
    assert 'name="desk.next" value="f"' in page
    # Every page carries the table.
    assert "[&quot;next&quot;,&quot;f&quot;" in client.get("/submissions/").content.decode()
    refused = client.post("/review/keys/change/", {"desk.next": "p"}, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]) == (409, "KeyTaken")
    assert world.client("HL").get("/review/keys/").status_code == 403
