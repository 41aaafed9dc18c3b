"""P13: no country sees what it was not given; a foreign record and one that does not exist give the same answer at every door."""

import re
import uuid

import pytest
from django.db import ProgrammingError, transaction


def _plain(response):
    """The body without what differs on every request: the form token, the id that was asked for, and the seconds until the screen locks."""
    text = response.content.decode()
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\"\w{64}\"|data-locks-in=\"\d+\"", "", text)


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


#: What a silent owner may have said of the rest; none of it is told to anybody else.
SILENCES = [
    {"outside": "silent"},
    {"outside": "contact", "sharing": "listed", "release_only": True, "audience": "SE"},
    {"outside": "contact", "sharing": "members", "denied": "NO"},
    {"outside": "contact", "sharing": "members", "examined": True},
]


@pytest.fixture(params=SILENCES, ids="-".join)
def silent(request, world, pictures, jpeg):
    """Portugal holds picture 1, in a series, and keeps silent about it in one of the ways there are. Nobody holds picture 2."""
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Series, Sighting

    rule = dict(request.param)
    world.found("SE")
    named = [world.organisations[rule.pop("audience")].id] if "audience" in rule else []
    denied = [world.organisations[rule.pop("denied")].id] if "denied" in rule else []
    examined = rule.pop("examined", False)
    rule = {**rule, "audience_organisations": named, "denied_organisations": denied}
    world.submit("PT", {"held.jpg": jpeg(pictures(1))}, **rule)
    officer = world.officer("PT")
    with acting_as(officer):
        series = create_series(officer, "Alder", world.grounds(**rule))
        state_membership(officer, series, list(Sighting.objects.values_list("media_id", flat=True)), basis="seen")
    for model in (Series, Sighting):
        model.objects.using("service").update(under_examination=examined)


class _Asked:
    """The questions put to the database on both connections while it is open, without what they were asked with."""

    def __enter__(self):
        from django.db import connections
        from django.test.utils import CaptureQueriesContext

        self._captured = [CaptureQueriesContext(connections[alias]) for alias in ("default", "service")]
        for one in self._captured:
            one.__enter__()
        return self

    def __exit__(self, *failure):
        for one in self._captured:
            one.__exit__(*failure)
        self.statements = [
            [query["sql"].split("VALUES")[0].split("WHERE")[0].split(" SET ")[0] for query in one.captured_queries]
            for one in self._captured
        ]


def _silent_and_absent(ask):
    """Both answers and both lists of questions, each asked for the second time: caches are filled then."""
    told = []
    for number in (1, 2, 1, 2):
        with _Asked() as asked:
            answer = ask(number)
        told.append((answer, asked.statements))
    return told[2:]


@pytest.mark.parametrize("door", ["check", "match"])
def test_a_hidden_hit_is_no_hit_in_body_and_in_work(world, silent, pictures, jpeg, door):
    """The same bytes, the same look: body, status, and one by one the questions put to the database."""
    import hashlib

    from django.test import Client

    from clew.access.keys import create_key
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail
    from clew.intake.wire import to_wire
    from clew.signatures.orientations import Orientation

    secret = create_key(world.officer("NO"), "test")
    prints = {
        number: fingerprint_of(jpeg(pictures(number)), jail=process_jail(), with_renditions=False) for number in (1, 2)
    }

    def ask(number):
        if door == "check":
            path, body = "/checks", {"fingerprints": [to_wire("a.jpg", prints[number])]}
        else:
            look = prints[number].pdq[Orientation.ORIGINAL].bits.hex()
            digest = hashlib.sha256(jpeg(pictures(number))).hexdigest()
            path, body = "/match", {"signatures": [f"sha256:{digest}", f"pdq:{look}"]}
        headers = {"Authorization": f"Bearer {secret}"}
        answer = Client().post(f"/api/v1{path}", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.content

    (hidden, work_hidden), (absent, work_absent) = _silent_and_absent(ask)
    assert hidden == absent
    assert hidden[0] == 200
    assert work_hidden == work_absent


def test_a_hidden_hit_is_no_hit_in_a_submission(world, silent, pictures, jpeg):
    """The verdict by page, by API and by SQL as the web role; only the owner learns of it."""
    from django.test import Client

    from clew.access.keys import create_key
    from clew.access.scope import acting_as
    from clew.cooperation.models import Alert
    from clew.intake.models import Match, ReceivedFile

    asked = {number: world.submit("NO", {"a.jpg": jpeg(pictures(number))}, reference="C") for number in (1, 2)}
    secret = create_key(world.officer("NO"), "test")
    client = world.client("NO")
    told = []
    for submission in asked.values():
        headers = {"Authorization": f"Bearer {secret}"}
        by_api = Client().get(f"/api/v1/submissions/{submission.id}/verdicts", headers=headers)
        with acting_as(world.officer("NO")):
            file = ReceivedFile.objects.get(submission=submission)
            assert Match.objects.count() == 0
        page = _plain(client.get(f"/verdicts/{file.id}/"))
        told.append((by_api.content.replace(str(file.id).encode(), b""), re.sub(r"[\d,]+ bytes received", "", page)))
    assert told[0] == told[1]
    assert Alert.objects.using("service").get().owner_organisation == world.organisations["PT"]


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


def test_no_count_tells_that_somebody_holds_what_one_has_just_brought(silent, world, pictures, jpeg):
    """Of what Portugal holds in silence there is no second content; of what nobody holds there is one more. Norway is told neither number."""
    from django.test import Client

    from clew.access.keys import create_key

    key, client = create_key(world.officer("NO"), "watch"), world.client("NO")

    def told():
        page = client.get("/status/").content.decode()
        numbers = Client().get("/api/v1/metrics", headers={"Authorization": f"Bearer {key}"}).content.decode()
        lines = [line for line in numbers.splitlines() if not line.startswith(("#", "clew_ledger", "clew_recall_"))]
        return page[page.index('id="index"') : page.index('id="ledger"')], lines

    before = told()
    assert any(line.startswith("clew_index_trusted") for line in before[1])
    for number in (1, 2):
        world.submit("NO", {"mine.jpg": jpeg(pictures(number))}, reference=f"count {number}")
        assert told() == before
