"""The store of data subjects' requests: for a role of its own, shut to web and service alike."""

from django.db import migrations

from clew.access.policies import separate_store


class Migration(migrations.Migration):
    """Policies of the store."""

    dependencies = [("access", "0015_subject_requests")]

    operations = [separate_store("access_subjectrequest"), separate_store("access_subjectfreeze")]
