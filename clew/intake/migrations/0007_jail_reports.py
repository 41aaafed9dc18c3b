"""What each machine's workers found of their jail; for the matching service alone."""

import clew.kernel.clock
from django.db import migrations, models

from clew.access.policies import service_only


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_fits")]

    operations = [
        migrations.CreateModel(
            name="JailReport",
            fields=[
                ("machine", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("reported_at", models.DateTimeField(default=clew.kernel.clock.now)),
                ("missing", models.JSONField(default=list)),
            ],
            options={"db_table": "intake_jailreport"},
        ),
        service_only("intake_jailreport"),
    ]
