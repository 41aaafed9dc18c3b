"""The main job: each file gets the right verdict, cut to what its bringer may know."""

import io

import numpy as np
import pytest
from PIL import Image


def _encode(pixels, kind="JPEG", **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def _changed(pixels):
    """Path -> bytes of the changes that must still be recognised."""
    turned = {f"turned{n * 90}.jpg": _encode(np.rot90(pixels, n).copy()) for n in (1, 2, 3)}
    small = np.asarray(Image.fromarray(pixels).resize((pixels.shape[1] // 4, pixels.shape[0] // 4)))
    captioned = pixels.copy()
    captioned[-12:, :80] = 255
    return {
        "recompressed.jpg": _encode(pixels, quality=40),
        "quarter.jpg": _encode(small),
        "mirrored.jpg": _encode(pixels[:, ::-1].copy()),
        "captioned.jpg": _encode(captioned),
        "copy.png": _encode(pixels, "PNG"),
        **turned,
    }


def test_byte_copies_are_known_changed_copies_resemble_and_strangers_are_new(world, pictures, jpeg):
    original = jpeg(pictures(1))
    world.submit("NO", {"a.jpg": original}, sharing="members")

    asked = world.submit("PT", {"same.jpg": original, "other.jpg": jpeg(pictures(2)), **_changed(pictures(1))})

    verdicts = {path: verdict.kind for path, verdict in world.verdicts(asked).items()}
    assert verdicts.pop("same.jpg") == "known"
    assert verdicts.pop("other.jpg") == "new"
    assert set(verdicts.values()) == {"resembles"}, verdicts


def test_the_orientation_of_a_turned_copy_is_told(world, pictures, jpeg):
    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    asked = world.submit(
        "PT", {"b.jpg": jpeg(np.rot90(pictures(1)).copy()), "c.jpg": jpeg(pictures(1)[:, ::-1].copy())}
    )
    verdicts = world.verdicts(asked)
    assert verdicts["b.jpg"].matches.all()[0].orientation in {"rotate90", "rotate270"}
    assert verdicts["c.jpg"].matches.all()[0].orientation in {"flipx", "flipy"}


@pytest.mark.parametrize(
    ("sharing", "outside", "verdict", "level"),
    [
        ("members", "contact", "known", "full"),
        ("nobody", "contact", "known", "contact"),
        ("nobody", "silent", "new", None),
    ],
)
def test_the_owners_rule_cuts_the_answer_and_the_owner_is_always_told(
    world, pictures, jpeg, sharing, outside, verdict, level
):
    from clew.access.scope import acting_as
    from clew.cooperation.queries import alerts_of

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing=sharing, outside=outside)
    asked = world.submit("PT", {"b.jpg": jpeg(pictures(1))})

    found = world.verdicts(asked)["b.jpg"]
    assert found.kind == verdict
    assert [match.level for match in found.matches.all()] == ([level] if level else [])
    with acting_as(world.officer("NO")):
        alert = alerts_of(world.officer("NO")).get()
    assert (alert.asker_unit_id, alert.told) == (world.units["PT"].id, level or "silent")


def test_a_hidden_hit_reads_exactly_as_no_hit(world, pictures, jpeg):
    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="nobody", outside="silent")
    asked = world.verdicts(world.submit("PT", {"hidden.jpg": jpeg(pictures(1)), "absent.jpg": jpeg(pictures(2))}))
    hidden, absent = asked["hidden.jpg"], asked["absent.jpg"]
    assert (hidden.kind, hidden.reason, hidden.matches.count()) == (absent.kind, absent.reason, absent.matches.count())


def test_sharing_that_ended_hides_series_and_media_at_once(world, pictures, jpeg):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Series, Sighting
    from clew.intake.queries import shown_matches, verdicts_of

    held = world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    owner, asker = world.officer("NO"), world.officer("PT")
    with acting_as(owner):
        series = create_series(owner, "Blue sofa", world.grounds(sharing="members"))
        state_membership(owner, series, list(Sighting.objects.values_list("media_id", flat=True)), basis="seen")
    asked = world.submit("PT", {"b.jpg": jpeg(pictures(1), quality=70)})

    def shown():
        with acting_as(asker):
            (entries,) = shown_matches(asker, verdicts_of(asker, asked)).values()
            return [(entry.series is not None, entry.media is not None) for entry in entries]

    assert shown() == [(True, True)]
    Series.objects.using("service").update(sharing="nobody")
    Sighting.objects.using("service").filter(submission=held).update(sharing="nobody")
    assert shown() == [(False, False)]


def test_copies_inside_one_submission_do_not_make_one_another_known(world, pictures, jpeg):
    content = jpeg(pictures(1))
    asked = world.submit("NO", {"a.jpg": content, "b.jpg": content, "c.jpg": jpeg(pictures(1), quality=60)})
    assert {verdict.kind for verdict in world.verdicts(asked).values()} == {"new"}


def test_the_same_submission_sent_twice_is_one(world, pictures, jpeg):
    from clew.intake.actions import receive_files
    from clew.intake.models import ReceivedFile

    files = {"a.jpg": jpeg(pictures(1)), "b.jpg": jpeg(pictures(2))}
    submission = world.submit("NO", files, decide=False, close=False)
    receive_files(world.officer("NO"), submission.id, [(path, path, content) for path, content in files.items()])
    world.decide(submission)
    assert ReceivedFile.objects.using("service").count() == 2
    assert len(world.verdicts(submission)) == 2


def test_every_bad_file_gets_its_line_and_the_rest_goes_on(world, pictures, jpeg):
    whole = jpeg(pictures(1))
    asked = world.submit(
        "NO",
        {
            "empty.jpg": b"",
            "truncated.jpg": whole[: len(whole) // 2],
            "text.jpg": b"this is no picture\n" * 20,
            "odd\nname\udcff.jpg": whole,
        },
    )
    verdicts = world.verdicts(asked)
    assert {verdict.kind for path, verdict in verdicts.items() if "odd" not in path} == {"unreadable"}
    assert len({verdict.reason for verdict in verdicts.values()}) == 4
    assert next(verdict.kind for path, verdict in verdicts.items() if "odd" in path) == "new"


def test_a_hash_list_is_matched_and_its_hashes_are_recognised_later(world, pictures, jpeg):
    import hashlib

    from clew.intake.actions import close_submission, open_submission, receive_hashes

    content, later = jpeg(pictures(1)), jpeg(pictures(2))
    world.submit("NO", {"a.jpg": content}, sharing="members")
    officer = world.officer("PT")
    submission = open_submission(
        officer, case_reference="L", legal_basis="Act", grounds=world.grounds(sharing="members"), door="test"
    )
    lines = [
        ("1", "list.txt:1", "md5", hashlib.md5(content).digest()),
        ("2", "list.txt:2", "sha1", hashlib.sha1(later).digest()),
        ("3", "list.txt:3", "sha256", hashlib.sha256(b"nobody has this").digest()),
    ]
    receive_hashes(officer, submission.id, lines)
    receive_hashes(officer, submission.id, lines)
    close_submission(officer, submission.id)
    world.decide(submission)
    assert [verdict.kind for verdict in world.verdicts(submission).values()] == ["known", "new", "new"]
    found = world.verdicts(world.submit("NO", {"later.jpg": later}, reference="C-2"))["later.jpg"]
    assert (found.kind, found.matches.all()[0].basis) == ("known", "sha1")


def test_a_file_whose_hash_was_stated_before_completes_the_record(world, pictures, jpeg):
    import hashlib

    from clew.catalogue.models import Media
    from clew.intake.actions import close_submission, open_submission, receive_hashes

    content = jpeg(pictures(1))
    officer = world.officer("PT")
    submission = open_submission(officer, case_reference="L", legal_basis="Act", grounds=world.grounds(), door="test")
    receive_hashes(officer, submission.id, [("1", "list.txt:1", "sha256", hashlib.sha256(content).digest())])
    close_submission(officer, submission.id)
    world.decide(submission)
    world.submit("NO", {"a.jpg": content})
    media = Media.objects.using("service").get()
    assert (media.kind, media.width, bool(media.thumbnail_address)) == ("image", 320, True)


def test_a_check_stores_nothing_but_its_ledger_entry(world, pictures, jpeg):
    from clew.catalogue.models import Media
    from clew.intake.actions import check
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.models import ReceivedFile
    from clew.intake.pipeline import process_jail
    from clew.ledger.models import Entry

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    before = (Media.objects.using("service").count(), ReceivedFile.objects.using("service").count())
    entries = Entry.objects.using("service").count()
    answers = check(world.officer("PT"), [fingerprint_of(jpeg(pictures(n)), jail=process_jail()) for n in (1, 2)])
    assert [answer.kind for answer in answers] == ["known", "new"]
    assert (Media.objects.using("service").count(), ReceivedFile.objects.using("service").count()) == before
    assert Entry.objects.using("service").count() == entries + 1


def test_only_officers_with_the_permission_may_check_or_submit(world):
    from clew.intake.actions import check, open_submission
    from clew.kernel.errors import NotPermitted

    provider = world.officer("HL")
    with pytest.raises(NotPermitted):
        check(provider, [])
    with pytest.raises(NotPermitted):
        open_submission(provider, case_reference="X", legal_basis="Act", grounds=world.grounds(), door="test")


def test_a_closed_submission_takes_no_more_files_and_finishes(world, pictures, jpeg):
    from clew.intake.actions import receive_files
    from clew.kernel.errors import InputRefused

    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    submission.refresh_from_db(using="service")
    assert submission.state == "finished"
    with pytest.raises(InputRefused):
        receive_files(world.officer("NO"), submission.id, [("b", "b.jpg", jpeg(pictures(2)))])


def test_one_countrys_silence_does_not_hide_what_another_shares(world, pictures, jpeg):
    """The series is silent; a unit that saw the same content shares its sighting: the asker learns of that one, and of no series."""
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership

    world.found("SE")
    first = world.submit("PT", {"a.jpg": jpeg(pictures(1))}, sharing="nobody", outside="silent")
    media_id = world.verdicts(first)["a.jpg"].sighting.media_id
    with acting_as(world.officer("PT")):
        series = create_series(world.officer("PT"), "Alder", world.grounds(sharing="nobody", outside="silent"))
        state_membership(world.officer("PT"), series, [media_id], basis="test")
    assert world.verdicts(world.submit("NO", {"x.jpg": jpeg(pictures(1))}, reference="C-2"))["x.jpg"].kind == "new"
    world.submit("SE", {"b.jpg": jpeg(pictures(1))}, sharing="members")
    told = world.verdicts(world.submit("NO", {"y.jpg": jpeg(pictures(1), quality=80)}, reference="C-3"))["y.jpg"]
    assert told.kind == "resembles"
    assert {(match.holder_unit_id, match.series_id) for match in told.matches.all()} >= {(world.units["SE"].id, None)}
    assert world.units["PT"].id not in {match.holder_unit_id for match in told.matches.all()}


def test_a_content_catalogued_by_somebody_else_meanwhile_is_refused_without_its_digest(
    world, pictures, jpeg, monkeypatch
):
    from clew.catalogue import actions
    from clew.intake.pipeline import decide_waiting

    world.submit("PT", {"a.jpg": jpeg(pictures(1))})
    submission = world.submit("NO", {"b.jpg": jpeg(pictures(1))}, decide=False)
    with monkeypatch.context() as blind:
        blind.setattr(actions, "_known", lambda _contents: {})
        with pytest.raises(actions.CataloguedMeanwhile) as refused:
            decide_waiting(submission.id)
    assert refused.value.__cause__ is None
    assert "\\x" not in str(refused.value)
    # The batch waits as it was, and is decided the next time.
    world.decide(submission)
    assert world.verdicts(submission)["b.jpg"].kind == "known"
