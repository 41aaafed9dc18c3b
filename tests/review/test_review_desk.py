"""The desk's page and its acts, with forms and with scripts: what it tells without a look, and that asking twice is asking once."""

import pytest


@pytest.fixture
def at_desk(world, stacked, copies):
    """Norway's officer at a stack of three rooms and one alone; the client, and the open stacks as they are served."""
    from clew.access.scope import acting_as
    from clew.review.leases import open_stacks

    stacked("NO", {**copies(1, "half", "png"), **copies(2)})
    officer = world.officer("NO")
    with acting_as(officer):
        return world.client("NO"), list(open_stacks(officer))


JSON = {"Accept": "application/json"}


def _address(stack, act=""):
    return f"/review/desk/stacks/{stack.id}/{act}"


def test_the_desk_tells_what_is_known_and_shows_nothing(at_desk, world):
    client, stacks = at_desk
    page = client.get("/review/desk/").content.decode()
    whole = next(stack for stack in stacks if stack.size == 3)
    page = client.get(_address(whole)).content.decode()
    assert "Stack of 3" in page
    assert "3 times in 1 submission" in page
    assert "No victim in it is identified" in page
    assert page.count('data-state="hidden"') == 3
    assert "<img" not in page.split("<main")[1]
    # The others have an address, and nothing behind it.
    assert world.client("PT").get(_address(whole)).status_code == 404
    assert world.client("HL").get("/review/desk/").status_code == 403


def test_a_form_decides_and_leads_to_the_next_stack_and_back(at_desk, world, desk):
    client, _ = at_desk
    first = client.get("/review/desk/").context_data["told"].stack
    answer = client.post(_address(first, "decide/"), {"code": "A", "scheme": "uk/2014"}, follow=True)
    assert "Decided: " in answer.content.decode()
    second = answer.context_data["told"].stack
    assert second.id != first.id
    last = answer.context_data["last"].act
    answer = client.post("/review/desk/undo/", {"kind": last.kind, "act": str(last.id)}, follow=True)
    assert answer.context_data["told"].stack.id == first.id
    assert desk.said(world.officer("NO")) == {}


def test_what_was_said_twice_is_one_act(at_desk, world, desk):
    from clew.review.models import Decision

    client, stacks = at_desk
    whole = next(stack for stack in stacks if stack.size == 3)
    for _ in range(2):
        assert client.post(_address(whole, "decide/"), {"code": "A"}, headers=JSON).status_code == 200
    assert Decision.objects.using("service").count() == 1
    # Said of the whole now: the near copies come with it, in an act of their own, once.
    for _ in range(2):
        assert client.post(_address(whole, "decide/"), {"code": "A", "whole": "yes"}, headers=JSON).status_code == 200
    assert Decision.objects.using("service").count() == 2
    assert sorted(basis for _, basis in desk.said(world.officer("NO")).values()) == ["accepted", "accepted", "decided"]
    client.post(_address(whole, "decide/"), {"code": "B", "whole": "yes"}, headers=JSON)
    assert {code for code, _ in desk.said(world.officer("NO")).values()} == {"B"}


def test_one_near_copy_is_decided_by_itself(at_desk, world, desk):
    client, stacks = at_desk
    whole = next(stack for stack in stacks if stack.size == 3)
    officer = world.officer("NO")
    (near, *_) = [one for one in _members(officer, whole) if one.media_id != whole.medoid_id]
    client.post(_address(whole, "decide/"), {"code": "C", "media": str(near.media_id)}, headers=JSON)
    assert list(desk.said(officer).values()) == [("C", "decided")]
    assert client.get(_address(whole)).context_data["told"].is_decided is False
    alone = next(stack for stack in stacks if stack.size == 1)
    foreign = client.post(_address(alone, "decide/"), {"code": "C", "media": str(near.media_id)}, headers=JSON)
    assert foreign.status_code == 404
    assert client.post(_address(whole, "decide/"), {"code": "C", "media": "x"}, headers=JSON).status_code == 422


