from django.db import migrations, models


class Migration(migrations.Migration):
    """Calls of keys are counted in steps of five minutes, for a window that slides."""

    dependencies = [("access", "0019_no_records_for_providers")]

    operations = [
        migrations.RemoveConstraint(model_name="keyuse", name="access_keyuse_hour"),
        migrations.RenameField(model_name="keyuse", old_name="hour", new_name="since"),
        migrations.AddConstraint(
            model_name="keyuse",
            constraint=models.UniqueConstraint(fields=("key", "since"), name="access_keyuse_step"),
        ),
    ]
