"""Sessions, and what belongs to sign-in, are read by the service: to the web role they are shut."""

from django.db import migrations

from clew.access.policies import close_directory


class Migration(migrations.Migration):
    """Rights of the web role on the tables of sign-in."""

    dependencies = [("site", "0001_rights"), ("access", "0003_sharing")]

    operations = [
        close_directory("django_session"),
        close_directory("site_cache"),
        close_directory("account_emailaddress"),
    ]
