"""Migrations: what they make of a database is what the models say."""

import pytest


@pytest.mark.parametrize("room", ["access", "catalogue", "cooperation", "intake", "ledger", "review"])
def test_no_change_of_a_model_is_without_its_migration(installation, room):
    from django.core.management import call_command

    # Ends with an exit status where a migration is missing.
    call_command("makemigrations", room, check_changes=True, dry_run=True, verbosity=0)
