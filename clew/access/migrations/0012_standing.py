"""The scope asks how far the officer's organisation has come: suspended it is nobody, and before it takes part it is shared with by nobody."""

from django.db import migrations

from clew.access.policies import DROP_STANDING, STANDING


class Migration(migrations.Migration):
    """The organisation's state in the scope."""

    dependencies = [("access", "0011_people_policies")]

    operations = [migrations.RunSQL(STANDING, DROP_STANDING)]
