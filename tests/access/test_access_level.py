"""The rule that decides how much an organisation may know, and PostgreSQL's own answer to the same question."""

import uuid

import pytest

from clew.kernel.ids import new_id

CASES = [
    # sharing, outside, in audience, in group, asker is member -> level
    ("members", "contact", False, False, True, "full"),
    ("members", "silent", False, False, True, "full"),
    ("listed", "contact", True, False, True, "full"),
    ("listed", "contact", False, True, True, "full"),
    ("listed", "contact", False, False, True, "contact"),
    ("listed", "silent", False, False, True, "silent"),
    ("nobody", "contact", False, False, True, "contact"),
    ("nobody", "contact", True, True, True, "contact"),
    ("nobody", "silent", True, True, True, "silent"),
    ("members", "contact", False, False, False, "silent"),
]


@pytest.mark.parametrize(("sharing", "outside", "named", "grouped", "member", "level"), CASES)
def test_the_rule_and_the_policy_agree_on_every_case(world, sharing, outside, named, grouped, member, level):
    from clew.access.models import SharingGroup
    from clew.access.ownership import level_for
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series
    from clew.catalogue.models import Series

    asker = world.officer("PT") if member else world.officer("HL")
    group = SharingGroup(id=new_id(), name="Northern desk", owner=world.organisations["NO"])
    group.save(using="service")
    if grouped:
        group.members.add(asker.organisation)
    grounds = world.grounds(
        sharing=sharing,
        outside=outside,
        audience_organisations=[asker.organisation_id] if named else [],
        audience_groups=[group.id] if grouped else [],
    )
    with acting_as(world.officer("NO")):
        series = create_series(world.officer("NO"), "Blue sofa", grounds)

    by_rule = level_for(
        series,
        organisation_id=asker.organisation_id,
        is_member=asker.organisation.is_member,
        group_ids={group.id} if grouped else set(),
    )
    with acting_as(asker):
        by_policy = Series.objects.filter(id=series.id).exists()
    assert by_rule == level
    assert by_policy == (level == "full")


def test_without_a_scope_the_web_role_sees_nothing_and_the_owner_sees_its_own(world):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series
    from clew.catalogue.models import Series

    with acting_as(world.officer("NO")):
        create_series(world.officer("NO"), "Green chair", world.grounds(sharing="members"))
        assert Series.objects.count() == 1
    assert Series.objects.count() == 0
    with acting_as(None):
        assert Series.objects.count() == 0


def test_the_web_role_cannot_write_rows_of_another_country(world):
    from django.db import ProgrammingError

    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series
    from clew.catalogue.models import Series

    foreign = world.officer("PT")
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(world.officer("NO")):
        Series.objects.bulk_create([Series(id=uuid.uuid4(), name="Forged", **world.grounds().columns(foreign))])
    with acting_as(foreign):
        create_series(foreign, "Own", world.grounds())
        assert Series.objects.count() == 1


def test_the_web_role_owns_no_table_and_bypasses_no_policy(world):
    with world_cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("table", ["catalogue_digests", "catalogue_signature", "intake_statedhash"])
def test_the_web_role_cannot_read_hashes(world, table):
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"), world_cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")


def test_every_protected_table_forces_row_level_security(world, database):
    with database["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity) AND ("
            " relname LIKE 'catalogue_%' OR relname LIKE 'intake_%' OR relname LIKE 'cooperation_%' OR relname = 'ledger_entry')"
        )
        assert cursor.fetchall() == []


def world_cursor():
    from django.db import connections

    return connections["default"].cursor()
