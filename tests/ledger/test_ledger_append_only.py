"""The ledger only grows."""

import pytest


def _record(world):
    from clew.access.scope import acting_as
    from clew.ledger.actions import record

    officer = world.officer("NO")
    with acting_as(officer):
        record("tests:entry:write", actor=officer, using="default", facts={"number": 1})


@pytest.mark.parametrize("alias", ["default", "service", "owner"])
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET verb = 'x'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
)
def test_no_role_can_change_or_remove_an_entry(world, database, alias, statement):
    from django.db import DatabaseError

    from clew.ledger.models import Entry

    _record(world)
    with pytest.raises(DatabaseError), database[alias].cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.using("service").filter(verb="tests:entry:write").count() == 1


def test_an_entry_outside_the_actions_transaction_is_refused_and_inside_it_is_kept(world):
    from django.db import transaction

    from clew.ledger.actions import record
    from clew.ledger.models import Entry

    with pytest.raises(transaction.TransactionManagementError):
        record("tests:entry:write", actor=world.officer("NO"), using="default")
    _record(world)
    assert Entry.objects.using("service").filter(verb="tests:entry:write").count() == 1


def test_an_action_that_fails_leaves_no_entry(world):
    from clew.access.scope import acting_as
    from clew.ledger.actions import record
    from clew.ledger.models import Entry

    officer = world.officer("NO")

    def fail():
        with acting_as(officer):
            record("tests:entry:write", actor=officer, using="default")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - our own
        fail()
    assert not Entry.objects.using("service").filter(verb="tests:entry:write").exists()


def test_an_officer_cannot_write_entries_in_another_organisations_name(world):
    from clew.access.scope import acting_as
    from clew.ledger.actions import record
    from clew.ledger.errors import LedgerUnwritable

    with pytest.raises(LedgerUnwritable), acting_as(world.officer("NO")):
        record("tests:entry:write", actor=world.officer("PT"), using="default")


def test_the_leaf_hash_is_that_of_the_stored_entry(world):
    from clew.ledger.actions import stated_by
    from clew.ledger.models import Entry
    from clew.ledger.rules import canonical_form, leaf_hash

    _record(world)
    entry = Entry.objects.using("service").get(verb="tests:entry:write")
    assert leaf_hash(canonical_form(stated_by(entry))) == bytes(entry.leaf_hash)
