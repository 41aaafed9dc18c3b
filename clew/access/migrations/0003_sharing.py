"""Who denies whom, clearances, what a unit searches for; the scope, looked up in the database; the directory without people."""

import clew.kernel.clock
import clew.kernel.ids
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from clew.access.policies import DROP_SCOPE, OWN_ROW, SCOPE, WEB_ROLE, close_directory, protect

OFFICER_OF_OWN = "unit_id IN (SELECT u.id FROM access_unit u WHERE u.organisation_id = (SELECT clew_organisation()))"
GROUP_OF_OWN = "owner_id = (SELECT clew_organisation()) OR id = ANY ((SELECT clew_groups())::uuid[])"
# A subquery in a policy runs under the policies of the table it reads.
MEMBER_OF_SEEN_GROUP = "EXISTS (SELECT 1 FROM access_sharinggroup g WHERE g.id = sharinggroup_id)"
# The digests of keys are read by the service alone.
KEYS_OF_OWN = f"""
GRANT SELECT (id, officer_id, label, created_at, revoked_at) ON access_apikey TO {WEB_ROLE};
CREATE POLICY access_apikey_see ON access_apikey FOR SELECT TO {WEB_ROLE}
  USING (EXISTS (SELECT 1 FROM access_officer o WHERE o.id = officer_id));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_audit_policies"),
        # Theirs ask the model of officers as it was.
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="officer",
            options={"default_manager_name": "signing_in"},
        ),
        migrations.AlterModelManagers(
            name="officer",
            managers=[
                ("signing_in", django.db.models.manager.Manager()),
            ],
        ),
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
        migrations.AddField(
            model_name="unit",
            name="legal_basis_default",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="unit",
            name="purpose_default",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name="Denial",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clew.kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("reason", models.CharField(max_length=300)),
                ("denied_at", models.DateTimeField(default=clew.kernel.clock.now)),
                (
                    "denied",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                    ),
                ),
                (
                    "denied_by",
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
                "db_table": "access_denial",
                "indexes": [models.Index(fields=["denied"], name="access_denial_of_whom")],
                "constraints": [
                    models.UniqueConstraint(fields=("owner_organisation", "denied"), name="access_denial_once"),
                    models.CheckConstraint(
                        condition=models.Q(("owner_organisation", models.F("denied")), _negated=True),
                        name="access_denial_of_others",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SCOPE, DROP_SCOPE),
        protect("access_denial", visible=OWN_ROW, writable=None),
        # Who may be shared with, and whom to call, is known to all; who works there, who is in which group and which keys there are is not.
        close_directory("access_officer", visible=OFFICER_OF_OWN),
        close_directory("access_sharinggroup", visible=GROUP_OF_OWN),
        close_directory("access_sharinggroup_members", visible=MEMBER_OF_SEEN_GROUP),
        close_directory("access_apikey"),
        migrations.RunSQL(KEYS_OF_OWN, migrations.RunSQL.noop),
    ]
