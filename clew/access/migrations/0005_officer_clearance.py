"""Up to which confidentiality each officer is cleared."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_approvals_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="officer",
            name="clearance",
            field=models.CharField(
                choices=[
                    ("official", "For official use only"),
                    ("restricted", "Restricted"),
                    ("confidential", "Confidential"),
                ],
                default="confidential",
                max_length=20,
            ),
        ),
    ]
