"""A catalogue of millions for the grid: rows made inside the database, and a few small rendered rooms in the vault that they share.

Its media are of one country but for every seventh, which another country shares with all members; one in fifty it shares with nobody. One in forty is
a film. Who asks sees all but those.
"""

from __future__ import annotations

ID = "(lpad(to_hex({n}), 12, '0') || '70008000{kind}00000000')::uuid"
MEDIA_ID, SIGHTING_ID = ID.format(n="n", kind="0001"), ID.format(n="n", kind="0005")
RULE = """owner_unit_id, owner_organisation_id, confidentiality, sharing, audience_organisations, audience_groups, release_only,
  denied_organisations, under_examination, outside, purpose, review_on"""
SHARING = "CASE WHEN n % 50 = 7 THEN 'nobody' WHEN n % 7 = 0 OR n % 50 = 3 THEN 'members' ELSE 'nobody' END"
IS_OTHERS = "(n % 7 = 0 OR n % 50 = 7)"

MEDIA = f"""
INSERT INTO catalogue_media (id, kind, mime, size_bytes, width, height, metadata, original_address, thumbnail_address, preview_address,
    strip_address, derivation, first_seen_at, imprinted_at)
  SELECT {MEDIA_ID}, CASE WHEN n % 40 = 5 THEN 'video' ELSE 'image' END, CASE WHEN n % 40 = 5 THEN 'video/mp4' ELSE 'image/jpeg' END,
    200000 + n, 1600, 1200, CASE WHEN n % 40 = 5 THEN jsonb_build_object('duration_seconds', n % 5000) ELSE '{{}}'::jsonb END, '',
    (%(addresses)s::text[])[1 + n % cardinality(%(addresses)s::text[])], (%(addresses)s::text[])[1 + n % cardinality(%(addresses)s::text[])],
    '', '{{}}', now(), now() FROM generate_series(1, %(count)s) n
"""
SIGHTINGS = f"""
INSERT INTO catalogue_sighting (id, submission_id, media_id, path, parent_id, seen_at, {RULE})
  SELECT {SIGHTING_ID}, CASE WHEN {IS_OTHERS} THEN %(theirs)s ELSE %(ours)s END, {MEDIA_ID}, 'room/' || n || '.jpg', NULL, now(),
    CASE WHEN {IS_OTHERS} THEN %(their_unit)s ELSE %(our_unit)s END,
    CASE WHEN {IS_OTHERS} THEN %(their_organisation)s ELSE %(our_organisation)s END,
    'restricted', {SHARING}, '{{}}', '{{}}', false, '{{}}', false, 'contact', 'victim identification', NULL
  FROM generate_series(1, %(count)s) n
"""


def fill(count, ours, theirs, addresses):
    """`count` media in two submissions; `addresses` are of renditions that lie in the vault."""
    from django.db import connections, transaction

    told = {
        "count": count,
        "addresses": [str(address) for address in addresses],
        "ours": ours.id,
        "theirs": theirs.id,
        "our_unit": ours.owner_unit_id,
        "our_organisation": ours.owner_organisation_id,
        "their_unit": theirs.owner_unit_id,
        "their_organisation": theirs.owner_organisation_id,
    }
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        # Rows made by the million are held together by how they are made.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (MEDIA, SIGHTINGS):
            cursor.execute(statement.replace("% ", "%% "), told)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def rooms(number=12):
    """JPEGs of rendered rooms, as large as thumbnails are."""
    import io

    from PIL import Image

    from clew.demo.render.views import picture_of

    made = []
    for at in range(number):
        out = io.BytesIO()
        Image.fromarray(picture_of(at, 0, width=256, height=192)).save(out, "JPEG", quality=82)
        made.append(out.getvalue())
    return made
