"""Files that lay inside others, and when a file was last changed. The web role can name no parent: what lies inside is found by the service."""

import django.db.models.deletion
from django.db import migrations, models

from clew.access.policies import WEB_ROLE

SENT_BY_ITSELF = (
    f"CREATE POLICY intake_receivedfile_sent ON intake_receivedfile AS RESTRICTIVE FOR INSERT TO {WEB_ROLE}"
    " WITH CHECK (parent_id IS NULL AND depth = 0)"
)


class Migration(migrations.Migration):
    """Columns of received files."""

    dependencies = [("intake", "0007_jail_reports"), ("catalogue", "0006_embedded")]

    operations = [
        migrations.AddField(model_name="receivedfile", name="depth", field=models.SmallIntegerField(default=0)),
        migrations.AddField(model_name="receivedfile", name="modified_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="receivedfile",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="embedded",
                to="intake.receivedfile",
            ),
        ),
        migrations.RunSQL(SENT_BY_ITSELF, "DROP POLICY intake_receivedfile_sent ON intake_receivedfile"),
    ]
