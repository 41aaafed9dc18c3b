"""Cautions in the database: the owner sees those on what it owns, and nobody but the service who of compliance set one."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect, service_only


class Migration(migrations.Migration):
    """Policies of cautions."""

    dependencies = [("catalogue", "0016_caution")]

    operations = [
        protect("catalogue_caution", visible=OWN_ROW, writable=None),
        service_only("catalogue_cautionauthor"),
    ]
