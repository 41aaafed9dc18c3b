"""Row-level security of searching: words are seen with what they are of; ways and questions are their officer's own, saved searches their unit's too."""

from django.db import migrations

from clew.access.policies import OWN_OFFICER_ROW, protect, sequences, service_only
from clew.review.search_policies import (
    DROP_SEES_WORD,
    KEEP_WORDS,
    LEAVE_WORDS,
    OWN_WRITTEN,
    RUN_WRITTEN,
    SAVED_ROW,
    SAVED_WRITTEN,
    SEEN_WORD,
    SEES_WORD,
)


class Migration(migrations.Migration):
    """Policies, and what the database keeps of words by itself."""

    dependencies = [
        ("review", "0012_searching"),
        ("access", "0021_scope_officer"),
        ("catalogue", "0027_told_by_files"),
    ]

    operations = [
        migrations.RunSQL(SEES_WORD, DROP_SEES_WORD),
        protect("review_searchword", visible=SEEN_WORD, writable=None),
        service_only("review_wordsdue"),
        protect("review_likeness", visible=OWN_OFFICER_ROW, writable=OWN_WRITTEN),
        service_only("review_likenesshit"),
        protect("review_searchstep", visible=OWN_OFFICER_ROW, writable=OWN_WRITTEN, may_update=True),
        protect("review_savedsearch", visible=SAVED_ROW, writable=SAVED_WRITTEN, may_update=True),
        protect("review_savedrun", visible=OWN_OFFICER_ROW, writable=RUN_WRITTEN, may_update=True),
        sequences(),
        migrations.RunSQL(KEEP_WORDS, LEAVE_WORDS),
    ]
