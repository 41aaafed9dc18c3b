"""The scope knows the officer and their unit too, for rows that are one officer's own."""

from django.db import migrations

from clew.access.policies import DROP_OFFICER, OFFICER


class Migration(migrations.Migration):
    """Who asks, as a person."""

    dependencies = [("access", "0020_key_window")]

    operations = [migrations.RunSQL(OFFICER, DROP_OFFICER)]
