"""`clew vault …`, run as it is typed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def clew(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "clew", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def media(world, pictures, jpeg):
    from django.conf import settings

    from clew.catalogue.models import Media

    # The keys of what other tests have sealed are gone with their rows.
    for folder in ("originals", "thumbnails", "previews", "spool"):
        shutil.rmtree(Path(settings.CLEW_VAULT_URL) / folder, ignore_errors=True)
    world.submit("NO", {"a.jpg": jpeg(pictures(71))})
    world.submit("PT", {"b.jpg": jpeg(pictures(72))})
    return list(Media.objects.using("service").order_by("id"))


def test_rotate_says_what_it_did_for_each_organisation_and_is_on_record(media):
    from clew.ledger.models import Entry
    from clew.vault.opened import vault

    before = [vault().open(one.original_address) for one in media]
    ran = clew("vault", "rotate", "--destroy-former")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "Bureau NO: made a fresh key, 1 wraps follow it",
        "Bureau NO: 1 former keys destroyed",
        "Bureau PT: made a fresh key, 1 wraps follow it",
        "Bureau PT: 1 former keys destroyed",
    ]
    assert [vault().open(one.original_address) for one in media] == before
    entries = Entry.objects.using("owner").filter(verb="vault:key:rotate")
    assert [entry.facts for entry in entries] == [{"rewrapped": 1, "damaged": 0, "resumed": False}] * 2
    assert clew("vault", "rotate", "--organisation", "xx").returncode == 2


def test_objects_of_the_first_form_are_brought_along(world, pictures, jpeg):
    from django.conf import settings

    from clew.catalogue.models import Media
    from clew.vault.opened import keyring, vault
    from clew.vault.store import Vault

    content = jpeg(pictures(73))
    first = Vault(settings.CLEW_VAULT_URL, keyring()).seal_bytes(content).address
    world.submit("NO", {"a.jpg": content})
    [media] = Media.objects.using("service").all()
    assert media.original_address == first
    ran = clew("vault", "rotate")
    assert "1 objects brought into the present form" in ran.stdout, ran.stderr
    assert vault().open(first) == content
    assert vault().open(media.thumbnail_address)
    assert "brought" not in clew("vault", "rotate").stdout


def test_scrub_says_by_its_status_whether_anything_is_wrong(media):
    from django.conf import settings

    from clew.vault.addresses import BlobAddress

    well = clew("vault", "scrub", "--json")
    assert well.returncode == 0, well.stdout + well.stderr
    Path(settings.CLEW_VAULT_URL, BlobAddress(media[0].preview_address).path).unlink()
    ran = clew("vault", "scrub", "--json", "--rate", "500")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["missing"]) == (1, 1)
    assert told["findings"] == [{"fault": "missing", "address": media[0].preview_address}]
    assert f"missing {media[0].preview_address}" in clew("vault", "scrub").stdout
    found = {one["name"]: one for one in json.loads(clew("doctor", "--json").stdout)["findings"]}
    assert found["scrub"]["outcome"] == "bad"
    assert "1 missing" in found["scrub"]["words"]


def test_the_status_page_tells_the_last_scrub(media, world):
    from clew.intake.holdings import Holdings
    from clew.vault.opened import vault
    from clew.vault.scrubbing import scrub

    client = world.client("NO")
    assert "not been opened to its end" in client.get("/status/").content.decode()
    scrub(vault(), Holdings())
    assert "objects opened to their end" in client.get("/status/").content.decode()


def test_the_keys_of_an_organisation_are_destroyed_only_once_two_people_agreed(media, world):
    from clew.access import approvals
    from clew.access.actions import enlist_officer
    from clew.access.grave_acts import ACT_PERMISSIONS, GraveAct
    from clew.access.models import Approval
    from clew.access.permissions import ROLE_PERMISSIONS
    from clew.vault.errors import ContentDestroyed
    from clew.vault.opened import vault

    role = next(role for role, given in ROLE_PERMISSIONS.items() if ACT_PERMISSIONS[GraveAct.KEY_DESTROY] in given)
    unit, organisation = world.units["NO"], world.organisations["NO"]
    first, second = (
        enlist_officer(unit, username=name, name=name, roles=[role.value], password="a long password for tests")
        for name in ("no.first", "no.second")
    )
    words = ("vault", "destroy", "--organisation", "no", "--as", "no.first")
    refused = clew(*words)
    assert refused.returncode == 2
    assert all(vault().open(one.original_address) for one in media)
    # Nobody asks for, or carries out, what two people of theirs would decide about another country.
    about = {"subject_kind": "organisation", "subject_id": world.organisations["PT"].id}
    of_others = approvals.ask(first, GraveAct.KEY_DESTROY, reason="they have not answered us for a year", **about)
    approvals.decide(second, of_others.id, digest=bytes(of_others.request_digest), grant=True)
    for more in ((), ("--ask", "they have not answered us for a year")):
        assert clew("vault", "destroy", "--organisation", "pt", "--as", "no.first", *more).returncode == 2
    asking = clew(*words, "--ask", "the bureau leaves, by decision 12 of its ministry")
    assert asking.returncode == 0, asking.stderr
    asked = Approval.objects.using("service").get(subject_id=organisation.id)
    assert str(asked.id) in asking.stdout
    approvals.decide(second, asked.id, digest=bytes(asked.request_digest), grant=True, reason="agreed")
    done = clew(*words)
    assert done.returncode == 0, done.stderr
    readable = 0
    for one in media:
        try:
            readable += bool(vault().open(one.original_address))
        except ContentDestroyed:
            with pytest.raises(ContentDestroyed):
                vault().open(one.thumbnail_address)
    assert readable == 1
    assert clew(*words).returncode == 2
