"""Row-level security of review: acts are their organisation's own; statements are seen by their rule, and only where their content is."""

from django.db import migrations

from clew.access.policies import OWN_CLEARED_ROW, OWN_ROW, SEEN_ROW, protect


class Migration(migrations.Migration):
    """Policies of review."""

    dependencies = [("review", "0001_initial"), ("access", "0018_sees_row"), ("catalogue", "0019_quick_policies")]

    operations = [
        protect("review_decision", visible=OWN_ROW, writable=OWN_ROW, may_update=True),
        protect(
            "review_statement",
            visible=f"{SEEN_ROW} AND clew_sees_media(media_id)",
            writable=OWN_CLEARED_ROW,
            may_update=True,
        ),
    ]
