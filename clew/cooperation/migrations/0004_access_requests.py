"""Requests for access, kept twice: for who asks and for who is asked; and the grounds of those who met something, in alerts."""

import clew.kernel.clock
import clew.kernel.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from clew.access.policies import OWN_ROW, protect, sequences

# A subquery in a policy runs under the policies of the table it reads.
SEEN_BY_EITHER = (
    "EXISTS (SELECT 1 FROM cooperation_accessrequest r WHERE r.id = request_id)"
    " OR EXISTS (SELECT 1 FROM cooperation_accesstask t WHERE t.request_id = cooperation_requestwords.request_id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_sharing"),
        ("catalogue", "0010_sharing_policies"),
        ("cooperation", "0003_no_distance"),
        ("intake", "0011_sharing_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clew.kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("purpose", models.CharField(max_length=200)),
                ("legal_basis", models.CharField(max_length=300)),
                ("answer_by", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for the owner"),
                            ("asked back", "Waits for the asker"),
                            ("granted", "Granted"),
                            ("declined", "Declined"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(default=clew.kernel.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="intake.match"
                    ),
                ),
                (
                    "named_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit"
                    ),
                ),
                (
                    "owner_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit"),
                ),
            ],
            options={
                "db_table": "cooperation_accessrequest",
            },
        ),
        migrations.AddField(
            model_name="alert",
            name="legal_basis",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="alert",
            name="purpose",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name="RequestWords",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clew.kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("by_owner", models.BooleanField()),
                ("words", models.TextField()),
                ("written_at", models.DateTimeField(default=clew.kernel.clock.now)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="words",
                        to="cooperation.accessrequest",
                    ),
                ),
            ],
            options={
                "db_table": "cooperation_requestwords",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="AccessTask",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="task",
                        serialize=False,
                        to="cooperation.accessrequest",
                    ),
                ),
                ("purpose", models.CharField(max_length=200)),
                ("legal_basis", models.CharField(max_length=300)),
                ("answer_by", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for the owner"),
                            ("asked back", "Waits for the asker"),
                            ("granted", "Granted"),
                            ("declined", "Declined"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(default=clew.kernel.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                (
                    "asker_unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "media",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.media"
                    ),
                ),
                (
                    "owner_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit"),
                ),
                (
                    "series",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.series"
                    ),
                ),
            ],
            options={
                "db_table": "cooperation_accesstask",
            },
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(fields=["owner_unit", "-id"], name="cooperation_request_newest"),
        ),
        migrations.AddIndex(
            model_name="accesstask",
            index=models.Index(fields=["owner_unit", "-request"], name="cooperation_task_newest"),
        ),
        migrations.AddIndex(
            model_name="accesstask",
            index=models.Index(
                condition=models.Q(("escalated_at__isnull", True), ("state", "open")),
                fields=["answer_by"],
                name="cooperation_task_overdue",
            ),
        ),
        # In both, "owner" is whose row it is: the request is its asker's, the task that of whoever is asked.
        protect("cooperation_accessrequest", visible=OWN_ROW, writable=None),
        protect("cooperation_accesstask", visible=OWN_ROW, writable=None),
        protect("cooperation_requestwords", visible=SEEN_BY_EITHER, writable=None),
        sequences(),
    ]
