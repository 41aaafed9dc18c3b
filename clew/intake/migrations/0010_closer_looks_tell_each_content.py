"""A unit is named once among what came later to a verdict; what a closer look finds is told content by content."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The constraint of matches."""

    dependencies = [("intake", "0009_closer_look")]

    operations = [
        migrations.RemoveConstraint(model_name="match", name="intake_match_later_once"),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("met_later_at__isnull", False), models.Q(("variant", "closer look"), _negated=True)
                ),
                fields=("verdict", "holder_unit"),
                name="intake_match_later_once",
            ),
        ),
    ]
