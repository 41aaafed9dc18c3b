"""What lies in documents: each picture is a medium of its own with its parent, received once however often a worker dies."""

import datetime as dt
import json

import pytest
from django.db import ProgrammingError

from tests.documents import docx, pdf, pdf_jpeg, tiff_pages, zipped

BELOW = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


@pytest.fixture
def report(pictures, jpeg):
    return pdf(
        [{"A": pdf_jpeg(jpeg(pictures(1)))}, {"A": pdf_jpeg(jpeg(pictures(2))), "B": pdf_jpeg(jpeg(pictures(3)))}]
    )


def test_the_pictures_of_a_document_have_verdicts_of_their_own(world, pictures, jpeg, report):
    world.submit("PT", {"known.jpg": jpeg(pictures(2))}, sharing="members")
    submission = world.submit("NO", {"report.pdf": report}, reference="N-1")
    told = world.verdicts(submission)
    assert {path: verdict.kind for path, verdict in told.items()} == {
        "report.pdf": "new",
        f"report.pdf{BELOW}page 1, picture 1": "new",
        f"report.pdf{BELOW}page 2, picture 1": "known",
        f"report.pdf{BELOW}page 2, picture 2": "new",
    }
    parent = told["report.pdf"]
    assert parent.reason == "no match; 3 files in it have verdicts of their own"
    assert parent.sighting.media.kind == "document"
    inside = told[f"report.pdf{BELOW}page 2, picture 1"]
    assert inside.file.parent_id == parent.file_id
    assert inside.sighting.parent_id == parent.sighting_id
    assert inside.file.size_bytes == len(jpeg(pictures(2)))
    submission.refresh_from_db(using="service")
    assert submission.state == "finished"


def test_the_same_document_again_is_known_by_its_bytes_and_so_are_its_pictures(world, report):
    world.submit("PT", {"a.pdf": report}, sharing="members")
    told = world.verdicts(world.submit("NO", {"b.pdf": report}, reference="N-1"))
    assert {verdict.kind for verdict in told.values()} == {"known"}
    assert "the same bytes" in told["b.pdf"].reason
    assert "3 files in it" in told["b.pdf"].reason


def test_a_document_in_a_document_is_opened_and_what_lies_in_that_one_is_not(world, pictures, jpeg):
    deepest = docx({"deep.jpeg": jpeg(pictures(1))})
    middle = docx({"middle.jpeg": jpeg(pictures(2)), "inner.docx": deepest})
    told = world.verdicts(world.submit("NO", {"outer.docx": docx({"middle.docx": middle})}))
    depths = {path.count(BELOW): verdict.file.depth for path, verdict in told.items()}
    assert depths == {0: 0, 1: 1, 2: 2}
    assert not any("deep.jpeg" in path for path in told)
    (inner,) = [verdict for path, verdict in told.items() if path.endswith("inner.docx")]
    assert inner.reason == "no match; 1 file too deep or too many in it: not looked at"


@pytest.mark.parametrize("limit", ["EMBEDDED_TOGETHER_MAX", "EMBEDDED_TOGETHER_BYTES_MAX"])
def test_what_comes_out_of_the_documents_in_one_is_bounded_together_and_told(world, pictures, jpeg, monkeypatch, limit):
    from clew.intake import embedded
    from clew.intake.pipeline import decide_waiting

    made = [jpeg(pictures(number)) for number in range(1, 7)]
    # All as long, since either document may be opened first.
    content = [found.ljust(max(map(len, made)), b"\0") for found in made]
    first, second = (
        docx({f"{at}.jpeg": found for at, found in enumerate(part)}) for part in (content[:3], content[3:])
    )
    most = 4 if limit == "EMBEDDED_TOGETHER_MAX" else sum(map(len, content[:4]))
    monkeypatch.setattr(embedded, limit, most)
    submission = world.submit("NO", {"outer.docx": docx({"first.docx": first, "second.docx": second})}, decide=False)
    while decide_waiting(submission.id, batch=1):
        pass
    told = world.verdicts(submission)
    assert sum(path.count(BELOW) == 2 for path in told) == 4
    reasons = sorted(verdict.reason for path, verdict in told.items() if path.count(BELOW) == 1)
    assert reasons == [
        "no match; 1 file in it has a verdict of its own; 2 files too deep or too many in it: not looked at",
        "no match; 3 files in it have verdicts of their own",
    ]


