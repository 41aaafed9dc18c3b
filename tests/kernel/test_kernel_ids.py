"""Ids, errors and events: the few things every room relies on."""

import threading
import time
import uuid

import pytest

from clew.kernel.errors import ClewError, NotFound, NotPermitted
from clew.kernel.events import MediaMatched, rebuild, subscribe, subscribers
from clew.kernel.ids import new_id


def test_ids_are_version_7_of_now_and_strictly_increasing():
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(5000)]
    after = time.time_ns() // 1_000_000
    assert all(one.version == 7 and one.variant == uuid.RFC_4122 for one in made)
    assert made == sorted(set(made))
    assert before <= made[0].int >> 80 <= made[-1].int >> 80 <= after + 2


def test_ids_of_many_threads_are_different():
    made = []
    threads = [threading.Thread(target=lambda: made.extend(new_id() for _ in range(500))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4000


def test_an_error_says_its_docstring_with_its_facts_and_has_a_name_for_programs():
    refused = NotPermitted(permission="room:noun:verb")
    assert "does not include room:noun:verb" in str(refused)
    assert (refused.code, refused.status) == ("NotPermitted", 403)
    assert NotFound().message == str(NotFound())
    assert ClewError().exit_status == 2


def test_an_event_comes_back_from_its_body_as_it_was():
    told = MediaMatched(new_id(), None, new_id(), new_id(), new_id(), "pdq", 4, "full")
    body = {
        name: str(value) if isinstance(value, uuid.UUID) else value
        for name, value in zip(
            MediaMatched.__slots__, (getattr(told, name) for name in MediaMatched.__slots__), strict=True
        )
    }
    assert rebuild("MediaMatched", body) == told
    with pytest.raises(KeyError):
        rebuild("Nothing", {})


def test_a_subscriber_is_told_once_however_often_it_subscribes():
    def told(_id, _event):
        pass

    for _ in range(2):
        subscribe(MediaMatched, told)
    assert subscribers(MediaMatched).count(told) == 1
    subscribers(MediaMatched).clear()
    assert told in subscribers(MediaMatched)
    from clew.kernel import events

    events._subscribers[MediaMatched].remove(told)
