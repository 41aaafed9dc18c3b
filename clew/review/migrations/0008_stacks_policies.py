"""Row-level security of stacks: their organisation's own, where the content is seen; and their state, which the database itself derives."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect, service_only
from clew.review.policies_of_stacks import DROP_STATE, STATE


class Migration(migrations.Migration):
    """Policies of stacks."""

    dependencies = [("review", "0007_stacks"), ("catalogue", "0021_apart_policies")]

    operations = [
        protect("review_stack", visible=f"{OWN_ROW} AND clew_sees_media(medoid_id)", writable=OWN_ROW, may_update=True),
        *(
            protect(table, visible=f"{OWN_ROW} AND clew_sees_media(media_id)", writable=OWN_ROW, may_update=True)
            for table in ("review_stackmember", "review_stackmove")
        ),
        protect("review_stackskip", visible=OWN_ROW, writable=OWN_ROW, may_update=True),
        service_only("review_stackedsubmission"),
        migrations.RunSQL(STATE, DROP_STATE),
    ]
