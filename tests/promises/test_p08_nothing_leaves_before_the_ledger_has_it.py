"""P8: nothing protected leaves before its ledger entry is durable: a ledger that cannot be written shuts every door."""

import pytest


@pytest.fixture
def broken_ledger(database):
    """A ledger that refuses every entry, as a full disk would."""

    def switch(verb):
        with database["owner"].cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE ledger_entry {verb} CONSTRAINT no_entry"
                + (" CHECK (false) NOT VALID" if verb == "ADD" else "")
            )

    switch("ADD")
    yield
    switch("DROP")


@pytest.fixture
def held(world, pictures, jpeg):
    """A submission of Norway's with one picture in a series, and a browser and a key of its officer."""
    from clew.access.keys import create_key
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media

    submission = world.submit("NO", {"holiday.jpg": jpeg(pictures(1))})
    officer = world.officer("NO")
    with acting_as(officer):
        series = create_series(officer, "Blue sofa", world.grounds())
        media = Media.objects.get()
        state_membership(officer, series, [media.id], basis="seen")
    return submission, series, media, world.client("NO"), create_key(officer, "test")


def _calls(held):
    submission, series, media, client, secret = held
    key = {"Authorization": f"Bearer {secret}"}
    return {
        "list": lambda: client.get("/submissions/"),
        "submission": lambda: client.get(f"/submissions/{submission.id}/"),
        "series list": lambda: client.get("/series/"),
        "series": lambda: client.get(f"/series/{series.id}/"),
        "media": lambda: client.get(f"/media/{media.id}/"),
        "alerts": lambda: client.get("/alerts/"),
        "reveal": lambda: client.post(f"/media/{media.id}/reveal/"),
        "api submission": lambda: client.get(f"/api/v1/submissions/{submission.id}", headers=key),
        "api verdicts": lambda: client.get(f"/api/v1/submissions/{submission.id}/verdicts", headers=key),
        "api keys": lambda: client.get(f"/api/v1/submissions/{submission.id}/keys", headers=key),
        "api check": lambda: client.post(
            "/api/v1/checks",
            {"fingerprints": [{"path": "a", "md5": "0" * 32}]},
            content_type="application/json",
            headers=key,
        ),
    }


def test_with_a_whole_ledger_every_call_is_answered_and_leaves_its_entry(held, world):
    from clew.ledger.models import Entry

    for name, call in _calls(held).items():
        before = Entry.objects.using("service").count()
        answer = call()
        assert answer.status_code == 200, (name, answer.content)
        assert Entry.objects.using("service").count() == before + 1, name


def test_with_a_broken_ledger_no_call_gives_anything_away(held, broken_ledger):
    client = held[3]
    client.raise_request_exception = False
    for name, call in _calls(held).items():
        answer = call()
        assert answer.status_code >= 500, name
        body = answer.content
        assert b"holiday" not in body, name
        assert b"Blue sofa" not in body, name
        assert not body.startswith(b"\xff\xd8"), name
        assert b'"verdict"' not in body, name


def test_a_check_at_the_command_line_tells_nothing_either(world, broken_ledger):
    from django.db import IntegrityError

    from clew.intake.actions import check
    from clew.intake.fingerprints import Fingerprint

    with pytest.raises(IntegrityError):
        check(world.officer("NO"), [Fingerprint(digests={"md5": bytes(16)})])
