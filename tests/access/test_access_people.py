"""People and keys: who is enlisted with which roles, and what a key is worth."""

import pytest


def test_an_officer_needs_a_role_that_exists(world):
    from clew.access.actions import enlist_officer
    from clew.kernel.errors import InputRefused

    for roles in ([], ["king"], ["specialist", "king"]):
        with pytest.raises(InputRefused, match="at least one role of"):
            enlist_officer(world.units["NO"], username="x", name="X", roles=roles, password="p")


def test_an_unknown_role_opens_nothing_and_an_inactive_officer_neither(world):
    from clew.access.permissions import Permission, permissions_of

    assert permissions_of(["king"]) == frozenset()
    officer = world.officer("NO")
    assert Permission.CHECK_RUN in officer.permissions
    officer.is_active = False
    assert officer.permissions == frozenset()


def test_a_key_speaks_for_its_officer_until_it_is_revoked(world):
    from clew.access.keys import create_key, officer_of_key, revoke_key
    from clew.access.models import ApiKey
    from clew.kernel.errors import NotFound

    secret = create_key(world.officer("NO"), "x")
    key = ApiKey.objects.using("service").get()
    assert officer_of_key(secret) == world.officer("NO")
    assert secret.encode() not in bytes(key.secret_digest)
    with pytest.raises(NotFound):
        revoke_key(world.officer("PT"), key.id)
    assert officer_of_key(secret) is not None
    revoke_key(world.officer("NO"), key.id)
    assert officer_of_key(secret) is None
    with pytest.raises(NotFound):
        revoke_key(world.officer("NO"), key.id)


def test_those_without_the_permission_get_no_key(world):
    from clew.access.keys import create_key
    from clew.kernel.errors import NotPermitted

    world.found("AU", roles=("auditor",))
    with pytest.raises(NotPermitted):
        create_key(world.officer("AU"), "x")


def test_the_secret_of_one_time_codes_lies_sealed(world, database):
    from clew.access.second_factor import set_up_one_time_code

    secret = set_up_one_time_code(world.officer("NO"))
    with database["owner"].cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        (text,) = cursor.fetchone()
    assert secret not in text


def test_a_new_secret_voids_the_old_one_and_a_given_one_is_taken(world):
    from clew.access.second_factor import NoOneTimeCode, current_one_time_code, set_up_one_time_code

    with pytest.raises(NoOneTimeCode, match=r"no\.officer"):
        current_one_time_code(world.officer("NO"))
    given = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    assert set_up_one_time_code(world.officer("NO")) != set_up_one_time_code(world.officer("NO"), given) == given
