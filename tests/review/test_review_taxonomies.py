"""Taxonomies: read whole or not at all, with the place of the fault; labels as statements, many of one content; each organisation's own."""

import json

import pytest

HEAD = "id,parent,section,label,definition,version,languages\n"
ROWS = "room,,Elements,Room,A room.,1,en\nbed,room,Elements,Bedroom,A room with a bed.,1,en fr\n"


def _read(content, **named):
    from clew.review.taxonomy import read_taxonomy

    text = content if isinstance(content, bytes) else content.encode()
    return read_taxonomy(text, **{"key": "own", "title": "Own", **named})


def test_csv_and_json_are_read_alike():
    from_csv = _read(HEAD + ROWS)
    rows = [
        {
            "id": "room",
            "parent": "",
            "section": "Elements",
            "label": "Room",
            "definition": "A room.",
            "version": "1",
            "languages": "en",
        },
        {
            "id": "bed",
            "parent": "room",
            "section": "Elements",
            "label": "Bedroom",
            "definition": "A room with a bed.",
            "version": "1",
            "languages": ["en", "fr"],
        },
    ]
    for table in (rows, {"labels": rows}):
        assert _read(json.dumps(table)).labels == from_csv.labels
    assert _read("\ufeff" + HEAD + ROWS).labels == from_csv.labels
    assert (from_csv.version, from_csv.label("bed").languages) == ("1", ("en", "fr"))
    assert from_csv.with_those_above(["bed"]) == {"bed", "room"}


@pytest.mark.parametrize(
    ("content", "place", "fault"),
    [
        ("id,label\nroom,Room\n", "line 1", "the columns must be"),
        (HEAD, "the whole", "1 to 5,000 labels"),
        (HEAD + ROWS + "x,nowhere,Elements,X,An x.,1,en\n", "line 4", "there is no label nowhere"),
        (HEAD + ROWS + "room,,Elements,Room,A room.,1,en\n", "line 4", "stands there twice"),
        (HEAD + ROWS + "x,,Elements,X,An x.,2,en\n", "line 4", "of version 2"),
        (HEAD + ROWS + "x,,Elements,,An x.,1,en\n", "line 4", "label is empty"),
        (HEAD + ROWS + "x,,Elements,X,An x.,1\n", "line 4", "not 7 fields"),
        (HEAD + ROWS + "x,,Elements,X,An x.,1,en,more\n", "line 4", "not 7 fields"),
        (HEAD + ROWS + "x y,,Elements,X,An x.,1,en\n", "line 4", "letters, digits"),
        (HEAD + ROWS + "x,,Elements,X,An x.,1,English\n", "line 4", "languages must be codes"),
        (HEAD + ROWS + "x,,Elements,Sextortion,An x.,1,en\n", "line 4", "worded as the guidelines refuse"),
        (HEAD + ROWS + "x,,Elements,X\u202e,An x.,1,en\n", "line 4", "cannot be seen"),
        (HEAD + "a,b,E,A,An a.,1,en\nb,a,E,B,A b.,1,en\n", "line 2", "stands under itself"),
        (HEAD + 'a,,E,"A,An a.,1,en\n', "line 2", "unexpected end"),
        (b"\xff" + HEAD.encode(), "byte 1", "not UTF-8"),
        ("[{", "line 1", "not JSON"),
        ('{"labels": 1}', "the whole", "a list of labels"),
        ('[{"id": "a"}]', "label 1", "its keys must be"),
        ("[" * 100_000, "the whole", "nested too deeply"),
    ],
)
def test_a_badly_formed_file_is_refused_as_a_whole_with_the_place(content, place, fault):
    from clew.review.taxonomy import TaxonomyBroken

    with pytest.raises(TaxonomyBroken, match=f"at {place}:.*{fault}"):
        _read(content)


def test_another_word_stands_in_quotation_marks():
    assert (
        _read(HEAD + 'x,,Elements,"""Sextortion""",As its source calls it.,1,en\n').label("x").label == '"Sextortion"'
    )


def test_a_file_that_is_too_long_is_refused_unread():
    from clew.kernel.limits import TAXONOMY_BYTES_MAX
    from clew.review.taxonomy import TaxonomyBroken

    with pytest.raises(TaxonomyBroken, match="more than"):
        _read(b"x" * (TAXONOMY_BYTES_MAX + 1))


@pytest.fixture
def administrator(world):
    from clew.access.actions import enlist_officer

    made = enlist_officer(
        world.units["NO"],
        username="no.admin",
        name="Admin",
        roles=("national_administrator",),
        password="a long password",
    )
    world.officers["A"] = made
    return made


@pytest.fixture
def seized(world, pictures, jpeg):
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    return Media.objects.using("service").get().id


def test_a_taxonomy_is_brought_once_and_stays_with_its_organisation(world, administrator):
    from clew.review.taxonomies import TaxonomyThere, bring_taxonomy, taxonomy_for

    for _ in range(2):
        bring_taxonomy(administrator, (HEAD + ROWS).encode(), key="own", title="Own")
    assert len(taxonomy_for(world.officer("NO"), "own").labels) == 2
    assert taxonomy_for(world.officer("PT"), "own") is None
    with pytest.raises(TaxonomyThere):
        bring_taxonomy(administrator, (HEAD + ROWS).replace("A room.", "Other.").encode(), key="own", title="Own")
    newer = (HEAD + ROWS).replace(",1,en", ",2,en").encode()
    bring_taxonomy(administrator, newer, key="own", title="Own")
    assert taxonomy_for(administrator, "own").version == "2"
    assert taxonomy_for(administrator, "own", "1").version == "1"


def test_who_may_not_brings_none_and_no_name_is_taken_over(world, administrator):
    from clew.kernel.errors import NotPermitted
    from clew.review.taxonomies import bring_taxonomy
    from clew.review.taxonomy import TaxonomyBroken

    with pytest.raises(NotPermitted):
        bring_taxonomy(world.officer("NO"), (HEAD + ROWS).encode(), key="own", title="Own")
    for taken in ("uk", "rooms", "facts"):
        with pytest.raises(TaxonomyBroken, match="the name of a scheme"):
            bring_taxonomy(administrator, (HEAD + ROWS).encode(), key=taken, title="Own")


def test_many_labels_stand_beside_each_other_and_beside_the_code(world, seized):
    from clew.access.scope import acting_as
    from clew.review.deciding import decide, undo
    from clew.review.statements import standing_statements

    officer = world.officer("NO")
    decide(officer, [seized], scheme="rooms", code="bedroom")
    last = decide(officer, [seized], scheme="rooms", code="furniture")
    decide(officer, [seized], code="none")

    def said():
        with acting_as(officer):
            return {one.code for one in standing_statements(officer, [seized])[seized]}

    assert said() == {"bedroom", "furniture", "none"}
    undo(officer, last.id)
    assert said() == {"bedroom", "none"}


def test_a_label_that_is_not_there_is_refused(world, seized):
    from clew.review.deciding import decide
    from clew.review.taxonomy import LabelUnknown

    with pytest.raises(LabelUnknown):
        decide(world.officer("NO"), [seized], scheme="rooms", code="castle")
