"""Removals: what was purged leaves the memory of every process and the index files of every machine, whether it was built into them or not."""

import pytest
from django.db import transaction

from clew.intake import index_removals


@pytest.fixture
def held(world, pictures, jpeg):
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(3)})


def _purge_all():
    from clew.catalogue.expiring import plan
    from clew.catalogue.models import Case
    from clew.catalogue.retention_models import PurgeCause
    from clew.intake.purging import carry_out

    for case in Case.objects.using("service").all():
        with transaction.atomic(using="service"):
            purge = plan("case", case, cause=PurgeCause.EXPIRY, reason="Its time was over.")
        carry_out(purge.id)


def test_what_only_the_memory_holds_is_gone_at_the_next_question(held):
    from clew.intake.recognition import Recogniser

    recogniser = Recogniser()
    recogniser.refresh()
    canaries = len(recogniser.index) - recogniser.rows
    assert recogniser.rows >= 3
    _purge_all()
    recogniser.refresh()
    recogniser.refresh()
    assert (recogniser.rows, len(recogniser.index)) == (0, canaries)
    assert not recogniser.is_build_due


def test_what_a_segment_holds_makes_a_new_one_due_at_once_and_only_once(held):
    from clew.intake.keeping import build, build_if_due
    from clew.intake.recognition import Recogniser

    recogniser = Recogniser()
    build(recogniser.store)
    recogniser.refresh()
    before = len(recogniser.index.segment)
    assert not recogniser.is_build_due
    _purge_all()
    assert recogniser.is_build_due
    assert build_if_due(recogniser) is not None
    assert len(recogniser.index.segment) < before
    assert not recogniser.is_build_due


def test_imprints_too_leave_memory_and_segment(held):
    from clew.intake.keeping import build_imprints_if_due
    from clew.intake.part_search import part_searches

    index = part_searches().all[0].index
    index.refresh()
    assert index.rows == 3
    _purge_all()
    index.refresh()
    assert index.rows == 0
    assert not index.is_build_due
    assert build_imprints_if_due(index) is None


def test_imprints_in_a_segment_make_a_new_one_due(held, world, pictures, jpeg):
    from clew.intake.part_search import part_searches

    index = part_searches().all[0].index
    kept = index.build()
    index.refresh()
    assert (kept.rows, index.is_build_due) == (3, False)
    _purge_all()
    world.submit("PT", {"other.jpg": jpeg(pictures(9))})
    index.refresh()
    assert index.is_build_due
    assert index.build().rows == 1
    index.refresh()
    assert not index.is_build_due


def test_a_removal_that_a_running_transaction_hides_makes_nothing_due_yet(held, database):
    from clew.intake.signature_rows import horizon

    watermark = horizon()
    with transaction.atomic(using="owner"), database["owner"].cursor() as cursor:
        # Keeps the horizon where it is, as a film that is being decided does.
        cursor.execute("SELECT pg_current_xact_id()")
        _purge_all()
        assert index_removals.removed_since("looks", watermark)
        assert not index_removals.is_outdated("looks", watermark)
    assert index_removals.is_outdated("looks", watermark)
