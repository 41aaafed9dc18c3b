"""The API of intake: what a program with an officer's key may do, and how each refusal reads."""

import datetime as dt
import hashlib
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile


@pytest.fixture
def api(world):
    """Calls `/api/v1…` as Norway's officer unless told otherwise."""
    from django.test import Client

    from clew.access.keys import create_key

    keys = {name: create_key(world.officer(name), "test") for name in ("NO", "PT", "HL")}

    def call(method, path, body=None, *, key="NO", **options):
        secret = keys.get(key, key)
        if body is not None:
            options |= {"data": json.dumps(body), "content_type": "application/json"}
        headers = {"Authorization": f"Bearer {secret}", **options.pop("headers", {})}
        return getattr(Client(), method)(f"/api/v1{path}", headers=headers, **options)

    return call


GROUNDS = {"case_reference": "NO-7", "legal_basis": "Act 1"}


def _opened(api, **more):
    return api("post", "/submissions", {**GROUNDS, **more}).json()["id"]


def _send(api, submission_id, files, **options):
    manifest = json.dumps([{"key": path, "path": path} for path in files])
    parts = [SimpleUploadedFile(str(n), content) for n, content in enumerate(files.values())]
    return api("post", f"/submissions/{submission_id}/files", **options, data={"manifest": manifest, "files": parts})


def test_a_check_says_what_is_known_and_stores_no_file(api, world, pictures, jpeg):
    from clew.intake.models import ReceivedFile

    content = jpeg(pictures(1))
    world.submit("PT", {"a.jpg": content}, sharing="members")
    before = ReceivedFile.objects.using("service").count()
    asked = [{"path": "x", "sha256": hashlib.sha256(content).hexdigest()}, {"path": "y", "md5": "0" * 32}]
    answer = api("post", "/checks", {"fingerprints": asked})
    assert answer.status_code == 200
    assert [(found["path"], found["verdict"]) for found in answer.json()["results"]] == [("x", "known"), ("y", "new")]
    assert ReceivedFile.objects.using("service").count() == before


def test_a_submission_from_opening_to_its_verdicts(api, world, pictures, jpeg):
    content, large = jpeg(pictures(1)), jpeg(pictures(2))
    world.submit("PT", {"a.jpg": content}, sharing="members")
    id_ = _opened(api)
    assert _send(api, id_, {"a.jpg": content, "b/odd\u202ename.jpg": jpeg(pictures(3))}).json() == {"received": 2}
    names = {"X-Clew-Key": "large", "X-Clew-Path": "c%0Ad.jpg"}
    sent = api("put", f"/submissions/{id_}/file", headers=names, data=large, content_type="application/octet-stream")
    assert sent.json() == {"received": 1}
    lines = [{"key": "h", "path": "list: 1", "kind": "md5", "hash": hashlib.md5(content).hexdigest()}]
    assert api("post", f"/submissions/{id_}/hashes", lines).json() == {"received": 1}
    assert api(
        "post", f"/submissions/{id_}/refusals", [{"key": "r", "path": "locked", "reason": "no permission"}]
    ).json() == {"received": 1}
    assert set(api("get", f"/submissions/{id_}/keys").json()["keys"]) == {
        "a.jpg",
        "b/odd\u202ename.jpg",
        "large",
        "h",
        "r",
    }
    assert api("post", f"/submissions/{id_}/close").json()["state"] == "closed"
    from clew.catalogue.models import Submission

    world.decide(Submission.objects.using("service").get(id=id_))
    told = api("get", f"/submissions/{id_}").json()
    assert (told["state"], told["received"], told["decided"]) == ("finished", 5, 5)
    results = api("get", f"/submissions/{id_}/verdicts").json()
    assert {found["path"]: found["verdict"] for found in results["results"]} == {
        "a.jpg": "known",
        "b/odd\u202ename.jpg": "new",
        "c\nd.jpg": "new",
        "list: 1": "known",
        "locked": "unreadable",
    }
    assert results["next"] is None


