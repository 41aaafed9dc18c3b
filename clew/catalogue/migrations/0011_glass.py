"""Series and sightings are seen through a broken glass too."""

from django.db import migrations

from clew.access.policies import GLASS_ROW, VISIBLE_ROW, protect_anew

SEEN = f"({VISIBLE_ROW}) OR ({GLASS_ROW})"


class Migration(migrations.Migration):
    """Policies of series and sightings."""

    dependencies = [("catalogue", "0010_sharing_policies"), ("access", "0007_glass")]

    operations = [
        protect_anew("catalogue_sighting", visible=SEEN),
        protect_anew("catalogue_series", visible=SEEN),
    ]
