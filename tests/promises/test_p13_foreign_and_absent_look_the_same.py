"""P13: no country sees what it was not given; a foreign record and one that does not exist give the same answer at every door."""

import re
import uuid

import pytest
from django.db import ProgrammingError, transaction


def _plain(response):
    """The body without what differs on every request: the form token and the id that was asked for."""
    text = response.content.decode()
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\"\w{64}\"", "", text)


@pytest.mark.parametrize(
    "page", ["/submissions/{}/", "/submissions/{}/progress/", "/verdicts/{}/", "/media/{}/", "/series/{}/"]
)
def test_through_a_page(world, pictures, jpeg, page):
    ids = _ids_of_norway(world, pictures, jpeg)
    foreign_id = ids[page.split("/")[1]]
    own, foreign = world.client("NO"), world.client("PT")

    assert own.get(page.format(foreign_id)).status_code == 200
    seen, absent = foreign.get(page.format(foreign_id)), foreign.get(page.format(uuid.uuid4()))
    assert (seen.status_code, absent.status_code) == (404, 404)
    assert _plain(seen) == _plain(absent)


def test_through_the_api(world, pictures, jpeg):
    from django.test import Client

    from clew.access.keys import create_key

    foreign_id = _ids_of_norway(world, pictures, jpeg)["submissions"]

    def ask(key, submission_id, path=""):
        secret = create_key(world.officer(key), "test")
        return Client().get(f"/api/v1/submissions/{submission_id}{path}", headers={"Authorization": f"Bearer {secret}"})

    for path in ("", "/verdicts", "/keys"):
        assert ask("NO", foreign_id, path).status_code == 200
        seen, absent = ask("PT", foreign_id, path), ask("PT", uuid.uuid4(), path)
        assert (seen.status_code, absent.status_code) == (404, 404)
        assert _plain(seen) == _plain(absent)


@pytest.mark.parametrize(
    "table",
    [
        "catalogue_case",
        "catalogue_submission",
        "catalogue_sighting",
        "catalogue_media",
        "catalogue_series",
        "catalogue_membership",
        "intake_receivedfile",
        "intake_verdict",
    ],
)
def test_through_sql_as_the_web_role(world, database, pictures, jpeg, table):
    from clew.access.scope import acting_as

    _ids_of_norway(world, pictures, jpeg)

    def rows(officer):
        with acting_as(officer), database["default"].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return cursor.fetchone()[0]

    assert rows(world.officer("NO")) > 0
    assert rows(world.officer("PT")) == 0
    assert rows(None) == 0


@pytest.mark.parametrize(
    "table",
    [
        "catalogue_cautionauthor",
        "catalogue_digests",
        "catalogue_doomedblob",
        "catalogue_imprint",
        "catalogue_signature",
        "catalogue_tombstone",
        "intake_indexremoval",
        "intake_jailreport",
        "intake_parking",
        "intake_recallcheck",
        "intake_statedhash",
    ],
)
def test_what_is_for_the_matching_service_alone_is_shut_to_the_web_role_even_for_its_own_country(
    world, database, pictures, jpeg, table
):
    from clew.access.scope import acting_as

    _ids_of_norway(world, pictures, jpeg)
    for sql in (f"SELECT count(*) FROM {table}", f"DELETE FROM {table}"):
        with (
            acting_as(world.officer("NO")),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            database["default"].cursor() as cursor,
        ):
            cursor.execute(sql)


def _ids_of_norway(world, pictures, jpeg):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media
    from clew.intake.models import ReceivedFile

    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    officer = world.officer("NO")
    with acting_as(officer):
        series = create_series(officer, "Blue sofa", world.grounds())
        media = Media.objects.get()
        state_membership(officer, series, [media.id], basis="seen")
        file = ReceivedFile.objects.get()
    return {"submissions": submission.id, "series": series.id, "media": media.id, "verdicts": file.id}
