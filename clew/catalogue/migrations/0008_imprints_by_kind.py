"""Imprints of one kind by their number: the guard draws rows of each kind every minute, and sounds may be few among millions of scenes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index of imprints."""

    dependencies = [("catalogue", "0007_strip")]

    operations = [
        migrations.AddIndex(
            model_name="imprint", index=models.Index(fields=["kind", "id"], name="catalogue_imprint_by_kind")
        ),
    ]
