"""Row-level security of schemes and votes: settings and taxonomies stay with the service; calls and confirmations are seen as statements are."""

from django.db import migrations

from clew.access.policies import OWN_CLEARED_ROW, SEEN_ROW, protect, sequences, service_only


class Migration(migrations.Migration):
    """Policies of schemes and votes."""

    dependencies = [("review", "0005_schemes_and_votes")]

    operations = [
        service_only("review_deskschemes"),
        service_only("review_schemeconfirmation"),
        service_only("review_schemefile"),
        service_only("review_taxonomy"),
        protect(
            "review_votecall",
            visible=f"{SEEN_ROW} AND clew_sees_media(media_id)",
            writable=OWN_CLEARED_ROW,
            may_update=True,
        ),
        protect("review_promotion", visible=f"{SEEN_ROW} AND clew_sees_media(media_id)", writable=None),
        sequences(),
    ]
