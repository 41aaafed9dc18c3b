"""Recognition follows the database: what was committed is found at once, whoever committed it, and also once it was merged."""

import threading
from dataclasses import replace

import numpy as np
import pytest


@pytest.fixture
def index(database):
    """Where the segments of this test are kept."""
    from django.conf import settings

    from clew.matching.store import LOOKS, SegmentStore

    return SegmentStore(settings.CLEW_INDEX_PATH, LOOKS)


@pytest.fixture
def signed(world, pictures, jpeg):
    """A recogniser, and a way to have it look for a picture."""
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail
    from clew.intake.questions import questions_of
    from clew.intake.recognition import Recogniser

    recogniser = Recogniser()

    def bases(number):
        recogniser.refresh()
        mirrored = pictures(number)[:, ::-1].copy()
        met = recogniser.recognise(questions_of([fingerprint_of(jpeg(mirrored), jail=process_jail())]))
        return [found.basis for found in met[0].candidates] if met else []

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
    media_id = Signature.objects.using("service").get(kind="pdq").media_id
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


def test_what_was_built_is_still_found_and_so_is_what_came_after_and_nothing_is_read_twice(
    world, pictures, jpeg, signed, index
):
    from clew.intake.keeping import build

    recogniser, bases = signed
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(6)})
    assert bases(3) == ["pdq"]
    rows = recogniser.rows
    build(index)
    assert bases(3) == ["pdq"]
    # The canaries are among the rows of a segment.
    assert (recogniser.kept.rows, recogniser.rows_since) == (rows + 4, 0)
    world.submit("NO", {"later.jpg": jpeg(pictures(7))}, reference="C-2")
    assert (bases(3), bases(7)) == (["pdq"], ["pdq"])


def test_another_process_starts_from_what_was_built_without_reading_it_again(world, pictures, jpeg, index):
    from clew.intake.keeping import build
    from clew.intake.recognition import Recogniser

    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(3)})
    build(index)
    other = Recogniser(index)
    assert other.refresh() == 0
    assert other.rows == other.kept.rows > 3


def test_what_is_removed_from_the_database_is_gone_at_once_also_from_what_was_built(
    world, pictures, jpeg, signed, index
):
    from clew.catalogue.models import Signature
    from clew.intake.keeping import build

    _recogniser, bases = signed
    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    build(index)
    assert bases(1) == ["pdq"]
    Signature.objects.using("service").all().delete()
    assert bases(1) == []


def test_a_row_that_was_being_written_while_the_index_was_built_is_found(world, pictures, jpeg, signed, index):
    """The watermark is below every transaction that still runs: what they write is read after the build."""
    from django.db import connections

    from clew.intake.keeping import build

    _recogniser, bases = signed
    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    began, may_end = threading.Event(), threading.Event()

    def late():
        from django.db import transaction

        with transaction.atomic(using="service"):
            world.submit("NO", {"b.jpg": jpeg(pictures(2))}, reference="C-2", close=False)
            began.set()
            assert may_end.wait(20)
        connections.close_all()

    thread = threading.Thread(target=late)
    thread.start()
    assert began.wait(20)
    build(index)
    assert bases(2) == []
    may_end.set()
    thread.join()
    assert (bases(1), bases(2)) == (["pdq"], ["pdq"])


def test_an_index_of_another_database_is_not_used(world, pictures, jpeg, signed, index, monkeypatch):
    from clew.intake import keeping

    recogniser, bases = signed
    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    monkeypatch.setattr(keeping, "source", lambda: "elsewhere/1")
    keeping.build(index)
    assert bases(1) == ["pdq"]
    assert recogniser.kept is None


def test_a_damaged_index_is_not_used_and_nothing_is_lost(world, pictures, jpeg, signed, index, caplog):
    from clew.intake.keeping import build

    recogniser, bases = signed
    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    kept = build(index)
    with (index._folder / kept.name).open("r+b") as file:
        file.seek(4100)
        file.write(b"damaged")
    assert bases(1) == ["pdq"]
    assert recogniser.kept is None
    assert "the index file of looks is not used" in caplog.text


