"""P40: what must go, goes; what is held, stays. A clock past the retention of a case, with and without a hold, and every place that could tell of it."""

import datetime as dt
import hashlib
import sys
from pathlib import Path

import pytest
from django.conf import settings

from clew.kernel.clock import frozen_at

sys.path.insert(0, str(Path(__file__).parents[1]))
from dumps import database_dump, files_below

BEGUN = dt.datetime(2030, 3, 1, 9, tzinfo=dt.UTC)
ASKED = dt.datetime(2034, 9, 2, 9, tzinfo=dt.UTC)
EXPIRED = dt.datetime(2035, 3, 1, 9, tzinfo=dt.UTC)
REASON = "The trial goes on and needs it."


@pytest.fixture
def run():
    from clew.intake.retention_run import run_retention
    from clew.ledger.delivery import deliver_waiting

    def at(moment):
        with frozen_at(moment):
            done = run_retention()
            deliver_waiting()
        return done

    return at


@pytest.fixture
def brought(world, pictures, jpeg):
    """Norway brings two pictures. Portugal brings a worse copy of one, and the very bytes of the other; its case is kept for longer."""
    own, both = jpeg(pictures(1)), jpeg(pictures(2))
    with frozen_at(BEGUN):
        case = world.submit("NO", {"own.jpg": own, "both.jpg": both}, reference="N-1")
    with frozen_at(BEGUN + dt.timedelta(days=365)):
        worse = pictures(1).copy()
        worse[:30, :90] = 0
        near = {"near.jpg": jpeg(worse, quality=60), "both.jpg": both}
        foreign = world.submit("PT", near, outside="silent", reference="P-1")
    return {"case": case, "foreign": foreign, "own": own, "both": both}


def _traces(content):
    """What a dump of the database, and a listing of the vault, would show of a content."""
    from clew.catalogue.models import Media

    sha256 = hashlib.sha256(content).digest()
    media = Media.objects.using("service").get(digests__sha256=sha256)
    told = [media.digests.sha256, media.digests.sha1, media.digests.md5]
    told += [signature.bits for signature in media.signatures.using("service").all()]
    told += [bytes(imprint.content)[:200] for imprint in media.imprints.using("service").all()]
    assert len(told) > 4
    addresses = {media.original_address, media.thumbnail_address, media.preview_address}
    assert "" not in addresses
    return media.id, [bytes(one).hex().encode() for one in told], addresses


def _objects():
    """Names of the objects in the vault."""
    return {path.rpartition("/")[2] for path in files_below(settings.CLEW_VAULT_URL)}


def _names(addresses):
    return {address.partition("/")[2] for address in addresses}


def test_past_its_time_a_case_goes_with_all_that_derives_from_it(world, brought, run):
    from clew.catalogue.models import Case, Purge, Tombstone
    from clew.ledger.models import Entry

    media_id, traces, addresses = _traces(brought["own"])
    dump = database_dump()
    assert all(trace in dump for trace in traces)
    assert _names(addresses) <= _objects()

    assert run(BEGUN) == 0
    assert run(ASKED) == 0
    assert run(EXPIRED - dt.timedelta(days=1)) == 0
    assert Case.objects.using("service").filter(reference="N-1").exists()
    assert run(EXPIRED) == 1

    dump = database_dump()
    assert [trace for trace in traces if trace in dump] == []
    assert brought["own"][:64].hex().encode() not in dump
    assert b"own.jpg" not in dump
    assert not _names(addresses) & _objects()
    assert [
        path for path, content in files_below(settings.CLEW_VAULT_URL).items() if brought["own"][:64] in content
    ] == []
    # What remains: the tombstones, and the ledger entry that proves it.
    purge = Purge.objects.using("service").get()
    assert (purge.state, purge.cause, purge.counts["files"]) == ("finished", "expiry", 2)
    assert Tombstone.objects.using("service").get().media_id == media_id
    entry = Entry.objects.using("service").get(verb="catalogue:record:purge")
    assert (entry.subject_id, entry.facts["case"]) == (purge.id, str(purge.record_id))
    assert run(EXPIRED) == 0


def test_nothing_is_answered_by_it_any_more_by_bytes_looks_or_parts_and_no_index_keeps_it(world, brought, run):
    from clew.intake import recognition
    from clew.intake.actions import check
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.keeping import build, build_if_due
    from clew.intake.pipeline import process_jail

    asked = fingerprint_of(brought["own"], jail=process_jail())
    recogniser = recognition.recogniser()
    build(recogniser.store)
    (before,) = check(world.officer("NO"), [asked])
    assert before.kind == "known"
    held = set(recogniser.index.segment.rows()[0].tolist())

    run(ASKED)
    run(EXPIRED)
    (after,) = check(world.officer("NO"), [asked])
    # Portugal's worse copy is silent to Norway.
    assert (after.kind, after.hits) == ("new", ())
    assert build_if_due(recogniser) is not None
    left = set(recogniser.index.segment.rows()[0].tolist())
    assert len(left) < len(held)
    assert build_if_due(recogniser) is None


