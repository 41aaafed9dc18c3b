"""Alerts: the holder of what was met is told, once, and nobody else is."""

import pytest


@pytest.mark.parametrize(
    ("sharing", "outside", "told"),
    [
        ("members", "contact", "everything you share"),
        ("nobody", "contact", "that it exists, and to call you"),
        ("nobody", "silent", "nothing"),
    ],
)
def test_the_holder_reads_who_met_it_and_what_they_were_told(world, pictures, jpeg, sharing, outside, told):
    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing=sharing, outside=outside)
    world.submit("NO", {"b.jpg": jpeg(pictures(1))})
    page = world.client("PT").get("/alerts/").content.decode()
    assert "Bureau NO" in page
    assert told in page
    assert "Nobody has met your material yet" in world.client("NO").get("/alerts/").content.decode()


def test_an_alert_told_twice_is_one(world, pictures, jpeg):
    from clew.cooperation.models import Alert
    from clew.ledger.delivery import deliver_waiting
    from clew.ledger.models import Announcement

    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    world.submit("NO", {"b.jpg": jpeg(pictures(1))})
    assert Alert.objects.using("service").count() == 1
    Announcement.objects.using("service").update(delivered_at=None)
    deliver_waiting()
    assert Alert.objects.using("service").count() == 1


def test_what_a_unit_meets_of_its_own_raises_no_alert(world, pictures, jpeg):
    from clew.cooperation.models import Alert

    world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    world.submit("NO", {"b.jpg": jpeg(pictures(1))}, reference="C-2")
    assert not Alert.objects.using("service").exists()


def test_a_subscriber_that_fails_leaves_the_word_waiting(world, pictures, jpeg, monkeypatch):
    from clew.cooperation.models import Alert
    from clew.kernel import events
    from clew.ledger.delivery import deliver_waiting
    from clew.ledger.models import Announcement

    world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    submission = world.submit("NO", {"b.jpg": jpeg(pictures(1))}, decide=False)
    from clew.intake.pipeline import decide_waiting

    while decide_waiting(submission.id):
        pass

    def broken(_id, _event):
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setitem(events._subscribers, events.MediaMatched, [broken])
        with pytest.raises(OSError, match="no room"):
            deliver_waiting()
    assert Announcement.objects.using("service").filter(delivered_at=None, event="MediaMatched").count() == 1
    deliver_waiting()
    assert Alert.objects.using("service").count() == 1
