"""A sighting of what lay in a file names the sighting of that file."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Column of sightings."""

    dependencies = [
        ("catalogue", "0005_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="sighting",
            name="parent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="embedded", to="catalogue.sighting"
            ),
        ),
    ]