def test_a_document_is_no_archive_at_the_command_line(tmp_path, pictures, jpeg):
    from clew.intake.sources import FoundFile, find_all

    path = tmp_path / "a.docx"
    path.write_bytes(docx({"one.jpeg": jpeg(pictures(1))}))
    (found,) = find_all([path])
    assert isinstance(found, FoundFile)
    assert abs(found.modified_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def test_a_document_whose_members_lie_in_another_order_is_no_archive_either(tmp_path, pictures, jpeg):
    from clew.intake.sources import FoundFile, FoundMember, find_all

    members = {"word/media/1.jpg": jpeg(pictures(1)), "word/document.xml": "", "[Content_Types].xml": ""}
    (tmp_path / "a.docx").write_bytes(zipped(members))
    (tmp_path / "b.zip").write_bytes(zipped({"1.jpg": jpeg(pictures(1))}))
    document, member = find_all([tmp_path])
    assert isinstance(document, FoundFile)
    assert isinstance(member, FoundMember)


def test_what_could_not_be_taken_out_of_a_document_is_told_in_its_verdict(world, pictures, jpeg):
    drawn = docx({"one.jpeg": jpeg(pictures(1)), "two.emf": b"\1\0\0\0" * 20})
    told = world.verdicts(world.submit("NO", {"drawn.docx": drawn}))["drawn.docx"]
    assert told.reason == (
        "no match; 1 file in it has a verdict of its own; not taken out of it: a drawing, which Clew does not open"
    )


def test_a_limit_reached_inside_a_document_is_told_in_its_verdict(pictures, jpeg):
    from clew.intake.fingerprints import Fingerprint, embedded_words
    from clew.media.examination import Examination
    from clew.media.kinds import PDF
    from clew.media.shelf import Shelf, ShelfFull

    shelf = Shelf(lambda _name, _content: False)
    with pytest.raises(ShelfFull):
        shelf.put("a", jpeg(pictures(1)))
    seen = Examination(PDF, None, None, None, metadata=shelf.facts())
    words = embedded_words(Fingerprint(digests={}, examination=seen), 0)
    assert words.startswith("; what lies in it is more than")
    assert embedded_words(Fingerprint(digests={}), 0) == ""


def test_a_worker_that_dies_while_deciding_leaves_nothing_half_and_nothing_twice(world, report, monkeypatch):
    from clew.intake import pipeline
    from clew.intake.models import ReceivedFile, Verdict

    submission = world.submit("NO", {"report.pdf": report}, decide=False)

    def die(*_arguments, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "record", die)
    with pytest.raises(KeyboardInterrupt):
        pipeline.decide_waiting(submission.id)
    monkeypatch.undo()
    assert ReceivedFile.objects.using("service").count() == 1
    assert not Verdict.objects.using("service").exists()
    world.decide(submission)
    world.decide(submission)
    assert ReceivedFile.objects.using("service").filter(decided=True).count() == 4
    assert Verdict.objects.using("service").count() == 4


def test_a_submission_counts_and_resumes_only_what_was_sent(world, report):
    from clew.access.scope import acting_as
    from clew.intake.queries import progress_of, received_keys

    submission = world.submit("NO", {"report.pdf": report}, close=False)
    officer = world.officer("NO")
    with acting_as(officer):
        assert received_keys(officer, submission) == ["report.pdf"]
        progress = progress_of([submission])[submission.id]
    assert (progress.received, progress.decided) == (4, 4)


def test_the_web_role_can_name_no_parent(world, report):
    from clew.access.scope import acting_as
    from clew.intake.models import ReceivedFile
    from clew.kernel.ids import new_id

    submission = world.submit("NO", {"report.pdf": report}, close=False)
    officer = world.officer("NO")
    with acting_as(officer):
        parent = ReceivedFile.objects.get(submission=submission, client_key="report.pdf")
    columns = {"submission": submission, "owner_organisation_id": officer.organisation_id, "path": "forged"}
    with pytest.raises(ProgrammingError), acting_as(officer):
        ReceivedFile.objects.bulk_create([ReceivedFile(id=new_id(), client_key="x", parent=parent, depth=1, **columns)])
    with acting_as(officer):
        ReceivedFile.objects.bulk_create([ReceivedFile(id=new_id(), client_key="x", **columns)])


def test_pages_link_parent_and_children_and_programs_are_told(world, report):
    from clew.access.scope import acting_as
    from clew.intake.queries import verdicts_of
    from clew.intake.results import results_of_verdicts

    submission = world.submit("NO", {"report.pdf": report})
    told = world.verdicts(submission)
    parent, child = told["report.pdf"], told[f"report.pdf{BELOW}page 1, picture 1"]
    client = world.client("NO")
    page = client.get(f"/verdicts/{parent.file_id}/").content.decode()
    assert f"/verdicts/{child.file_id}/" in page
    assert "It lay in" not in page
    page = client.get(f"/verdicts/{child.file_id}/").content.decode()
    assert "It lay in" in page
    assert f"/verdicts/{parent.file_id}/" in page
    media = client.get(f"/media/{parent.sighting.media_id}/").content.decode()
    assert "What lies in it" in media
    assert str(child.sighting.media_id) in media
    assert str(parent.sighting.media_id) in client.get(f"/media/{child.sighting.media_id}/").content.decode()
    officer = world.officer("NO")
    with acting_as(officer):
        results = {one["path"]: one["parent"] for one in results_of_verdicts(officer, verdicts_of(officer, submission))}
    assert results["report.pdf"] is None
    assert results[child.file.path] == "report.pdf"
    json.dumps(results)


def test_a_foreign_officer_sees_neither_parent_nor_child(world, report):
    told = world.verdicts(world.submit("NO", {"report.pdf": report}))
    client = world.client("PT")
    for verdict in told.values():
        assert client.get(f"/verdicts/{verdict.file_id}/").status_code == 404
        assert client.get(f"/media/{verdict.sighting.media_id}/").status_code == 404


def test_a_check_answers_for_the_pictures_in_a_document(world, pictures, jpeg, report, tmp_path):
    from clew.intake.sources import find_all
    from clew.site.cli_evidence import _results
    from clew.site.local_office import LocalOffice
    from clew.site.reading import Reader

    world.submit("NO", {"known.jpg": jpeg(pictures(2))})
    path = tmp_path / "report.pdf"
    path.write_bytes(report)
    batch = list(find_all([path]))
    office = LocalOffice(world.officer("NO"))
    with Reader(office.report_jail, threads=1) as reader:
        results = _results(office, batch, reader.fingerprints(batch))
    assert [(one["path"].rpartition("/")[2], one["verdict"]) for one in results] == [
        ("report.pdf", "new"),
        (f"report.pdf{BELOW}page 1, picture 1", "new"),
        (f"report.pdf{BELOW}page 2, picture 1", "known"),
        (f"report.pdf{BELOW}page 2, picture 2", "new"),
    ]
    assert [bool(one["parent"]) for one in results] == [False, True, True, True]
    assert "3 files in it" in results[0]["reason"]


def test_pages_of_a_tiff_are_files_of_their_own(world, pictures):
    told = world.verdicts(world.submit("NO", {"scan.tiff": tiff_pages(pictures(4), pictures(5))}))
    assert list(told) == ["scan.tiff", f"scan.tiff{BELOW}page 2"]
    assert told["scan.tiff"].reason.endswith("; 1 file in it has a verdict of its own")


def test_the_time_of_change_is_kept_as_stated_and_shown(world, pictures, jpeg):
    from clew.intake.actions import receive_files

    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))}, close=False, decide=False)
    stated = dt.datetime(2001, 2, 3, 4, 5, tzinfo=dt.UTC)
    receive_files(world.officer("NO"), submission.id, [("b", "b.jpg", jpeg(pictures(2)))], modified_at={"b": stated})
    world.decide(submission)
    told = world.verdicts(submission)
    assert told["b.jpg"].file.modified_at == stated
    assert told["a.jpg"].file.modified_at is None
    page = world.client("NO").get(f"/verdicts/{told['b.jpg'].file_id}/").content.decode()
    assert "last changed 2001-02-03 04:05 UTC" in page
