"""Groups and denials: known to those in them alone, and in force at once."""

import uuid

import pytest


@pytest.fixture
def administrators(world):
    """Three countries with an administrator each beside the specialists."""
    from clew.access.actions import enlist_officer

    world.found("SE")
    return {
        key: enlist_officer(
            world.units[key], username=f"{key}.admin", name="A", roles=["national_administrator"], password="p"
        )
        for key in ("NO", "PT", "SE")
    }


@pytest.fixture
def group(world, administrators):
    """Norway's group with Portugal in it."""
    from clew.access.groups import add_member, create_group

    made = create_group(administrators["NO"], "Northern desk")
    add_member(administrators["NO"], made.id, world.organisations["PT"].id)
    return made


def _known(officer):
    from clew.access.groups import groups_known_to
    from clew.access.scope import acting_as

    with acting_as(officer):
        return [found.name for found in groups_known_to(officer)]


def _series_of_the_group(world, group):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series

    officer = world.officer("NO")
    with acting_as(officer):
        return create_series(officer, "Blue sofa", world.grounds(sharing="listed", audience_groups=[group.id]))


def _sees(officer, series):
    from clew.access.scope import acting_as
    from clew.catalogue.models import Series

    with acting_as(officer):
        return Series.objects.filter(id=series.id).exists()


def test_a_group_is_known_to_its_members_and_to_nobody_else(world, administrators, group, database):
    assert _known(administrators["NO"]) == _known(administrators["PT"]) == ["Northern desk"]
    assert _known(administrators["SE"]) == []
    from clew.access.scope import acting_as

    for officer, count in ((administrators["PT"], 2), (administrators["SE"], 0), (None, 0)):
        with acting_as(officer), database["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_sharinggroup_members")
            assert cursor.fetchone() == (count,)


def test_who_is_taken_out_or_leaves_sees_nothing_more_at_once(world, administrators, group):
    from clew.access.groups import add_member, leave_group, remove_member

    series = _series_of_the_group(world, group)
    assert _sees(world.officer("PT"), series)
    remove_member(administrators["NO"], group.id, world.organisations["PT"].id)
    assert not _sees(world.officer("PT"), series)
    assert _known(administrators["PT"]) == []
    add_member(administrators["NO"], group.id, world.organisations["PT"].id)
    assert _sees(world.officer("PT"), series)
    leave_group(administrators["PT"], group.id)
    assert not _sees(world.officer("PT"), series)


def test_only_the_owner_changes_a_group_and_a_provider_is_in_none(world, administrators, group):
    from clew.access.groups import add_member, remove_member
    from clew.kernel.errors import NotFound, NotPermitted

    for change in (add_member, remove_member):
        with pytest.raises(NotFound):
            change(administrators["PT"], group.id, world.organisations["SE"].id)
        with pytest.raises(NotPermitted):
            change(world.officer("NO"), group.id, world.organisations["SE"].id)
    with pytest.raises(NotFound):
        add_member(administrators["NO"], group.id, world.organisations["HL"].id)


def test_a_group_one_is_not_in_cannot_be_named_and_looks_like_none(world, administrators, group):
    from clew.kernel.errors import InputRefused

    refusals = []
    for group_id in (group.id, uuid.uuid4()):
        with pytest.raises(InputRefused) as refused:
            world.submit("SE", {}, sharing="listed", audience_groups=[group_id])
        refusals.append(refused.value.message)
    assert refusals[0] == refusals[1]
    assert world.submit("PT", {}, sharing="listed", audience_groups=[group.id]).id


def test_the_pages_of_groups(world, administrators, group):
    world.officers.update({f"{key} admin": officer for key, officer in administrators.items()})
    admin = world.confirmed("NO admin")
    other, stranger = (world.client(f"{key} admin") for key in ("PT", "SE"))
    assert "Northern desk" in other.get("/groups/").content.decode()
    assert "Northern desk" not in stranger.get("/groups/").content.decode()
    assert stranger.get(f"/groups/{group.id}/").status_code == 404
    page = admin.get(f"/groups/{group.id}/").content.decode()
    assert "Bureau PT" in page
    assert "Take out" in page
    assert "Take out" not in other.get(f"/groups/{group.id}/").content.decode()
    swedish = world.organisations["SE"].id
    unconfirmed = world.client("NO admin").post(f"/groups/{group.id}/add/", {"organisation": swedish})
    assert "reauthenticate" in unconfirmed["Location"]
    assert stranger.get(f"/groups/{group.id}/").status_code == 404
    assert admin.post(f"/groups/{group.id}/add/", {"organisation": swedish}).status_code == 302
    assert "Northern desk" in stranger.get("/groups/").content.decode()
    assert stranger.post(f"/groups/{group.id}/leave/").status_code == 302
    assert stranger.get(f"/groups/{group.id}/").status_code == 404
    assert admin.post(f"/groups/{group.id}/add/", {"organisation": "x"}).status_code == 422
    made = admin.post("/groups/new/", {"name": "Second"})
    assert "Second" in admin.get(made["Location"]).content.decode()
    assert admin.post("/groups/new/", {"name": " "}).status_code == 422


def test_a_denial_counts_at_once_for_everything_and_is_not_told(world, administrators, database):
    from clew.access.groups import denials_of, deny, lift_denial
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series
    from clew.kernel.errors import InputRefused, NotFound

    officer, denied = world.officer("NO"), world.organisations["PT"]
    with acting_as(officer):
        series = create_series(officer, "Blue sofa", world.grounds(sharing="members"))
    assert _sees(world.officer("PT"), series)
    with pytest.raises(InputRefused):
        deny(administrators["NO"], denied.id, " ")
    with pytest.raises(NotFound):
        deny(administrators["NO"], administrators["NO"].organisation_id, "ourselves")
    deny(administrators["NO"], denied.id, "a leak")
    assert not _sees(world.officer("PT"), series)
    assert _sees(world.officer("SE"), series)
    with acting_as(administrators["PT"]), database["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_denial")
        assert cursor.fetchone() == (0,)
    with acting_as(administrators["NO"]):
        (denial,) = denials_of(administrators["NO"])
    with pytest.raises(NotFound):
        lift_denial(administrators["PT"], denial.id)
    lift_denial(administrators["NO"], denial.id)
    assert _sees(world.officer("PT"), series)


def test_the_pages_of_denials(world, administrators):
    world.officers.update({f"{key} admin": officer for key, officer in administrators.items()})
    admin = world.client("NO admin")
    assert (
        admin.post("/denials/new/", {"organisation": world.organisations["PT"].id, "reason": "a leak"}).status_code
        == 302
    )
    page = admin.get("/denials/").content.decode()
    assert "Bureau PT</bdi>: a leak" in page
    from clew.access.models import Denial

    lifting = f"/denials/{Denial.objects.using('service').get().id}/lift/"
    assert "reauthenticate" in admin.post(lifting)["Location"]
    assert Denial.objects.using("service").exists()
    assert world.confirmed("NO admin").post(lifting).status_code == 302
    assert "Nobody is denied" in admin.get("/denials/").content.decode()
    assert world.client("NO").get("/denials/").status_code == 403
