"""Searching: every filter finds what has it, leaves out what has not, and never finds, counts or names what another country keeps."""

import io

import pytest


def photograph(pixels, *, make="Nordlys", model="N1", taken="2023:05:17 10:00:00", place=(59.9, 10.7)):
    """A JPEG whose EXIF says so."""
    from PIL import ExifTags, Image

    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = make, model
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] = (
            (abs(place[0]), 0.0, 0.0),
            "N" if place[0] >= 0 else "S",
        )
        gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] = (
            (abs(place[1]), 0.0, 0.0),
            "E" if place[1] >= 0 else "W",
        )
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def seized(world, pictures, jpeg):
    """Norway's two photographs and a plain picture, shared with all; Portugal's photograph like the first, shared with nobody."""
    north = world.submit(
        "NO",
        {
            "Sommer/IMG_2345.jpg": photograph(pictures(1)),
            "Ferie/海边房子.jpg": photograph(
                pictures(2), make="Solar", model="S9", taken="2019:01:02 08:00:00", place=(-33.9, 151.2)
            ),
            "plain.jpg": jpeg(pictures(3)),
        },
        reference="OSLO-7",
        sharing="members",
    )
    south = world.submit("PT", {"Sommer/hidden.jpg": photograph(pictures(4))}, reference="LISBOA-1", sharing="nobody")
    return {"NO": north, "PT": south}


A, B, C, HIDDEN = "Sommer/IMG_2345.jpg", "Ferie/海边房子.jpg", "plain.jpg", "Sommer/hidden.jpg"

#: What is asked, what Norway and Portugal find.
ASKED = [
    ({}, [B, A, C], [B, A, C, HIDDEN]),
    ({"kind": "image"}, [B, A, C], [B, A, C, HIDDEN]),
    ({"kind": "video"}, [], []),
    ({"make": "Nordlys"}, [A], [A, HIDDEN]),
    ({"make": "Solar", "model": "S9"}, [B], [B]),
    ({"make": "Solar", "model": "N1"}, [], []),
    ({"taken_from": "2023-05-17", "taken_to": "2023-05-17"}, [A], [A, HIDDEN]),
    ({"taken_to": "2020-01-01"}, [B], [B]),
    ({"taken_from": "never"}, [], []),
    ({"box": "59,10,60,11"}, [A], [A, HIDDEN]),
    ({"box": "-34,151,-33,152"}, [B], [B]),
    ({"box": "-40,150,-30,-170"}, [B], [B]),
    ({"box": "here"}, [], []),
    ({"size": "tiny"}, [B, A, C], [B, A, C, HIDDEN]),
    ({"size": "huge"}, [], []),
    ({"size": "enormous"}, [], []),
    ({"verdict": "new"}, [B, A, C], [HIDDEN]),
    ({"verdict": "known"}, [], []),
    ({"prevalence": "1"}, [B, A, C], [B, A, C, HIDDEN]),
    ({"prevalence": "2-4"}, [], []),
    ({"prevalence": "many"}, [], []),
    ({"seen_from": "2020-01-01"}, [B, A, C], [B, A, C, HIDDEN]),
    ({"seen_to": "2020-01-01"}, [], []),
    ({"seen_to": "2020-13-01"}, [], []),
    ({"text": "sommer"}, [A], [A, HIDDEN]),
    ({"text": "img_23"}, [A], [A]),
    ({"text": "海边"}, [B], [B]),
    ({"text": "hidden"}, [], [HIDDEN]),
    ({"text": "nordlys"}, [A], [A, HIDDEN]),
    ({"text": "nordlys ferie"}, [], []),
    ({"text": "oslo"}, [B, A, C], []),
    ({"text": "lisboa"}, [], [HIDDEN]),
    ({"text": "../.."}, [], []),
    ({"text": "sommer", "make": "Solar"}, [], []),
    ({"like": "00000000-0000-0000-0000-000000000000"}, [], []),
    ({"like": "no id"}, [], []),
    ({"case": "no id"}, [], []),
    ({"series": "00000000-0000-0000-0000-000000000001"}, [], []),
    ({"said": "undecided"}, [B, A, C], [B, A, C, HIDDEN]),
    ({"said": "own"}, [], []),
    ({"said": "whoever"}, [], []),
]


