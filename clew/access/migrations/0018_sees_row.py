"""Who sees an owned row, as one function whose plan is made once a connection."""

from django.db import migrations

from clew.access.policies import DROP_SEES_ROW, SEES_ROW


class Migration(migrations.Migration):
    """The function that policies of owned rows ask."""

    dependencies = [("access", "0017_not_yet")]

    operations = [migrations.RunSQL(SEES_ROW, DROP_SEES_ROW)]
