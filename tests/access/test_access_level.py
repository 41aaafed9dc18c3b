"""The rule that decides how much an asker may know, and PostgreSQL's own answer to the same question."""

import itertools
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
    ("listed", "existence", False, False, True, "existence"),
    ("listed", "silent", False, False, True, "silent"),
    ("nobody", "contact", False, False, True, "contact"),
    ("nobody", "contact", True, True, True, "contact"),
    ("nobody", "silent", True, True, True, "silent"),
    ("members", "contact", False, False, False, "silent"),
]
CONFIDENTIALITIES = ("official", "restricted", "confidential")


def _row(**changes):
    from types import SimpleNamespace

    plain = {
        "owner_organisation_id": uuid.uuid4(),
        "confidentiality": "restricted",
        "sharing": "members",
        "audience_organisations": [],
        "audience_groups": [],
        "release_only": False,
        "denied_organisations": [],
        "under_examination": False,
        "outside": "contact",
    }
    return SimpleNamespace(**{**plain, **changes})


@pytest.mark.parametrize(("sharing", "outside", "named", "grouped", "member", "level"), CASES)
def test_the_rule_in_words(sharing, outside, named, grouped, member, level):
    from clew.access.ownership import Asker, level_for

    asker = Asker(new_id(), member, frozenset({new_id()}))
    row = _row(
        sharing=sharing,
        outside=outside,
        audience_organisations=[asker.organisation_id] if named else [],
        audience_groups=list(asker.group_ids) if grouped else [],
    )
    assert level_for(row, asker) == level


def test_what_closes_a_record_closes_it_whatever_else_says_otherwise():
    from clew.access.ownership import Asker, clearances_up_to, level_for

    asker = Asker(new_id(), is_member=True, clearances=clearances_up_to("restricted"))
    assert level_for(_row(), asker) == "full"
    assert level_for(_row(denied_organisations=[asker.organisation_id]), asker) == "silent"
    assert level_for(_row(under_examination=True), asker) == "silent"
    assert level_for(_row(release_only=True), asker) == "silent"
    assert level_for(_row(release_only=True, audience_organisations=[asker.organisation_id]), asker) == "full"
    assert level_for(_row(confidentiality="confidential"), asker) == "contact"
    assert (
        level_for(_row(confidentiality="confidential", owner_organisation_id=asker.organisation_id), asker) == "contact"
    )
    row = _row()
    denied = Asker(asker.organisation_id, is_member=True, denier_ids=frozenset({row.owner_organisation_id}))
    assert level_for(row, denied) == "silent"
    # Its owner sees what it suspended itself, and no denial shuts anybody out of their own.
    own = _row(owner_organisation_id=asker.organisation_id, under_examination=True, sharing="nobody")
    assert level_for(own, asker) == "full"


def test_an_aggregate_takes_the_highest_and_a_clearance_reaches_down():
    from clew.access.ownership import clearances_up_to, highest

    assert highest(["official", "confidential", "restricted"]) == "confidential"
    assert highest(["official", "restricted"]) == "restricted"
    assert highest([]) == "official"
    assert clearances_up_to("restricted") == {"official", "restricted"}
    assert clearances_up_to("everything") == clearances_up_to("") == frozenset()


def _every_rule(asker, group):
    """Every combination of the columns that decide."""
    from clew.catalogue.models import Series

    for number, (confidentiality, sharing, named, grouped, release_only, denied, examined, outside) in enumerate(
        itertools.product(
            CONFIDENTIALITIES,
            ("members", "listed", "nobody"),
            (False, True),
            (False, True),
            (False, True),
            (False, True),
            (False, True),
            ("contact", "existence", "silent"),
        )
    ):
        yield Series(
            id=new_id(),
            name=f"S{number}",
            confidentiality=confidentiality,
            sharing=sharing,
            audience_organisations=[asker.organisation_id] if named else [],
            audience_groups=[group.id] if grouped else [],
            release_only=release_only,
            denied_organisations=[asker.organisation_id] if denied else [],
            under_examination=examined,
            outside=outside,
        )


@pytest.mark.parametrize("key", ["PT", "NO", "HL"])
@pytest.mark.parametrize("is_denier", [False, True])
def test_the_rule_and_the_policy_agree_on_every_case(world, key, is_denier):
    """Every combination of an owned row's columns, for another member, for the owner and for a provider; of each clearance."""
    from clew.access.models import Denial, Officer, SharingGroup
    from clew.access.ownership import Level, level_for
    from clew.access.scope import acting_as, asker_for
    from clew.catalogue.models import Series

    owner, asker = world.officer("NO"), world.officer(key)
    group = SharingGroup(id=new_id(), name="Northern desk", owner=world.organisations["NO"])
    group.save(using="service")
    group.members.add(asker.organisation)
    if is_denier and key != "NO":
        Denial(owner_organisation=owner.organisation, denied=asker.organisation, reason="x", denied_by=owner).save(
            using="service"
        )
    rows = list(_every_rule(asker, group))
    for row in rows:
        row.owner_unit, row.owner_organisation = owner.unit, owner.organisation
    Series.objects.using("service").bulk_create(rows)
    for clearance in CONFIDENTIALITIES:
        Officer.objects.using("service").filter(id=asker.id).update(clearance=clearance)
        asker.refresh_from_db()
        by_rule = {row.id for row in rows if level_for(row, asker_for(asker)) == Level.FULL}
        with acting_as(asker):
            by_policy = set(Series.objects.values_list("id", flat=True))
        assert by_policy == by_rule
        # A provider receives lists, never records: also where an owner has named it.
        assert (len(by_rule) > 0) == (key == "NO" or (key == "PT" and not is_denier))


def test_the_scope_is_read_from_the_database_at_each_transaction(world):
    """Taken away is gone at once, also for an officer object that was loaded before."""
    from clew.access.models import Officer
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series
    from clew.catalogue.models import Series

    officer = world.officer("NO")
    with acting_as(officer):
        create_series(officer, "Green chair", world.grounds(confidentiality="confidential"))
        assert Series.objects.count() == 1
    Officer.objects.using("service").filter(id=officer.id).update(clearance="restricted")
    with acting_as(officer):
        assert Series.objects.count() == 0
    Officer.objects.using("service").filter(id=officer.id).update(clearance="confidential", is_active=False)
    with acting_as(officer):
        assert Series.objects.count() == 0


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


def world_cursor():
    from django.db import connections

    return connections["default"].cursor()


@pytest.mark.parametrize("state", ["active", "onboarding"])
def test_who_is_being_onboarded_sees_nothing_of_others_also_where_it_is_named(world, state):
    from clew.access.models import Officer, Organisation
    from clew.access.ownership import Level, level_for
    from clew.access.scope import acting_as, asker_for
    from clew.catalogue.actions import create_series
    from clew.catalogue.models import Series

    named = [world.organisations["PT"].id]
    with acting_as(world.officer("NO")):
        row = create_series(
            world.officer("NO"), "Green chair", world.grounds(sharing="listed", audience_organisations=named)
        )
    with acting_as(world.officer("PT")):
        create_series(world.officer("PT"), "Own", world.grounds())
    Organisation.objects.using("service").filter(key="pt").update(state=state)
    officer = Officer.objects.using("service").get(id=world.officer("PT").id)
    assert level_for(row, asker_for(officer)) == (Level.FULL if state == "active" else Level.SILENT)
    with acting_as(officer):
        assert {one.name for one in Series.objects.all()} == {"Own"} | ({"Green chair"} if state == "active" else set())