def test_verdicts_come_in_pages_and_each_once(api, world, pictures, jpeg):
    from clew.catalogue.models import Submission

    id_ = _opened(api)
    _send(api, id_, {f"{n}.jpg": jpeg(pictures(n, 160, 120)) for n in range(5)})
    world.decide(Submission.objects.using("service").get(id=id_))
    paths, after = [], ""
    while after is not None:
        page = api("get", f"/submissions/{id_}/verdicts?limit=2" + (f"&after={after}" if after else "")).json()
        paths += [found["path"] for found in page["results"]]
        after = page["next"]
    assert sorted(paths) == [f"{n}.jpg" for n in range(5)]


def test_the_same_files_sent_again_are_received_once_and_an_unfinished_submission_is_taken_up(api, pictures, jpeg):
    id_ = _opened(api)
    for _ in range(2):
        _send(api, id_, {"a.jpg": jpeg(pictures(1, 160, 120))})
    assert api("get", f"/submissions/{id_}").json()["received"] == 1
    assert api("post", "/submissions", {**GROUNDS, "resume": True}).json() == {"id": id_, "resumed": True}
    assert api("post", "/submissions", GROUNDS).json()["id"] != id_


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("post", "/checks", {"fingerprints": [{"path": "x", "md5": "xyz"}]}, 422),
        ("post", "/checks", {"fingerprints": [{"path": "x", "md5": "00"}]}, 422),
        ("post", "/checks", {"fingerprints": [{"path": "x"}] * 1001}, 422),
        ("post", "/checks", {"fingerprints": [{"path": "x", "pdq": {"sideways": "0" * 64}}]}, 422),
        ("post", "/submissions", {"case_reference": " ", "legal_basis": "x"}, 422),
        ("post", "/submissions", {"case_reference": "x", "legal_basis": ["x"]}, 422),
        ("post", "/submissions", {**GROUNDS, "sharing": "everybody"}, 422),
        ("get", "/submissions/not-an-id", None, 404),
        ("get", "/nothing", None, 404),
    ],
)
def test_what_does_not_fit_is_refused_in_one_shape_and_never_repeated(api, method, path, body, status):
    answer = api(method, path, body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "message"}
    assert "xyz" not in answer.content.decode()


def test_a_body_that_is_no_json_is_refused(api):
    answer = api("post", "/checks", data="{", content_type="application/json")
    assert (answer.status_code, set(answer.json())) == (400, {"error", "message"})


@pytest.mark.parametrize("manifest", ["", "{", "[1]", '[{"key": "a"}]', "[]"])
def test_a_manifest_that_does_not_name_the_files_keeps_none_of_them(api, manifest):
    id_ = _opened(api)
    answer = api(
        "post", f"/submissions/{id_}/files", data={"manifest": manifest, "files": [SimpleUploadedFile("0", b"x")]}
    )
    assert answer.status_code == 422
    assert api("get", f"/submissions/{id_}").json()["received"] == 0


def _times(id_):
    from clew.intake.models import ReceivedFile

    return dict(ReceivedFile.objects.using("service").filter(submission=id_).values_list("path", "modified_at"))


def _send_dated(api, id_, stated):
    """One file with its time in the manifest, one with it in a heading; the statuses of both answers."""
    manifest = json.dumps([{"key": "a", "path": "a.jpg", "modified_at": stated}])
    files = [SimpleUploadedFile("0", b"a")]
    small = api("post", f"/submissions/{id_}/files", data={"manifest": manifest, "files": files})
    names = {"X-Clew-Key": "b", "X-Clew-Path": "b.jpg", "X-Clew-Modified": stated}
    large = api("put", f"/submissions/{id_}/file", headers=names, data=b"b", content_type="application/octet-stream")
    return small.status_code, large.status_code


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("2024-05-06T07:08:09Z", dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC)),
        ("2024-05-06T09:08:09+02:00", dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC)),
        ("2024-05-06T07:08:09", dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC)),
        ("", None),
    ],
)
def test_the_time_of_change_comes_in_the_manifest_or_in_a_heading(api, stated, moment):
    id_ = _opened(api)
    assert _send_dated(api, id_, stated) == (200, 200)
    assert _times(id_) == {"a.jpg": moment, "b.jpg": moment}


