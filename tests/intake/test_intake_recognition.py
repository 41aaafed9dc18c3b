"""Recognition follows the database: what was committed is found at once, whoever committed it, and also once it was merged."""

import threading

import numpy as np
import pytest


@pytest.fixture
def signed(world, pictures, jpeg):
    """A recogniser, and a way to have it look for a picture."""
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail
    from clew.intake.recognition import Recogniser

    recogniser = Recogniser()

    def bases(number):
        recogniser.refresh()
        mirrored = pictures(number)[:, ::-1].copy()
        return [found.basis for found in recogniser.candidates(fingerprint_of(jpeg(mirrored), jail=process_jail()))]

    return recogniser, bases


def test_what_is_committed_is_found_by_the_next_question(world, pictures, jpeg, signed):
    _recogniser, bases = signed
    assert bases(1) == []
    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    assert bases(1) == ["pdq"]


def test_a_row_whose_transaction_ends_late_is_not_passed_over(world, pictures, jpeg, database, signed):
    from clew.catalogue.models import Signature

    _recogniser, bases = signed
    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    media_id = Signature.objects.using("service").get().media_id
    Signature.objects.using("service").all().delete()
    began, may_end = threading.Event(), threading.Event()
    from clew.signatures.pdq import pdq

    def late():
        from django.db import connections, transaction

        with transaction.atomic(using="service"):
            Signature.objects.using("service").create(
                media_id=media_id, kind="pdq", bits=pdq(pictures(1)).bits, quality=100, algorithm="x"
            )
            began.set()
            assert may_end.wait(20)
        connections.close_all()

    thread = threading.Thread(target=late)
    thread.start()
    assert began.wait(20)
    # A later row that is committed first, and seen first.
    world.submit("NO", {"b.jpg": jpeg(pictures(2))}, reference="C-2")
    assert bases(2) == ["pdq"]
    assert bases(1) == []
    may_end.set()
    thread.join()
    assert bases(1) == ["pdq"]
    assert bases(2) == ["pdq"]


def test_what_was_merged_is_still_found_and_so_is_what_came_after(world, pictures, jpeg, signed, monkeypatch):
    from clew.matching import live

    recogniser, bases = signed
    monkeypatch.setattr(live, "DELTA_ROWS_MAX", 5)
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(6)})
    assert bases(3) == ["pdq"]
    recogniser._merging.join()
    assert recogniser._index.segment.distinct == 6 + 4
    world.submit("NO", {"later.jpg": jpeg(pictures(7))}, reference="C-2")
    assert (bases(3), bases(7)) == (["pdq"], ["pdq"])


def test_a_segment_that_fails_its_test_is_not_used_and_nothing_is_lost(
    world, pictures, jpeg, signed, monkeypatch, caplog
):
    from clew.matching import live
    from clew.matching.errors import RecallLost

    def lost(_segment):
        raise RecallLost(missed=1, probes=1)

    recogniser, bases = signed
    monkeypatch.setattr(live, "DELTA_ROWS_MAX", 1)
    monkeypatch.setattr(live, "_verify", lost)
    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    assert bases(1) == ["pdq"]
    recogniser._merging.join()
    assert "failed its recall test" in caplog.text
    assert bases(1) == ["pdq"]


def test_a_picture_too_plain_to_compare_is_kept_out(world, jpeg, signed):
    recogniser, _bases = signed
    world.submit("NO", {"plain.jpg": jpeg(np.full((200, 200, 3), 128, dtype=np.uint8))})
    assert recogniser.refresh() == 0
