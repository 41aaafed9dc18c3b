"""What files say of time, camera, place and language, in columns and indexes of their own. All columns at once: each would write the table anew."""

import django.db.models
from django.db import migrations

from clew.catalogue.file_facts import DROP_FACT_FUNCTIONS, FACT_FUNCTIONS, day_told, number_told, words_told

COLUMNS = {
    "taken_on": (
        "date",
        day_told,
        ("taken_at", "xmp_taken_at", "digitised_at", "header_created_at", "document_created_at"),
    ),
    "camera_make": ("varchar(80)", words_told, ("camera_make", "xmp_camera_make")),
    "camera_model": ("varchar(80)", words_told, ("camera_model", "xmp_camera_model")),
    "latitude": ("double precision", number_told, ("gps_latitude",)),
    "longitude": ("double precision", number_told, ("gps_longitude",)),
    "city": ("varchar(80)", words_told, ("iptc_city", "xmp_city")),
    "country": ("varchar(80)", words_told, ("iptc_country", "xmp_country")),
    "language": ("varchar(80)", words_told, ("document_language", "audio_language")),
}
FUNCTIONS = {words_told: "clew_told", number_told: "clew_number_told", day_told: "clew_day_told"}
ADD = ", ".join(
    f"ADD COLUMN {column} {kind} GENERATED ALWAYS AS ({FUNCTIONS[told]}(metadata, {', '.join(repr(name) for name in names)})) STORED"
    for column, (kind, told, names) in COLUMNS.items()
)
DROP = ", ".join(f"DROP COLUMN {column}" for column in COLUMNS)


def _index(*names, is_partial=True):
    condition = django.db.models.Q(**{f"{names[0]}__isnull": False}) if is_partial else None
    name = f"catalogue_media_{names[0] if names[0] != 'size_bytes' else 'size'}"
    return migrations.AddIndex("media", django.db.models.Index(fields=list(names), name=name, condition=condition))


class Migration(migrations.Migration):
    """Columns worked out from the metadata, and the indexes that searches use."""

    dependencies = [("catalogue", "0026_watched_by_one_holder")]

    operations = [
        migrations.RunSQL(FACT_FUNCTIONS, DROP_FACT_FUNCTIONS),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(f"ALTER TABLE catalogue_media {ADD}", f"ALTER TABLE catalogue_media {DROP}")],
            [migrations.AddField("media", column, told(*names)) for column, (_kind, told, names) in COLUMNS.items()],
        ),
        _index("kind", "-id", is_partial=False),
        _index("size_bytes", is_partial=False),
        _index("taken_on", "-id"),
        _index("camera_make", "camera_model", "-id"),
        _index("latitude", "longitude", "-id"),
        _index("city", "-id"),
        _index("country", "-id"),
        _index("language", "-id"),
    ]
