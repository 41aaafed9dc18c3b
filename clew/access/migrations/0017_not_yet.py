from django.db import migrations

from clew.access.policies import DROP_NOT_YET, NOT_YET


class Migration(migrations.Migration):
    """Who is being onboarded sees nothing of others, also where it is named."""

    dependencies = [("access", "0016_subject_requests_policies")]

    operations = [migrations.RunSQL(NOT_YET, DROP_NOT_YET)]
