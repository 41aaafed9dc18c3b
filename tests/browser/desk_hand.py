"""A hand at the desk: a seizure of many stacks, made inside the database around a few small rendered rooms, and officers who are signed in."""

import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

from grid_world import rooms

#: Row `n` of 0, 1, 2 ... is in stack `n / each`, whose medoid is the first of its rows.
_ID = "(lpad(to_hex(n), 12, '0') || '7000{kind}00000000')::uuid"
_MEDIA, _STACK = _ID.format(kind="800a0000"), _ID.format(kind="800b0000").replace("to_hex(n)", "to_hex(n / %(each)s)")
_RULE = """owner_unit_id, owner_organisation_id, confidentiality, sharing, audience_organisations, audience_groups, release_only,
  denied_organisations, under_examination, outside, purpose, review_on"""
_ROWS = (
    f"""INSERT INTO catalogue_media (id, kind, mime, size_bytes, width, height, metadata, original_address, thumbnail_address,
      preview_address, strip_address, derivation, first_seen_at, imprinted_at)
    SELECT {_MEDIA}, 'image', 'image/jpeg', 200000 + n, 1600, 1200, '{{}}', '',
      (%(addresses)s::text[])[1 + n / %(each)s %% cardinality(%(addresses)s::text[])], (%(addresses)s::text[])[1 + n / %(each)s %% cardinality(%(addresses)s::text[])],
      '', '{{}}', now(), now() FROM generate_series(0, %(count)s * %(each)s - 1) n""",
    f"""INSERT INTO catalogue_sighting (id, submission_id, media_id, path, parent_id, seen_at, {_RULE})
    SELECT {_ID.format(kind="800c0000")}, %(submission)s, {_MEDIA}, 'room/' || n || '.jpg', NULL, now(), %(unit)s, %(organisation)s,
      'restricted', 'nobody', '{{}}', '{{}}', false, '{{}}', false, 'contact', 'victim identification', NULL
    FROM generate_series(0, %(count)s * %(each)s - 1) n""",
    f"""INSERT INTO review_stack (id, owner_organisation_id, medoid_id, size, files, made_at, worth, reasons)
    SELECT {_STACK}, %(organisation)s, {_MEDIA}, %(each)s, %(each)s, now(), %(count)s - n / %(each)s, '[]'
    FROM generate_series(0, (%(count)s - 1) * %(each)s, %(each)s) n""",
    f"""INSERT INTO review_stackmember (id, owner_organisation_id, stack_id, media_id, distance, orientation, variant, joined_at)
    SELECT {_ID.format(kind="800d0000")}, %(organisation)s, {_STACK}, {_MEDIA}, 4 * (n %% %(each)s), 'original', '', now()
    FROM generate_series(0, %(count)s * %(each)s - 1) n""",
)


def many_stacks(world, count, each=2):
    """So many stacks of Norway's, each of so many contents; (stack, its contents with the medoid first) in the order in which they are served."""
    from django.db import connections, transaction

    from clew.vault.opened import vault

    submission = world.submit("NO", {}, reference="N-1")
    blobs = vault().seal_many(rooms(), namespace="thumbnails")
    told = {
        "count": count,
        "each": each,
        "addresses": [str(blob.address) for blob in blobs],
        "submission": submission.id,
        "unit": submission.owner_unit_id,
        "organisation": submission.owner_organisation_id,
    }
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        # Rows made by the hundred are held together by how they are made.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in _ROWS:
            cursor.execute(statement, told)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return [(_id(n, "b"), [_id(n * each + one, "a") for one in range(each)]) for n in range(count)]


def _id(n, kind):
    return str(uuid.UUID(f"{n:012x}7000800{kind}000000000000"))


def colleague(world):
    """A second specialist of Norway's, as `N2`."""
    from clew.access.actions import enlist_officer
    from clew.access.models import Officer

    made = enlist_officer(
        world.units["NO"], username="no.second", name="Second", roles=["specialist"], password="a long password"
    )
    Officer.objects.using("service").filter(id=made.id).update(certified_until=world.officer("NO").certified_until)
    world.officers["N2"] = Officer.objects.using("service").select_related("unit__organisation").get(id=made.id)
    return world.officers["N2"]


def signed_in(context, world, server, key="NO"):
    """Sign an officer in to a browser's context, and open a page that the desk is to be on."""
    from django.conf import settings

    cookie = world.confirmed(key).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": server}])
    return context.new_page()


def at_desk(page):
    """Open the desk; the stack that is shown."""
    page.goto("/review/desk/")
    return shown(page)


def shown(page):
    page.wait_for_selector("#desk")
    return page.get_attribute("#desk", "data-stack")


def press(page, key, *, on=True):
    """Press a key, and wait until another stack is shown, or the same one anew; the stack that is shown then."""
    page.evaluate("() => { document.getElementById('desk').dataset.wasSeen = 'yes' }")
    page.keyboard.press(key)
    if on:
        page.wait_for_selector("#desk:not([data-was-seen])", timeout=20_000)
    return page.get_attribute("#desk", "data-stack")


def said(world, key="NO"):
    """Content -> (code, basis) of what the organisation says and stands."""
    from clew.review.models import Statement

    own = Statement.objects.using("service").filter(owner_organisation=world.organisations[key].id, is_standing=True)
    return {str(one.media_id): (one.code, one.basis) for one in own}


def standing(world):
    """Everything that undoing must restore: stacks, their members, what is said."""
    from clew.review.models import Stack, StackMember

    stacks = Stack.objects.using("service").filter(size__gt=0).order_by("id")
    members = StackMember.objects.using("service").order_by("media")
    return (
        [(str(one.id), one.size, one.decided_by is not None) for one in stacks],
        [(str(one.media_id), str(one.stack_id), one.distance) for one in members],
        said(world),
    )