def test_every_filter_finds_what_each_country_may_see_of_it(seized, found):
    for wanted, north, south in ASKED:
        assert found("NO", **wanted) == sorted(north), wanted
        assert found("PT", **wanted) == sorted(south), wanted


def test_nobody_searches_without_the_permission(world, seized):
    from clew.access.scope import acting_as
    from clew.kernel.errors import NotPermitted
    from clew.review.search import Search, media_found

    officer = world.officer("HL")
    with acting_as(officer), pytest.raises(NotPermitted):
        media_found(officer, Search())


def test_cases_and_submissions_are_searched_by_their_owner_alone(seized, found):
    north = seized["NO"]
    for wanted in ({"submission": str(north.id)}, {"case": str(north.case_id)}):
        assert found("NO", **wanted) == sorted([A, B, C])
    assert found("PT", case=str(north.case_id)) == []


def test_series_and_their_names_are_found_by_those_who_see_them_and_not_what_is_denied(world, seized, found):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media, Membership, Sighting

    officer = world.officer("NO")
    ids = dict(Sighting.objects.using("service").values_list("path", "media_id"))
    with acting_as(officer):
        open_ = create_series(officer, "Grønn Stue", world.grounds(sharing="members"))
        shut = create_series(officer, "Taushet", world.grounds(sharing="nobody"))
        for series in (open_, shut):
            state_membership(officer, series, [ids[A], ids[C]], basis="seen")
    for who in ("NO", "PT"):
        assert found(who, series=str(open_.id)) == sorted([A, C])
        assert found(who, text="grønn stu") == sorted([A, C])
        assert found(who, text="gronn") == []
    assert found("NO", text="taushet") == sorted([A, C])
    assert found("PT", text="taushet") == found("PT", series=str(shut.id)) == []
    Membership.objects.using("service").filter(media=ids[C]).update(belongs=False)
    assert found("NO", series=str(open_.id)) == [A]
    assert Media.objects.using("service").count() == 4


def test_a_renamed_series_is_found_by_its_new_name_alone(world, seized, found):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Series, Sighting

    officer = world.officer("NO")
    with acting_as(officer):
        series = create_series(officer, "Oldname", world.grounds())
        media = Sighting.objects.get(path=A).media_id
        state_membership(officer, series, [media], basis="seen")
    assert found("NO", text="oldname") == [A]
    Series.objects.using("service").update(name="Newname")
    assert (found("NO", text="newname"), found("NO", text="oldname")) == ([A], [])


def test_decisions_are_found_by_who_made_them_and_disputes_by_both(world, seized, found):
    from clew.catalogue.models import Sighting
    from clew.review.deciding import decide, undo

    ids = dict(Sighting.objects.using("service").values_list("path", "media_id"))
    decide(world.officer("NO"), [ids[A], ids[B]], code="A")
    other = decide(world.officer("PT"), [ids[B]], code="B")
    assert found("NO", said="own") == sorted([A, B]) == found("NO", said="own", scheme="uk", code="A")
    assert found("NO", said="other") == [B] == found("NO", code="B", scheme="uk")
    assert found("NO", said="disputed") == [B] == found("PT", said="disputed", scheme="uk")
    assert found("NO", said="disputed", scheme="uk", code="C") == []
    assert found("NO", said="undecided") == [C]
    assert found("PT", said="undecided") == sorted([A, C, HIDDEN])
    assert found("PT", said="undecided", scheme="baseline") == sorted([A, B, C, HIDDEN])
    undo(world.officer("PT"), other.id)
    assert found("NO", said="disputed") == []


def test_what_a_country_says_of_what_it_alone_holds_is_not_found_by_others(world, seized, found):
    from clew.catalogue.models import Sighting
    from clew.review.deciding import decide

    hidden = Sighting.objects.using("service").get(path=HIDDEN).media_id
    decide(world.officer("PT"), [hidden], code="A")
    assert found("PT", code="A") == [HIDDEN]
    assert found("NO", code="A") == found("NO", said="other") == []


