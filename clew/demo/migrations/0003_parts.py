"""The demo's truth tells near-duplicates and parts apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("demo", "0002_policies")]

    operations = [
        migrations.AddField(model_name="truth", name="is_part", field=models.BooleanField(default=False)),
    ]
