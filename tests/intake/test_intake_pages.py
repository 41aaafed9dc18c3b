"""Pages of intake: what an officer sees of their submissions, and what they are told when it cannot be done."""

import uuid

import pytest

NEW = {
    "case_reference": "NO-5",
    "purpose": "victim identification",
    "legal_basis": "Act 1",
    "confidentiality": "restricted",
    "sharing": "nobody",
    "outside": "contact",
}


@pytest.fixture
def met(world, pictures, jpeg):
    """Norway met something of Portugal's that is in a series, something that resembles it, a new file and a bad one."""
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media

    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    owner = world.officer("PT")
    with acting_as(owner):
        series = create_series(owner, "Blue sofa", world.grounds(sharing="members"), victim_identified=True)
        state_membership(owner, series, [Media.objects.get().id], basis="seen")
    files = {
        "same.jpg": jpeg(pictures(1)),
        "near.jpg": jpeg(pictures(1)[:, ::-1].copy()),
        "new.jpg": jpeg(pictures(2)),
        "<b>.jpg": b"",
    }
    return world.submit("NO", files)


def test_submissions_are_listed_with_their_counts(world, met):
    page = world.client("NO").get("/submissions/").content.decode()
    assert "C-1" in page
    assert "4 of 4" in page
    assert "4 of 4" not in world.client("PT").get("/submissions/").content.decode()


def test_a_submission_is_grouped_by_verdict_and_series_with_every_picture_hidden(world, met):
    page = world.client("NO").get(f"/submissions/{met.id}/").content.decode()
    for words in (
        "Blue sofa",
        "victim identified, offender not identified",
        "same.jpg",
        "near-duplicate",
        "no match",
        "empty file",
    ):
        assert words in page
    assert "&lt;b&gt;.jpg" in page
    assert page.count('data-state="hidden"') == 3
    assert "<img" not in page.split("<main", 1)[1]


@pytest.mark.parametrize(
    ("show", "present", "absent"),
    [
        ("known", "same.jpg", "near.jpg"),
        ("new", "new.jpg", "same.jpg"),
        ("waiting", "Nothing waits", "same.jpg"),
        ("nonsense", "same.jpg", "Nothing waits"),
    ],
)
def test_a_tab_shows_its_verdict_alone(world, met, show, present, absent):
    page = world.client("NO").get(f"/submissions/{met.id}/?show={show}").content.decode()
    assert present in page
    assert absent not in page


def test_a_verdict_explains_its_match(world, met):
    verdict = world.verdicts(met)["near.jpg"]
    page = world.client("NO").get(f"/verdicts/{verdict.file_id}/").content.decode()
    for words in (
        "Blue sofa",
        "desk@pt.example",
        "Mirrored left to right.",
        "31 is the limit",
        "this file 100, held file 100",
        "320 \N{MULTIPLICATION SIGN} 240 pixels",
    ):
        assert words in page, words


def test_a_match_the_owner_does_not_open_says_whom_to_call_and_no_more(world, pictures, jpeg):
    world.submit("PT", {"secret-name.jpg": jpeg(pictures(1))}, sharing="nobody", outside="contact")
    met = world.submit("NO", {"same.jpg": jpeg(pictures(1))})
    page = world.client("NO").get(f"/verdicts/{world.verdicts(met)['same.jpg'].file_id}/").content.decode()
    assert "Another unit holds something like this" in page
    assert "desk@pt.example" in page
    assert "secret-name" not in page


def test_a_new_submission_is_opened_with_its_grounds(world):
    from clew.catalogue.models import Submission

    answer = world.client("NO").post("/submissions/new/", NEW)
    submission = Submission.objects.using("service").get()
    assert answer["Location"] == f"/submissions/{submission.id}/"
    assert (submission.case.reference, submission.legal_basis, submission.door) == ("NO-5", "Act 1", "web")


@pytest.mark.parametrize(
    "wrong",
    [
        {"case_reference": " "},
        {"legal_basis": ""},
        {"sharing": "listed"},
        {"sharing": "everybody"},
        {"audience_organisations": [str(uuid.uuid4())], "sharing": "listed"},
    ],
)
def test_a_submission_without_its_grounds_is_not_opened(world, wrong):
    from clew.catalogue.models import Submission

    answer = world.client("NO").post("/submissions/new/", {**NEW, **wrong})
    assert answer.status_code == 422
    assert "Nothing was stored yet" in answer.content.decode()
    assert not Submission.objects.using("service").exists()


def test_a_provider_cannot_be_shared_with(world):
    page = world.client("NO").get("/submissions/new/").content.decode()
    assert "Bureau PT" in page
    assert "Bureau HL" not in page
    answer = world.client("NO").post(
        "/submissions/new/", {**NEW, "sharing": "listed", "audience_organisations": [str(world.organisations["HL"].id)]}
    )
    assert answer.status_code == 422


def test_files_are_received_as_frames_and_a_closed_submission_takes_none(world, pictures, jpeg):
    import json

    submission = world.submit("NO", {}, close=False)
    content = jpeg(pictures(1, 160, 120))
    heading = json.dumps({"key": "k", "path": "a.jpg", "size_bytes": len(content)}).encode()
    body = len(heading).to_bytes(4, "big") + heading + content
    client = world.client("NO")

    def send(frames):
        return client.post(f"/submissions/{submission.id}/files/", frames, content_type="application/octet-stream")

    assert send(body).json() == {"received": 1}
    assert client.get(f"/submissions/{submission.id}/files/").json() == {"keys": ["k"]}
    assert send(body[:-3]).status_code == 400
    assert client.post(f"/submissions/{submission.id}/close/").status_code == 302
    assert send(body).status_code == 422
    world.decide(submission)
    told = client.get(f"/submissions/{submission.id}/progress/").json()
    assert (told["state"], told["received"], told["counts"]["new"]) == ("finished", 1, 1)


def test_a_national_administrator_reads_verdicts_without_pictures(world, met):
    world.found("AD", roles=("national_administrator",))
    officer = world.officer("AD")
    from clew.access.models import Officer

    Officer.objects.using("service").filter(id=officer.id).update(unit=world.units["NO"])
    officer.refresh_from_db(using="service")
    client = world.client("AD")
    page = client.get(f"/submissions/{met.id}/").content.decode()
    assert "same.jpg" in page
    assert "Your role shows no pictures" in page
    assert "data-reveal" not in page
