from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0006_embedded"),
    ]

    operations = [
        migrations.AddField(
            model_name="media",
            name="strip_address",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AlterField(
            model_name="signature",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pdq", "Picture"),
                    ("pdq-enlarged", "Picture, enlarged"),
                    ("pdq-trimmed", "Picture, without its borders"),
                    ("pdq-frame", "Frame of a video"),
                    ("pdq-frame-trimmed", "Frame of a video, without its letterbox"),
                ],
                max_length=20,
            ),
        ),
    ]
