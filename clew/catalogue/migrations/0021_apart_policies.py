"""Row-level security of what is kept apart: its organisation's own, where both contents are seen; looks are for the matching service alone."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect, service_only


class Migration(migrations.Migration):
    """Policies of keeping apart."""

    dependencies = [("catalogue", "0020_apart")]

    operations = [
        protect(
            "catalogue_apart",
            visible=f"{OWN_ROW} AND clew_sees_media(left_id) AND clew_sees_media(right_id)",
            writable=OWN_ROW,
            may_update=True,
        ),
        service_only("catalogue_turnedlooks"),
    ]
