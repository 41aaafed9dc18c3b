"""The desk: keys that officers changed for themselves, and why stacks were put off."""

import clew.kernel.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from clew.access.policies import service_only


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0018_sees_row"),
        ("review", "0011_exposure_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnKeys",
            fields=[
                (
                    "officer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("keys", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField(default=clew.kernel.clock.now)),
            ],
            options={
                "db_table": "review_ownkeys",
            },
        ),
        migrations.AddField(
            model_name="stackskip",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_now", "Not now"),
                    ("unclear", "Cannot be told from the picture"),
                    ("language", "Needs somebody who reads its language"),
                    ("knowledge", "Needs somebody who knows the case"),
                ],
                max_length=20,
            ),
        ),
        service_only("review_ownkeys"),
    ]
