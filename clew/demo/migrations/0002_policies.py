"""Row-level security of the demo: its truth is for the service alone."""

from django.db import migrations

from clew.access.policies import service_only


class Migration(migrations.Migration):
    """Policies of the demo."""

    dependencies = [("demo", "0001_initial"), ("access", "0002_policies")]

    operations = [service_only("demo_truth")]