def test_a_time_of_change_that_is_none_is_refused_and_nothing_is_kept(api):
    id_ = _opened(api)
    assert _send_dated(api, id_, "last spring") == (422, 422)
    assert _times(id_) == {}


def test_a_large_file_without_a_name_is_refused(api):
    answer = api("put", f"/submissions/{_opened(api)}/file", data=b"x", content_type="application/octet-stream")
    assert (answer.status_code, answer.json()["error"]) == (422, "InputRefused")


@pytest.mark.parametrize("key", ["", "clew_wrong", "other", "clew_" + "x" * 43])
def test_without_a_valid_key_nothing_is_answered(api, key):
    for method, path in (("get", f"/submissions/{uuid.uuid4()}"), ("post", "/checks"), ("post", "/submissions")):
        answer = api(method, path, {} if method == "post" else None, key=key)
        assert (answer.status_code, answer.json()["error"]) == (401, "NotSignedIn")


def test_a_revoked_key_is_gone_at_once(world):
    from django.test import Client

    from clew.access.keys import create_key, revoke_key
    from clew.access.models import ApiKey

    secret = create_key(world.officer("NO"), "test")
    asked = lambda: Client().get(f"/api/v1/submissions/{uuid.uuid4()}", headers={"Authorization": f"Bearer {secret}"})  # noqa: E731
    assert asked().status_code == 404
    revoke_key(world.officer("NO"), ApiKey.objects.using("service").get().id)
    assert asked().status_code == 401


def test_a_provider_may_neither_check_nor_submit(api):
    for path, body in (("/checks", {"fingerprints": []}), ("/submissions", GROUNDS)):
        answer = api("post", path, body, key="HL")
        assert (answer.status_code, answer.json()["error"]) == (403, "NotPermitted")


def test_another_countrys_submission_takes_nothing_and_tells_nothing(api):
    id_ = _opened(api)
    calls = [
        ("get", "", None), ("get", "/keys", None), ("get", "/verdicts", None), ("post", "/close", None),
        ("post", "/hashes", [{"key": "h", "path": "p", "kind": "md5", "hash": "0" * 32}]),
        ("post", "/refusals", [{"key": "r", "path": "p", "reason": "x"}]),
    ]  # fmt: skip
    for method, path, body in calls:
        foreign = api(method, f"/submissions/{id_}{path}", body, key="PT")
        absent = api(method, f"/submissions/{uuid.uuid4()}{path}", body, key="PT")
        assert foreign.status_code == absent.status_code == 404, path
        assert foreign.content == absent.content
    assert _send(api, id_, {"a": b"x"}, key="PT").status_code == 404
    assert api("get", f"/submissions/{id_}").json()["received"] == 0


def test_every_call_and_every_refusal_is_on_record(api):
    from clew.ledger.models import Entry

    id_ = _opened(api)
    api("get", f"/submissions/{id_}", key="PT")
    entries = Entry.objects.using("service").order_by("-sequence").values_list("verb", "outcome", "subject_id")
    assert entries[0] == ("intake:submission:read", "NotFound", uuid.UUID(id_))
    assert ("intake:submission:open", "done", uuid.UUID(id_)) in entries


@pytest.mark.parametrize("stated", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday"])
def test_a_time_of_change_that_could_not_be_read_again_is_refused(stated):
    from clew.intake.api import _moment
    from clew.kernel.errors import InputRefused

    with pytest.raises(InputRefused, match="ISO 8601"):
        _moment(stated)


def test_a_time_of_change_is_kept_in_utc():
    from clew.intake.api import _moment

    told = [_moment(stated) for stated in ("2024-05-06T09:08:09+02:00", "2024-05-06T07:08:09Z", "2024-05-06T07:08:09")]
    assert {moment.isoformat() for moment in told} == {"2024-05-06T07:08:09+00:00"}
    assert _moment("") is None
