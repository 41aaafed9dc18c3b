"""Row-level security of cooperation: an alert is its receiver's alone."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect


class Migration(migrations.Migration):
    """Policies of cooperation."""

    dependencies = [("cooperation", "0001_initial"), ("access", "0002_policies")]

    operations = [protect("cooperation_alert", visible=OWN_ROW, writable=None)]
