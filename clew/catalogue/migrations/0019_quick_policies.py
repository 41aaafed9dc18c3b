"""Series, sightings, memberships and media are seen by the same rules as before, asked in a way that costs little to plan."""

import django.db.models
from django.db import migrations

from clew.access.policies import SEEN_ROW, protect_anew

# OFFSET 0 keeps it a look into an index for each row: the planner would rather hash every series there is.
SEEN_SERIES = "EXISTS (SELECT 1 FROM catalogue_series s WHERE s.id = series_id OFFSET 0)"
# It runs with the rights of whoever asks: what is seen here is seen through what the policies of sightings and memberships let be seen.
# Not in parallel: each helper would plan it for itself, which costs more than it helps.
SEES_MEDIA = """
CREATE FUNCTION clew_sees_media(media uuid) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 AS $$ BEGIN
  PERFORM 1 FROM public.catalogue_sighting s WHERE s.media_id = media LIMIT 1;
  IF FOUND THEN RETURN true; END IF;
  PERFORM 1 FROM public.catalogue_membership m WHERE m.media_id = media AND m.opens_media LIMIT 1;
  RETURN FOUND;
END $$;
"""


class Migration(migrations.Migration):
    """Policies of series, sightings, memberships and media."""

    dependencies = [("catalogue", "0018_purged_shares"), ("access", "0018_sees_row")]

    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=django.db.models.Index(
                fields=["series", "media", "id"],
                name="catalogue_membership_belongs",
                condition=django.db.models.Q(belongs=True),
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=django.db.models.Index(
                fields=["series", "media"],
                name="catalogue_membership_denied",
                condition=django.db.models.Q(belongs=False),
            ),
        ),
        migrations.RunSQL(SEES_MEDIA, migrations.RunSQL.noop),
        protect_anew("catalogue_sighting", visible=SEEN_ROW),
        protect_anew("catalogue_series", visible=SEEN_ROW),
        protect_anew("catalogue_membership", visible=SEEN_SERIES),
        protect_anew("catalogue_media", visible="clew_sees_media(id)"),
    ]
