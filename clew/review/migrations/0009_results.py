"""Results of searches: ids of their organisation's own officers."""

import clew.kernel.clock
import clew.kernel.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from clew.access.policies import OWN_ROW, protect


class Migration(migrations.Migration):
    """Tables of results and their policies."""

    dependencies = [
        ("access", "0018_sees_row"),
        ("review", "0008_stacks_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Result",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clew.kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("search", models.JSONField(default=dict)),
                ("count", models.IntegerField(default=0)),
                ("is_whole", models.BooleanField(default=False)),
                ("last_media_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField(default=clew.kernel.clock.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                    ),
                ),
            ],
            options={
                "db_table": "review_result",
            },
        ),
        migrations.CreateModel(
            name="ResultChunk",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clew.kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.IntegerField()),
                ("media_ids", models.BinaryField()),
                (
                    "owner_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="review.result"
                    ),
                ),
            ],
            options={
                "db_table": "review_resultchunk",
            },
        ),
        migrations.AddIndex(
            model_name="result",
            index=models.Index(fields=["officer", "-made_at"], name="review_result_own"),
        ),
        migrations.AddIndex(
            model_name="result",
            index=models.Index(fields=["expires_at"], name="review_result_expiring"),
        ),
        migrations.AddConstraint(
            model_name="resultchunk",
            constraint=models.UniqueConstraint(fields=("result", "number"), name="review_resultchunk_place"),
        ),
        # Ids do not become smaller by packing them.
        migrations.RunSQL(
            "ALTER TABLE review_resultchunk ALTER COLUMN media_ids SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),
        protect("review_result", visible=OWN_ROW, writable=OWN_ROW, may_update=True),
        protect("review_resultchunk", visible=OWN_ROW, writable=OWN_ROW),
    ]
