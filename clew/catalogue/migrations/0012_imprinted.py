"""Which contents were looked at for imprints: those catalogued before there were any are looked at once more."""

from django.db import migrations, models

_DONE = """
UPDATE catalogue_media SET imprinted_at = first_seen_at
WHERE derivation ?| ARRAY['scene', 'sound'] OR EXISTS (SELECT 1 FROM catalogue_imprint i WHERE i.media_id = catalogue_media.id)
"""


class Migration(migrations.Migration):
    """A moment, and an index of those without."""

    dependencies = [("catalogue", "0011_glass")]

    operations = [
        migrations.AddField(model_name="media", name="imprinted_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(_DONE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="media",
            index=models.Index(
                fields=["id"],
                name="catalogue_media_to_imprint",
                condition=models.Q(imprinted_at__isnull=True, kind__in=["image", "video", "audio"])
                & ~models.Q(original_address=""),
            ),
        ),
    ]