def test_a_path_of_another_countrys_hidden_sighting_finds_nothing_although_the_content_is_seen(
    world, pictures, jpeg, found
):
    content = jpeg(pictures(1))
    world.submit("NO", {"mine.jpg": content}, sharing="members")
    world.submit("PT", {"informant-zelda.jpg": content}, sharing="nobody")
    # The one content, which Portugal sees under both paths.
    assert found("PT", text="zelda") == ["mine.jpg"]
    assert found("NO", text="zelda") == []
    assert found("NO", text="mine") == ["mine.jpg"]
    # Seen by both, and counted as often as each may see it.
    assert (found("NO", prevalence="1"), found("NO", prevalence="2-4")) == (["mine.jpg"], [])
    assert (found("PT", prevalence="1"), found("PT", prevalence="2-4")) == ([], ["mine.jpg"])


def test_common_words_are_found_as_rare_ones_are(seized, found, monkeypatch):
    from clew.review import search_text

    told = {text: found("NO", text=text) for text in ("sommer", "jpg", "jpg nordlys", "oslo", "nothing")}
    assert told["jpg"] == sorted([A, B, C])
    monkeypatch.setattr(search_text, "SEARCH_RARE_IDS_MAX", 0)
    assert {text: found("NO", text=text) for text in told} == told


def test_words_go_with_what_they_are_of(world, seized, found, make_words):
    from clew.catalogue.models import Sighting
    from clew.review.models import SearchWord, WordsDue

    make_words()
    words = SearchWord.objects.using("service")
    assert words.filter(word="sommer").count() == 2
    assert not WordsDue.objects.using("service").exists()
    sighting = Sighting.objects.using("service").get(path=HIDDEN)
    from clew.intake.models import Verdict

    Verdict.objects.using("service").filter(sighting=sighting).update(sighting=None)
    sighting.delete()
    assert words.filter(word="sommer").count() == 1
    assert not words.filter(word="hidden").exists()


def test_serial_numbers_are_no_words(make_words):
    from clew.catalogue.models import Media
    from clew.kernel.ids import new_id
    from clew.review.models import SearchWord

    told = {
        "camera_serial_number": "SN12345",
        "camera_make": "Nordlys",
        "xmp_document_id": "uuid",
        "exposure_seconds": 0.5,
    }
    Media.objects.using("service").bulk_create([Media(id=new_id(), kind="image", mime="image/jpeg", metadata=told)])
    make_words()
    assert list(SearchWord.objects.using("service").values_list("word", flat=True)) == ["nordlys"]


def test_a_search_goes_into_an_address_and_comes_back():
    from django.http import QueryDict

    from clew.review.search import Search

    search = Search(text="海边 & sofa=1", kind="image", box="1,2,3,4", like="x")
    assert Search.from_query(QueryDict(search.address)) == search == Search.from_query(search.to_query())
    assert Search.from_query(QueryDict("unknown=1&kind=a&kind=b")) == Search(kind="b")
    assert search.without("kind").with_(make="M").active == ["text", "make", "box", "like"]
    assert len(Search.from_query(QueryDict("text=" + "x" * 5000)).text) == 200


def test_as_much_is_asked_of_the_database_whether_something_hidden_is_there_or_not(world, seized, make_words):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    from clew.access.scope import acting_as
    from clew.review.facets import facets_of
    from clew.review.search import Search, media_found

    make_words()
    officer = world.officer("NO")

    def asked(text):
        with acting_as(officer), CaptureQueriesContext(connections["default"]) as said:
            ids = list(media_found(officer, Search(text=text)).values_list("pk", flat=True))
            facets = facets_of(officer, Search(text=text), ids)
        return ids, facets, [query["sql"].split("WHERE")[0] for query in said.captured_queries]

    hidden, absent = asked("hidden"), asked("zzz")
    assert hidden[0] == absent[0] == []
    assert hidden[1] == absent[1]
    assert hidden[2] == absent[2]
