"""The broken glass becomes part of the scope."""

from django.db import migrations

from clew.access.policies import DROP_GLASS, GLASS


class Migration(migrations.Migration):
    """Which rows are open to the officer through it is looked up with the rest of the scope."""

    dependencies = [("access", "0003_sharing")]

    operations = [migrations.RunSQL(GLASS, DROP_GLASS)]