def test_a_segment_that_fails_its_test_is_not_used_and_the_old_one_stays(
    world, pictures, jpeg, signed, index, monkeypatch, caplog
):
    from clew.intake import keeping
    from clew.matching.errors import RecallLost
    from clew.matching.store import LOOKS

    recogniser, bases = signed
    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    kept = keeping.build(index)

    def lost(_segment):
        raise RecallLost(missed=1, probes=1)

    monkeypatch.setattr(recogniser.store, "_form", replace(LOOKS, known_answers=lost))
    monkeypatch.setattr(type(recogniser), "is_build_due", True)
    assert keeping.build_if_due(recogniser) is None
    assert "failed its test" in caplog.text
    assert index.current() == kept
    assert bases(1) == ["pdq"]
    assert [found.name for found in index._folder.glob("segment-*") if found.suffix == ""] == [kept.name]


def test_a_picture_too_plain_to_compare_is_kept_out(world, jpeg, signed):
    recogniser, _bases = signed
    world.submit("NO", {"plain.jpg": jpeg(np.full((200, 200, 3), 128, dtype=np.uint8))})
    assert recogniser.refresh() == 0


def test_a_segment_replaced_between_being_named_and_opened_is_not_missed(world, pictures, jpeg, index, monkeypatch):
    """Another process keeps a new one and removes the old at the worst moment: the new one is taken up, and nothing is read anew."""
    from clew.intake import recognition
    from clew.intake.keeping import build

    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    build(index)
    other, opened = recognition.Recogniser(index), []

    def replaced_first(kept):
        opened.append(kept.name)
        if len(opened) == 1:
            build(type(index)(index._folder, index._form))
        return type(index).open(index, kept)

    monkeypatch.setattr(index, "open", replaced_first)
    assert other.refresh() == 0
    assert len(set(opened)) == 2
    assert other.kept == index.current()


def test_what_is_shared_is_found_behind_any_number_of_rows_that_lie_nearer(world, pictures, jpeg, monkeypatch):
    from clew.intake import near

    monkeypatch.setattr(near, "ROWS_AT_ONCE", 2)
    content = jpeg(pictures(1))
    silent = {f"{n}.jpg": content + bytes(n) for n in range(1, 8)}
    world.submit("PT", silent, sharing="nobody", outside="silent")
    marked = pictures(1).copy()
    marked[20:28, 20:28] = 255
    world.submit("PT", {"shared.jpg": jpeg(marked)}, sharing="members", reference="C-2")
    asked = world.submit("NO", {"a.jpg": content, "stranger.jpg": jpeg(pictures(2))})
    verdicts = world.verdicts(asked)
    assert (verdicts["a.jpg"].kind, verdicts["stranger.jpg"].kind) == ("resembles", "new")
    (match,) = verdicts["a.jpg"].matches.all()
    assert match.distance > 0


def test_read_in_pieces_or_whole_the_answer_is_the_same(world, pictures, jpeg, monkeypatch):
    from clew.intake import near
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail
    from clew.intake.questions import questions_of
    from clew.intake.recognition import Recogniser

    def met():
        found = recogniser.recognise(asked)
        return {
            place: {candidate.media_id: candidate for candidate in told.candidates} for place, told in found.items()
        }

    files = {f"{n}-{more}.jpg": jpeg(pictures(n)) + bytes(more) for n in (1, 2) for more in (1, 2, 3)}
    world.submit("PT", files)
    asked = questions_of([fingerprint_of(jpeg(pictures(n)), jail=process_jail()) for n in (1, 2, 3)])
    recogniser = Recogniser()
    recogniser.refresh()
    whole = met()
    assert [len(whole[place]) for place in sorted(whole)] == [3, 3]
    for rows in (1, 2, 5):
        monkeypatch.setattr(near, "ROWS_AT_ONCE", rows)
        assert met() == whole
