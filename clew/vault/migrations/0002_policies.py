from __future__ import annotations

from django.db import migrations

from clew.access.policies import sequences, service_only


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial"), ("access", "0001_initial")]

    operations = [
        service_only("vault_organisationkey"),
        service_only("vault_wrap"),
        service_only("vault_scrub"),
        service_only("vault_scrubfinding"),
        sequences(),
    ]
