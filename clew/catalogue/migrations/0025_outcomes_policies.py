"""Outcomes in the database: the service's alone, which gives them with a series that the officer may see."""

from django.db import migrations

from clew.access.policies import service_only


class Migration(migrations.Migration):
    """Policies of outcomes."""

    dependencies = [("catalogue", "0024_outcomes")]

    operations = [service_only("catalogue_outcome")]
