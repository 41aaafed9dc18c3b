"""Imprinting: what was catalogued before there were imprints gets them, once, and parts of it are met from then on."""

import pytest
from django.db import connections

SIZE = {"width": 640, "height": 480}


@pytest.fixture
def earlier(world, pictures, jpeg):
    """Two pictures and a document, as they were catalogued before there were imprints."""
    from clew.catalogue.models import Imprint, Media
    from tests.documents import docx

    files = {f"{number}.jpg": jpeg(pictures(number, **SIZE)) for number in (3, 4)}
    held = world.submit("PT", {**files, "empty.docx": docx({})}, sharing="members")
    Imprint.objects.using("service").all().delete()
    for media in Media.objects.using("service").all():
        media.imprinted_at = None
        media.derivation.pop("scene", None)
        media.save(using="service")
    return held


def _imprint_all():
    from clew.intake.imprinting import imprint_next
    from clew.intake.pipeline import process_jail

    count = 0
    while imprint_next(process_jail()):
        count += 1
    return count


def test_what_was_there_before_gets_its_imprints_and_parts_of_it_are_met(earlier, world, pictures, jpeg):
    from clew.catalogue.models import Imprint, Media
    from clew.intake.imprinting import waiting_for_imprints
    from clew.ledger.models import Entry

    part = jpeg(pictures(3, **SIZE)[100:400, 150:600].copy())
    before = world.submit("NO", {"part.jpg": part})
    assert world.verdicts(before)["part.jpg"].kind == "new"
    assert waiting_for_imprints().count() == 2
    assert _imprint_all() == 2
    assert Imprint.objects.using("service").filter(media__kind="image").count() == 3
    assert all("scene" in media.derivation for media in Media.objects.using("service").filter(kind="image"))
    entries = Entry.objects.using("service").filter(verb="intake:imprint:make")
    assert [entry.facts for entry in entries] == [{"imprints": 1, "is_open": True}] * 2
    after = world.submit("NO", {"part.jpg": part + b"\0"}, reference="C-2")
    (met,) = [match for match in world.verdicts(after)["part.jpg"].matches.all() if match.basis == "scene"]
    assert met.fit["grade"] in {"part", "copy"}
    # A second time there is nothing left to do.
    assert _imprint_all() == 0
    assert Imprint.objects.using("service").count() == 4


def test_what_is_new_does_not_wait(world, pictures, jpeg):
    from clew.intake.imprinting import waiting_for_imprints

    world.submit("PT", {"a.jpg": jpeg(pictures(3, **SIZE))})
    assert not waiting_for_imprints().exists()
    assert _imprint_all() == 0


def test_a_worker_that_dies_leaves_it_waiting_and_imprints_that_are_there_are_no_obstacle(earlier, monkeypatch):
    from clew.catalogue.models import Imprint, Media
    from clew.intake import imprinting
    from clew.intake.imprinting import imprint_next, waiting_for_imprints
    from clew.intake.pipeline import process_jail

    with monkeypatch.context() as patch:
        patch.setattr(imprinting, "record", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            imprint_next(process_jail())
    assert waiting_for_imprints().count() == 2
    assert Imprint.objects.using("service").count() == 0
    assert _imprint_all() == 2
    Media.objects.using("service").update(imprinted_at=None)
    assert _imprint_all() == 2
    assert Imprint.objects.using("service").count() == 2


def test_what_the_vault_has_lost_holds_nothing_up_and_a_vault_that_is_away_marks_nothing(earlier, monkeypatch):
    from clew.catalogue.models import Imprint
    from clew.intake import imprinting
    from clew.intake.imprinting import waiting_for_imprints
    from clew.vault.errors import VaultUnreachable
    from clew.vault.opened import vault

    def away():
        raise VaultUnreachable(reason="EIO")

    with monkeypatch.context() as patch:
        patch.setattr(imprinting, "vault", away)
        with pytest.raises(VaultUnreachable):
            _imprint_all()
    assert waiting_for_imprints().count() == 2
    lost = waiting_for_imprints().first()
    vault().delete(lost.original_address)
    assert _imprint_all() == 2
    assert Imprint.objects.using("service").count() == 1
    assert not Imprint.objects.using("service").filter(media=lost).exists()


def test_files_that_wait_for_their_verdicts_come_first(earlier, world, pictures, jpeg):
    waiting = world.submit("NO", {"later.jpg": jpeg(pictures(9))}, decide=False)
    assert _imprint_all() == 0
    world.decide(waiting)
    assert _imprint_all() == 2


def test_how_many_wait_is_told(earlier, world):
    from clew.intake.index_state import index_state

    world.found("CO", kind="coordinator", roles=("coordinator",))
    assert index_state().unimprinted == 2
    assert "2 contents from before" in world.client("CO").get("/status/").content.decode()
    _imprint_all()
    assert index_state().unimprinted == 0
    assert "from before" not in world.client("CO").get("/status/").content.decode()


def test_the_job_does_it_by_itself(earlier):
    from clew.intake.imprinting import waiting_for_imprints
    from clew.intake.tasks import imprint_earlier_while_idle

    imprint_earlier_while_idle(0)
    assert not waiting_for_imprints().exists()


def test_the_migration_lets_only_those_without_imprints_wait(earlier, world, pictures, jpeg):
    from importlib import import_module

    from clew.catalogue.models import Media
    from clew.intake.imprinting import waiting_for_imprints

    world.submit("NO", {"new.jpg": jpeg(pictures(9))}, reference="C-9")
    Media.objects.using("service").update(imprinted_at=None)
    assert waiting_for_imprints().count() == 3
    with connections["owner"].cursor() as cursor:
        cursor.execute(import_module("clew.catalogue.migrations.0012_imprinted")._DONE)
    assert waiting_for_imprints().count() == 2