def test_what_another_country_holds_stays_whole_and_it_notices_nothing(world, brought, run):
    before = _seen_by_portugal(world, brought)
    run(ASKED)
    run(EXPIRED)
    assert _seen_by_portugal(world, brought) == before


def _seen_by_portugal(world, brought):
    from clew.access.scope import acting_as
    from clew.catalogue.looking import look
    from clew.catalogue.models import Media
    from clew.vault.opened import vault

    officer = world.officer("PT")
    with acting_as(officer):
        media = Media.objects.get(sightings__path="both.jpg")
    verdicts = {path: (verdict.kind, verdict.reason) for path, verdict in world.verdicts(brought["foreign"]).items()}
    picture = look(officer, media.id, "thumbnail").content
    assert vault().open(media.original_address) == brought["both"]
    return media.id, media.metadata, picture, verdicts


def test_a_match_told_to_others_keeps_its_words_and_loses_what_leads_to_the_content(world, brought, run):
    from clew.intake.models import Match

    (match,) = Match.objects.using("service").filter(verdict__file__path="near.jpg")
    assert match.media_id is not None
    before = world.client("PT").get(f"/verdicts/{match.verdict_id}/").content.decode()
    assert "Bureau NO" in before
    run(ASKED)
    run(EXPIRED)
    for path in ("near.jpg", "both.jpg"):
        match = Match.objects.using("service").get(verdict__submission=brought["foreign"], verdict__file__path=path)
        assert (match.media_id, match.series_id, match.distance, match.fit) == (None, None, None, None)
        assert (match.holder_unit_id, match.gone_at) == (world.units["NO"].id, EXPIRED)
    page = world.client("PT").get(f"/verdicts/{match.verdict_id}/").content.decode()
    assert "the same bytes as something held" in page
    assert "Bureau NO" not in page


def test_under_a_hold_it_stays_and_goes_once_two_people_have_lifted_it(world, brought, run):
    from clew.access.actions import enlist_officer
    from clew.access.approvals import ApprovalMissing, ask, decide
    from clew.access.grave_acts import GraveAct
    from clew.catalogue.models import Case
    from clew.catalogue.retention import hold_facts, lift_hold, place_hold

    unit = world.units["NO"]
    asker, decider = (
        enlist_officer(unit, username=name, name=name, roles=["national_administrator"], password="a long password")
        for name in ("asker", "decider")
    )
    case = Case.objects.using("service").get(reference="N-1")
    run(ASKED)
    with frozen_at(EXPIRED - dt.timedelta(days=2)):
        review_on = (EXPIRED + dt.timedelta(days=90)).date()
        hold = place_hold(world.officer("NO"), "case", case.id, reason=REASON, review_on=review_on)
    later = EXPIRED + dt.timedelta(days=400)
    assert run(later) == 0
    _media_id, traces, addresses = _traces(brought["own"])
    assert all(trace in database_dump() for trace in traces)
    assert _names(addresses) <= _objects()

    with frozen_at(later):
        with pytest.raises(ApprovalMissing):
            lift_hold(asker, hold.id, REASON)
        approval = ask(
            asker, GraveAct.HOLD_LIFT, subject_kind="case", subject_id=case.id, facts=hold_facts(hold), reason=REASON
        )
        decide(decider, approval.id, digest=bytes(approval.request_digest), grant=True)
        lift_hold(asker, hold.id, "The trial has ended, nothing is appealed.")
    assert run(later) == 1
    assert [trace for trace in traces if trace in database_dump()] == []
    assert not _names(addresses) & _objects()


def test_the_database_itself_deletes_nothing_on_which_a_hold_stands(world, brought, database):
    from django.db import ProgrammingError, transaction

    from clew.catalogue.models import Case
    from clew.catalogue.retention import place_hold

    with frozen_at(ASKED):
        case = Case.objects.using("service").get(reference="N-1")
        review_on = (ASKED + dt.timedelta(days=90)).date()
        place_hold(world.officer("NO"), "case", case.id, reason=REASON, review_on=review_on)
    for sql in (
        "DELETE FROM catalogue_case",
        "DELETE FROM catalogue_legalhold",
        "UPDATE catalogue_legalhold SET reason = ''",
    ):
        with (
            pytest.raises(ProgrammingError, match="hold"),
            transaction.atomic(using="service"),
            database["service"].cursor() as cursor,
        ):
            cursor.execute(sql)


def test_its_former_holder_keeps_no_share_of_the_key_of_what_others_keep(world, brought, run, database):
    def shares():
        with database["service"].cursor() as cursor:
            cursor.execute("SELECT organisation_id, wrapped IS NOT NULL FROM vault_wrap")
            return [(held, alive) for held, alive in cursor.fetchall() if held == world.organisations["NO"].id]

    assert shares()
    assert all(alive for _held, alive in shares())
    run(ASKED)
    run(EXPIRED)
    # Its own and what Portugal keeps as well: no wrap of Norway's opens anything any more.
    assert not any(alive for _held, alive in shares())
