"""Row-level security of the catalogue by clearance, denial, release and caution; and media seen only through those who brought them."""

from django.db import migrations

from clew.access.policies import OWN_CLEARED_ROW, VISIBLE_ROW, WEB_ROLE, protect_anew

SEEN_SERIES = "EXISTS (SELECT 1 FROM catalogue_series s WHERE s.id = series_id)"
# A subquery in a policy runs under the policies of the table it reads: what is seen here is seen through what is seen there.
SEEN_MEDIA = (
    "EXISTS (SELECT 1 FROM catalogue_sighting s WHERE s.media_id = catalogue_media.id)"
    " OR EXISTS (SELECT 1 FROM catalogue_membership m WHERE m.media_id = catalogue_media.id AND m.opens_media)"
)
# One's own unit states, of a series that one sees; what it opens to others is what one's own organisation brought, in a series of its own.
STATED = """
EXISTS (SELECT 1 FROM access_unit u WHERE u.id = stated_by_unit_id AND u.organisation_id = (SELECT clew_organisation()))
AND EXISTS (SELECT 1 FROM catalogue_series s WHERE s.id = series_id
  AND (NOT opens_media OR s.owner_organisation_id = (SELECT clew_organisation())))
AND (NOT opens_media OR EXISTS (SELECT 1 FROM catalogue_sighting g
  WHERE g.media_id = catalogue_membership.media_id AND g.owner_organisation_id = (SELECT clew_organisation())))
"""
OPEN_THOSE_OF_OWN = """
UPDATE catalogue_membership m SET opens_media = true FROM catalogue_series s, access_unit u
WHERE s.id = m.series_id AND u.id = m.stated_by_unit_id AND u.organisation_id = s.owner_organisation_id
  AND EXISTS (SELECT 1 FROM catalogue_sighting g WHERE g.media_id = m.media_id AND g.owner_organisation_id = s.owner_organisation_id);
"""

# A case takes the highest confidentiality of what is brought to it.
RAISE_CASE = f"""
GRANT UPDATE (confidentiality) ON catalogue_case TO {WEB_ROLE};
CREATE POLICY catalogue_case_change ON catalogue_case FOR UPDATE TO {WEB_ROLE}
  USING ({OWN_CLEARED_ROW}) WITH CHECK ({OWN_CLEARED_ROW});
"""


class Migration(migrations.Migration):
    """Policies of the catalogue."""

    dependencies = [("catalogue", "0009_sharing"), ("access", "0003_sharing")]

    operations = [
        migrations.RunSQL(OPEN_THOSE_OF_OWN, migrations.RunSQL.noop),
        protect_anew("catalogue_case", visible=OWN_CLEARED_ROW, writable=OWN_CLEARED_ROW),
        migrations.RunSQL(RAISE_CASE, migrations.RunSQL.noop),
        protect_anew("catalogue_submission", visible=OWN_CLEARED_ROW, writable=OWN_CLEARED_ROW, may_update=True),
        protect_anew("catalogue_sighting", visible=VISIBLE_ROW),
        protect_anew("catalogue_series", visible=VISIBLE_ROW, writable=OWN_CLEARED_ROW, may_update=True),
        protect_anew("catalogue_membership", visible=SEEN_SERIES, writable=STATED),
        protect_anew("catalogue_media", visible=SEEN_MEDIA),
    ]