def test_a_move_asked_for_twice_is_one_and_is_undone_and_done_again_in_its_place(at_desk, world, desk):
    client, stacks = at_desk
    whole = next(stack for stack in stacks if stack.size == 3)
    officer = world.officer("NO")
    before = desk.state(officer)
    near = [one.media_id for one in _members(officer, whole) if one.media_id != whole.medoid_id]
    for _ in range(2):
        assert client.post(_address(whole, "out/"), {"media": str(near[0])}, headers=JSON).status_code == 200
    client.post(_address(whole, "decide/"), {"code": "A"}, headers=JSON)
    undone = [client.post("/review/desk/undo/", headers=JSON).json() for _ in range(2)]
    assert [one["words"].split(":")[0] for one in undone] == ["Undone", "Undone"]
    assert desk.state(officer)[1:] == before[1:]
    nothing = client.post("/review/desk/undo/", headers=JSON)
    assert (nothing.status_code, nothing.json()["error"]) == (409, "NothingToUndo")
    for one in reversed(undone):
        kind, act = one["act"].split()
        assert client.post("/review/desk/redo/", {"kind": kind, "act": act}, headers=JSON).status_code == 200
    # The decision, which came after the move, is again the first to be undone.
    again = client.post("/review/desk/undo/", headers=JSON).json()
    assert again["act"].startswith("decision")
    # Nobody undoes what is another's.
    kind, act = undone[0]["act"].split()
    assert world.client("PT").post("/review/desk/undo/", {"kind": kind, "act": act}, headers=JSON).status_code == 404


def test_two_are_kept_apart_by_name_and_not_one_or_three(at_desk, world, desk):
    client, stacks = at_desk
    whole = next(stack for stack in stacks if stack.size == 3)
    officer = world.officer("NO")
    ids = [str(one.media_id) for one in _members(officer, whole)]
    for chosen in (ids[:1], ids):
        assert client.post(_address(whole, "apart/"), {"media": chosen}, headers=JSON).status_code == 422
    assert client.post(_address(whole, "apart/"), {"media": ids[1:]}, headers=JSON).status_code == 200
    assert sorted(len(paths) for paths in desk.stacks(officer)) == [1, 1, 2]


def test_what_is_put_off_says_why_to_colleagues_alone(at_desk, world):
    from tests.browser.desk_hand import colleague

    client, _ = at_desk
    first = client.get("/review/desk/").context_data["told"].stack
    assert client.post(_address(first, "skip/"), {"reason": "boredom"}, headers=JSON).status_code == 422
    client.post(_address(first, "skip/"), {"reason": "language"}, headers=JSON)
    assert client.get("/review/desk/").context_data["told"].stack.id != first.id
    colleague(world)
    told = world.client("N2").get(_address(first)).context_data["told"]
    assert told.put_off == ["Needs somebody who reads its language"]
    assert "no.officer" not in world.client("N2").get(_address(first)).content.decode()


def test_what_another_country_decided_is_offered_instead_of_the_picture(world, stacked, copies, desk):
    from clew.review.models import Decision
    from clew.review.stacks import decide_stack

    files = copies(1)
    stacked("PT", files, sharing="members")
    stacked("NO", files)
    portugal, norway = world.officer("PT"), world.officer("NO")
    decide_stack(portugal, desk.stack(portugal, "DCIM/1/plain.jpg").id, "B", whole=True)
    client = world.client("NO")
    answer = client.get("/review/desk/")
    (offered,) = answer.context_data["told"].offers
    page = answer.content.decode()
    assert page.index("Decided elsewhere already") < page.index('data-rendition="preview"')
    stack = answer.context_data["told"].stack
    for _ in range(2):
        form = {"statement": str(offered.offer.statement.id)}
        assert client.post(_address(stack, "adopt/"), form, headers=JSON).status_code == 200
    assert desk.said(norway) == {"DCIM/1/plain.jpg": ("B", "adopted")}
    assert Decision.objects.using("service").filter(officer=norway).count() == 1


