from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import time
from pathlib import Path

import pytest


@pytest.fixture
def held(world):
    """1,000 originals with a thumbnail each, known to the records; the vault is put back as it was."""
    from django.conf import settings

    from clew.catalogue.models import Media
    from clew.kernel.ids import new_id
    from clew.vault.addresses import Namespace
    from clew.vault.opened import vault

    rng = random.Random(7)
    contents = [rng.randbytes(rng.randrange(1, 3000)) for _ in range(1000)]
    who = world.officer("NO").organisation_id
    originals = [blob.address for blob in vault().seal_many(contents, organisation_id=who)]
    made = [(Namespace.THUMBNAILS, address, "jpeg", address[-20:].encode()) for address in originals]
    thumbnails = [blob.address for blob in vault().seal_derived_many(made)]
    Media.objects.using("service").bulk_create(
        Media(id=new_id(), kind="image", mime="image/jpeg", original_address=a, thumbnail_address=b)
        for a, b in zip(originals, thumbnails, strict=True)
    )
    yield originals, thumbnails

    for folder in ("originals", "thumbnails", "previews"):
        shutil.rmtree(Path(settings.CLEW_VAULT_URL) / folder, ignore_errors=True)


def scrubbed(**options):
    from clew.intake.holdings import Holdings
    from clew.vault.opened import vault
    from clew.vault.scrubbing import scrub

    return scrub(vault(), Holdings(), **options)


def found(run):
    return dict(run.findings.using("service").values_list("address", "fault"))


def path_of(address):
    from django.conf import settings

    from clew.vault.addresses import BlobAddress

    return Path(settings.CLEW_VAULT_URL) / BlobAddress(address).path


def test_one_bit_flipped_in_each_of_a_thousand_objects_is_found_and_nothing_else(held, database):
    originals, thumbnails = held
    rng, flipped = random.Random(8), set()
    for number, (original, thumbnail) in enumerate(zip(originals, thumbnails, strict=True)):
        match number % 4:
            case 0 | 1 | 2:
                # Header, content and tag of the object; of the thumbnail alone each second time.
                address = original if number % 2 else thumbnail
                path = path_of(address)
                sealed = bytearray(path.read_bytes())
                at = {
                    0: rng.randrange(121),
                    1: rng.randrange(121, len(sealed) - 16),
                    2: len(sealed) - 1 - rng.randrange(16),
                }
                sealed[at[number % 4]] ^= 1 << rng.randrange(8)
                path.write_bytes(sealed)
                flipped.add(address)
            case 3:
                with database["owner"].cursor() as cursor:
                    cursor.execute(
                        "UPDATE vault_wrap SET wrapped = set_bit(wrapped, %s, 1 - get_bit(wrapped, %s)) WHERE address = %s",
                        [bit := rng.randrange(480), bit, original],
                    )
                # What was made from it opens by the same key.
                flipped |= {original, thumbnail}
    run = scrubbed()
    assert run.opened == 2000
    assert found(run) == dict.fromkeys(flipped, "damaged")


def test_what_is_missing_orphaned_and_destroyed_is_told_apart(held, world):
    from clew.vault.addresses import BlobAddress
    from clew.vault.destruction import destroy_object
    from clew.vault.opened import vault

    originals, thumbnails = held
    path_of(originals[0]).unlink()
    destroy_object(vault(), BlobAddress(originals[1]), derived=[BlobAddress(thumbnails[1])])
    who = world.officer("NO").organisation_id
    old, young = (vault().seal_bytes(content, organisation_id=who).address for content in (b"old", b"young"))
    two_hours_ago = time.time() - 7200
    os.utime(path_of(old), (two_hours_ago, two_hours_ago))
    run = scrubbed()
    # The thumbnail of what was destroyed has no wraps of its own to say so.
    assert found(run) == {originals[0]: "missing", old: "orphaned", thumbnails[1]: "missing"}
    assert run.destroyed == 1
    assert young not in found(run)


def test_a_run_broken_off_goes_on_where_it_stood_and_is_on_record_once(held):
    from clew.ledger.models import Entry

    first = scrubbed(seconds_max=1e-9)
    for _ in range(30):
        first = scrubbed(seconds_max=0.005)
    assert 0 < first.parts_done < 1024
    assert first.finished_at is None
    run = scrubbed()
    assert run.id == first.id
    assert run.opened == 2000
    [entry] = Entry.objects.using("owner").filter(verb="vault:scrub:finish")
    assert entry.facts == {"opened": 2000, "destroyed": 0, "damaged": 0, "missing": 0, "orphaned": 0}
    assert scrubbed().id != first.id


def test_a_pace_keeps_the_reading_to_so_many_bytes_a_second(held):
    from clew.vault.scrubbing import Pace

    began = time.monotonic()
    run = scrubbed(pace=Pace(4_000_000))
    assert time.monotonic() - began >= 0.9 * run.size_bytes / 4_000_000


def test_the_job_runs_once_a_week_and_not_while_files_wait(held, world, jpeg, pictures):
    from clew.intake.tasks import scrub_when_due
    from clew.kernel.clock import frozen_at, now
    from clew.vault.models import Scrub

    waiting = world.submit("NO", {"a.jpg": jpeg(pictures(1))}, decide=False)
    scrub_when_due(0)
    assert not Scrub.objects.using("service").exists()
    world.decide(waiting)
    for _ in range(2):
        scrub_when_due(0)
    [run] = Scrub.objects.using("service").all()
    assert run.finished_at is not None
    with frozen_at(now() + dt.timedelta(days=8)):
        scrub_when_due(0)
    assert Scrub.objects.using("service").count() == 2


def test_a_keeper_of_keys_that_is_away_ends_the_run_and_calls_nothing_damaged(held, monkeypatch):
    from clew.vault.errors import KeyServiceUnreachable
    from clew.vault.opened import envelopes

    def away(_row):
        raise KeyServiceUnreachable(reason="away")

    monkeypatch.setattr(envelopes().keys, "secret", away)
    with pytest.raises(KeyServiceUnreachable):
        scrubbed()
    monkeypatch.undo()
    assert found(scrubbed()) == {}
