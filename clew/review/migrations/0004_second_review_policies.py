"""Row-level security of the second review: its organisation's own."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect


class Migration(migrations.Migration):
    """Policies of the second review."""

    dependencies = [("review", "0003_second_review"), ("access", "0018_sees_row")]

    operations = [
        protect("review_secondreview", visible=OWN_ROW, writable=OWN_ROW, may_update=True),
        protect("review_secondlook", visible=OWN_ROW, writable=OWN_ROW, may_update=True),
    ]