def test_progress_counts_stacks_by_case_and_no_looks(at_desk, world):
    client, stacks = at_desk
    whole = next(stack for stack in stacks if stack.size == 3)
    client.post(_address(whole, "decide/"), {"code": "A"}, headers=JSON)
    context = client.get("/review/desk/progress/").context_data
    progress, (case,) = context["progress"], context["cases"]
    assert (progress.left, progress.decided, progress.proposals, progress.offers) == (1, 1, 2, 0)
    assert (case.case.reference, case.left, case.decided) == ("C-1", 1, 1)
    head = client.get("/review/desk/progress/?part=head").content.decode()
    assert "1 stack left" in head
    assert "2 near copies with a proposal" in head
    assert world.client("PT").get("/review/desk/progress/").context_data["progress"].stacks == 0


def test_progress_counts_what_the_policy_lets_an_officer_see_and_nothing_else(world, stacked, copies, pictures, jpeg):
    from clew.access.models import Officer
    from clew.access.scope import acting_as
    from clew.review.desk_progress import progress_by_case, progress_of
    from clew.review.leases import open_stacks
    from clew.review.stacks import decide_stack

    stacked("NO", copies(1, "half"), reference="C-1", confidentiality="confidential")
    stacked("NO", {"open.jpg": jpeg(pictures(5))}, reference="C-2")
    stacked("PT", copies(2), sharing="members")
    officer = world.officer("NO")
    with acting_as(officer):
        first = next(stack for stack in open_stacks(officer) if stack.size == 2)
    decide_stack(officer, first.id, "A", whole=False)
    for clearance, stacks, proposals, cases in (
        ("confidential", 2, 1, 2),
        ("restricted", 1, 0, 1),
        ("official", 0, 0, 0),
    ):
        Officer.objects.using("service").filter(id=officer.id).update(clearance=clearance)
        officer.refresh_from_db(using="service")
        with acting_as(officer):
            progress = progress_of(officer)
            assert progress.left == open_stacks(officer).count()
            assert (progress.stacks, progress.proposals) == (stacks, proposals)
            assert sum(one.stacks for one in progress_by_case(officer)) == cases


def test_decided_stacks_with_proposals_come_one_after_the_other(at_desk, world):
    client, stacks = at_desk
    whole = next(stack for stack in stacks if stack.size == 3)
    assert client.get("/review/desk/proposals/").headers["Location"] == "/review/desk/"
    client.post(_address(whole, "decide/"), {"code": "A"}, headers=JSON)
    address = client.get("/review/desk/proposals/").headers["Location"]
    assert address == _address(whole, "?row=proposals")
    assert client.get(f"/review/desk/proposals/?after={whole.id}").headers["Location"] == "/review/desk/"
    assert "Take all" in client.get(address).content.decode()
    client.post(_address(whole, "accept/"), headers=JSON)
    assert client.get("/review/desk/proposals/").headers["Location"] == "/review/desk/"
    refused = client.post(_address(whole, "accept/"), headers=JSON)
    assert (refused.status_code, refused.json()["error"]) == (409, "NothingProposed")


def test_digits_decide_by_the_scheme_that_the_page_names(at_desk, world):
    from clew.review.models import DeskSchemes, Statement

    client, stacks = at_desk
    officer = world.officer("NO")
    DeskSchemes.objects.using("service").create(
        owner_organisation_id=officer.organisation_id, schemes=["uk/2014", "baseline/1"], chosen_by=officer
    )
    context = client.get(_address(stacks[0], "?scheme=baseline/1")).context_data
    assert context["chosen"].key == "baseline"
    assert [scheme.key for scheme in context["schemes"]] == ["uk", "baseline"]
    code = context["chosen"].to_decide[0].code
    client.post(_address(stacks[0], "decide/"), {"code": code, "scheme": "baseline/1"}, headers=JSON)
    said = Statement.objects.using("service").get()
    assert (said.scheme, said.scheme_version, said.code) == ("baseline", "1", code)


def _members(officer, stack):
    from clew.access.scope import acting_as
    from clew.review.stacks import members_of

    with acting_as(officer):
        return members_of(officer, stack)
