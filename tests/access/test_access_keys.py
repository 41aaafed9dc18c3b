"""API keys: confined to a scope, for a time, at a rate that all processes count together; overseen by the administrator."""

import datetime as dt
import threading

import pytest
from django.test import Client

from clew.kernel.clock import frozen_at, now


def ask(secret, path="/api/v1/submissions/00000000-0000-0000-0000-000000000000", **more):
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"}, **more)


def test_a_key_opens_its_scope_and_nothing_else_of_its_officer(world):
    from clew.access.keys import create_key

    secret = create_key(world.officer("NO"), "reader", scope=["intake:index:read"])
    assert ask(secret, "/api/v1/metrics").status_code == 200
    refused = ask(secret)
    assert (refused.status_code, refused.json()["error"]) == (403, "NotPermitted")
    whole = create_key(world.officer("NO"), "all")
    assert ask(whole).status_code == 404


def test_what_the_officer_loses_the_key_loses(world):
    from clew.access.by_the_owner import give_roles
    from clew.access.keys import create_key

    secret = create_key(world.officer("NO"), "x")
    assert ask(secret).status_code == 404
    give_roles(world.officer("NO"), ["auditor"])
    assert ask(secret).status_code == 403


@pytest.mark.parametrize(
    "wish",
    [
        {"scope": ["ledger:entry:read"]},
        {"scope": ["no:such:thing"]},
        {"scope": []},
        {"days": 366},
        {"days": 0},
        {"calls_per_hour": 0},
        {"calls_per_hour": 10**9},
        {"label": "  "},
    ],
)
def test_a_key_that_would_go_too_far_is_not_made(world, wish):
    from clew.access.keys import create_key
    from clew.access.models import ApiKey
    from clew.kernel.errors import InputRefused

    with pytest.raises(InputRefused):
        create_key(world.officer("NO"), **{"label": "x", **wish})
    assert not ApiKey.objects.using("service").exists()


def test_a_key_ends_with_its_day(world):
    from clew.access.keys import create_key

    secret = create_key(world.officer("NO"), "x", days=2)
    with frozen_at(now() + dt.timedelta(days=1, hours=23)):
        assert ask(secret).status_code == 404
    with frozen_at(now() + dt.timedelta(days=2, seconds=1)):
        assert ask(secret).status_code == 401


def test_the_quota_is_of_any_sixty_minutes_and_the_refusal_says_how_long_to_wait(world):
    from clew.access.keys import create_key
    from clew.access.models import ApiKey

    secret = create_key(world.officer("NO"), "x", calls_per_hour=2)
    moment = dt.datetime(2026, 5, 1, 10, 55, tzinfo=dt.UTC)
    with frozen_at(moment):
        assert [ask(secret).status_code for _ in range(3)] == [404, 404, 429]
        refused = ask(secret)
        assert (refused.json()["error"], refused["Retry-After"]) == ("QuotaExceeded", "3900")
        assert ApiKey.objects.using("service").get().last_used_at == moment
    # The full hour gives nothing back, and what was refused did not count.
    for minutes in (4, 6, 59):
        with frozen_at(moment + dt.timedelta(minutes=minutes)):
            assert ask(secret).status_code == 429
    with frozen_at(moment + dt.timedelta(seconds=3900)):
        assert [ask(secret).status_code for _ in range(3)] == [404, 404, 429]


def test_calls_that_were_spread_come_back_one_after_the_other(world):
    from clew.access.keys import create_key

    secret = create_key(world.officer("NO"), "x", calls_per_hour=2)
    moment = dt.datetime(2026, 5, 1, 10, tzinfo=dt.UTC)
    for minutes, status in ((0, 404), (30, 404), (40, 429), (64, 429), (65, 404), (66, 429), (95, 404)):
        with frozen_at(moment + dt.timedelta(minutes=minutes)):
            assert ask(secret).status_code == status, minutes


def test_many_at_once_get_no_more_than_the_quota(world):
    from django.db import connections

    from clew.access.key_quota import QuotaExceeded
    from clew.access.keys import create_key, officer_of_key

    secret = create_key(world.officer("NO"), "x", calls_per_hour=10)
    passed = []

    def call():
        for _ in range(5):
            try:
                passed.append(officer_of_key(secret))
            except QuotaExceeded:
                continue
        connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 10


def test_calls_with_a_key_are_on_record_with_the_key(world):
    from clew.access.keys import create_key
    from clew.access.models import ApiKey
    from clew.ledger.models import Entry

    secret = create_key(world.officer("NO"), "x")
    ask(secret)
    key = ApiKey.objects.using("service").get()
    entry = Entry.objects.using("service").latest("sequence")
    assert (entry.verb, entry.facts["key"]) == ("intake:submission:read", str(key.id))
    world.client("NO").get("/series/")
    assert "key" not in Entry.objects.using("service").latest("sequence").facts


def test_pages_make_show_once_list_and_revoke(world):
    from clew.access.models import ApiKey

    world.found("NA", roles=("national_administrator",))
    browser = world.confirmed("NO")
    form = {"label": "bench seven", "scope": ["intake:check:run"], "days": 30, "calls_per_hour": 100}
    made = browser.post("/keys/", form).content.decode()
    assert "clew_" in made
    assert "clew_" not in browser.get("/keys/").content.decode()
    assert browser.post("/keys/", {**form, "scope": ["access:key:oversee"]}).status_code == 422
    key = ApiKey.objects.using("service").get()
    # Another organisation's administrator neither sees nor ends it.
    assert "bench seven" not in world.client("NA").get("/people/keys/").content.decode()
    assert world.client("NA").post(f"/people/keys/{key.id}/revoke/").status_code == 404
    assert browser.post(f"/keys/{key.id}/revoke/").status_code == 302
    assert "Revoked" in browser.get("/keys/").content.decode()
    assert browser.get("/people/keys/").status_code == 403


def test_the_administrator_sees_and_ends_every_key_of_the_organisation(world):
    from clew.access.actions import enlist_officer
    from clew.access.keys import create_key, officer_of_key

    world.officers["A1"] = enlist_officer(
        world.units["NO"], username="a1", name="A1", roles=["national_administrator"], password="a long password"
    )
    secret = create_key(world.officer("NO"), "lab")
    key_id = officer_of_key(secret).key_id
    admin = world.client("A1")
    assert "lab" in admin.get("/people/keys/").content.decode()
    assert admin.post(f"/people/keys/{key_id}/revoke/").status_code == 302
    assert officer_of_key(secret) is None
