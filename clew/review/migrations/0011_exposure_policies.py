"""Exposure in the database: what an officer saw is read by the service alone, which shows each their own record and nobody another's."""

from django.db import migrations

from clew.access.policies import sequences, service_only

TABLES = (
    "review_duty",
    "review_exposure",
    "review_exposurerule",
    "review_outcomenotice",
    "review_shown",
    "review_worked",
)


class Migration(migrations.Migration):
    """Policies of exposure and of the outcome feed."""

    dependencies = [("review", "0010_exposure")]

    operations = [*(service_only(table) for table in TABLES), sequences()]
