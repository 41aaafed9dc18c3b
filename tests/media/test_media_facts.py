"""Facts of every source, each told as its own: XMP, IPTC, JPEG structure, thumbnails, text chunks, movie headers; what is damaged costs itself."""

import datetime as dt
import struct

import numpy as np
import pytest
from made_files import encoded, film, picture, textured
from PIL import ExifTags, Image, PngImagePlugin

from clew.kernel.limits import XML_SIZE_BYTES_MAX
from clew.media.contradictions import contradictions
from clew.media.examination import Examination
from clew.media.fact_sources import by_source
from clew.media.jpeg_structure import jpeg_end, png_end
from clew.media.movie_times import place_facts

PICTURE = picture(320, 240)
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:stEvt="urn:evt" xmlns:stRef="urn:ref" xmlns:tiff="urn:tiff" xmp:CreatorTool="Editor 7" xmpMM:DocumentID="doc-2" tiff:Model="Other">
<dc:creator><rdf:Seq><rdf:li>A. Painter</rdf:li></rdf:Seq></dc:creator>
<xmpMM:DerivedFrom stRef:documentID="doc-1"/>
<xmpMM:History><rdf:Seq><rdf:li stEvt:action="created" stEvt:softwareAgent="Editor 6" stEvt:when="2024-01-01"/>
<rdf:li stEvt:action="saved" stEvt:softwareAgent="Editor 7"/></rdf:Seq></xmpMM:History></rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_xmp_tells_its_tool_ids_and_history(jail, kind):
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    kept = {"PNG": {"pnginfo": text}, "TIFF": {"tiffinfo": {700: XMP}}}.get(kind, {"xmp": XMP})
    facts = jail.examine(encoded(PICTURE, kind, **kept)).metadata
    assert facts["xmp_creator_tool"] == "Editor 7"
    assert facts["xmp_document_id"] == "doc-2"
    assert facts["xmp_derived_from"] == "doc-1"
    assert facts["xmp_creator"] == "A. Painter"
    assert facts["xmp_history"] == "created Editor 6 2024-01-01; saved Editor 7"
    assert facts["xmp_history_steps"] == 2


@pytest.mark.parametrize(
    ("packet", "told"),
    [
        (b"<x>", "damaged"),
        (b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 50 + b'"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>', "damaged"),
        (b"<a>" + b" " * XML_SIZE_BYTES_MAX + b"</a>", "larger than Clew reads"),
    ],
)
def test_damaged_hostile_and_huge_xmp_is_told_and_the_picture_is_good(jail, packet, told):
    found = jail.examine(encoded(PICTURE, "WEBP", lossless=True, xmp=packet))
    assert found.metadata["xmp"] == told
    assert np.array_equal(found.pixels, PICTURE)


def _iptc(*datasets):
    block = b"".join(struct.pack(">BBBH", 0x1C, 2, number, len(text)) + text for number, text in datasets)
    resource = (
        b"8BIM" + struct.pack(">H", 0x0404) + b"\0\0" + struct.pack(">I", len(block)) + block + bytes(len(block) % 2)
    )
    body = b"Photoshop 3.0\0" + resource
    jpeg = encoded(PICTURE, "JPEG")
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize("name", ["title", "History", "DerivedFrom", "li"])
def test_xmp_of_elements_in_elements_leaves_time_for_the_picture(jail, name):
    # Gone through once for each element this would be billions of steps, and the cell's time would end before the picture is told.
    depth = 60_000 // len(name)
    packet = b"<History>" + f"<{name}>".encode() * depth + f"</{name}>".encode() * depth + b"</History>"
    found = jail.examine(encoded(PICTURE, "WEBP", lossless=True, xmp=packet))
    assert isinstance(found, Examination)
    assert "xmp" not in found.metadata


def test_iptc_tells_who_and_where(jail):
    told = ((80, b"B. Line"), (90, b"Bergen"), (101, "Noreg é".encode()), (25, b"one"), (25, b"two"), (250, b"x"))
    facts = jail.examine(_iptc(*told)).metadata
    assert (facts["iptc_by_line"], facts["iptc_city"], facts["iptc_country"]) == ("B. Line", "Bergen", "Noreg é")
    assert facts["iptc_keywords"] == "one, two"
    broken = jail.examine(_iptc((80, b"B. Line")).replace(b"\x1c\x02\x50\x00\x07", b"\x1c\x02\x50\x7f\xff"))
    assert "iptc_by_line" not in broken.metadata
    assert broken.pixels is not None


@pytest.mark.parametrize("quality", [35, 50, 75, 90, 95])
def test_the_tables_of_a_jpeg_tell_its_quality(jail, quality):
    facts = jail.examine(encoded(PICTURE, "JPEG", quality=quality)).metadata
    assert (facts["jpeg_quality"], facts["jpeg_tables_standard"]) == (quality, 1)


def test_tables_of_another_maker_are_told_to_be_so(jail):
    own = [[min(255, 3 + at // 2) for at in range(64)], [9] * 64]
    odd = jail.examine(encoded(PICTURE, "JPEG", qtables=own)).metadata
    usual = jail.examine(encoded(PICTURE, "JPEG")).metadata
    assert odd["jpeg_tables_standard"] == 0
    assert odd["jpeg_tables"] != usual["jpeg_tables"]
    again = jail.examine(encoded(PICTURE[::-1], "JPEG")).metadata
    assert again["jpeg_tables"] == usual["jpeg_tables"]


def test_the_structure_of_a_jpeg_tells_its_encoder(jail):
    content = encoded(PICTURE, "JPEG", progressive=True, subsampling=1, comment=b"made here")
    facts = jail.examine(content).metadata
    assert (facts["jpeg_coding"], facts["jpeg_sampling"]) == ("progressive", "4:2:2")
    assert facts["jpeg_comment"] == "made here"
    assert facts["jpeg_segments"] == "APP0 JFIF, comment"
    assert "trailing_bytes" not in facts
    assert jail.examine(encoded(PICTURE, "JPEG")).metadata["jpeg_coding"] == "baseline"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_stands_behind_the_end_is_counted_and_named(jail, kind):
    plain = encoded(PICTURE, kind)
    for rest, what in ((b"PK\x03\x04" + bytes(50), "application/zip"), (bytes(7), "zeros"), (b"\1\2\3", "not known")):
        facts = jail.examine(plain + rest).metadata
        assert (facts["trailing_bytes"], facts["trailing_looks_like"]) == (len(rest), what)


def test_the_end_of_a_file_that_has_none_is_not_found():
    jpeg, png = (memoryview(encoded(PICTURE, kind)) for kind in ("JPEG", "PNG"))
    assert (jpeg_end(jpeg), png_end(png)) == (len(jpeg), len(png))
    for cut in (3, 20, 100, len(jpeg) - 2):
        assert jpeg_end(jpeg[:cut]) is None
    assert png_end(png[:-3]) is None


def _with_thumbnail(pixels, shown):
    """A JPEG whose EXIF holds the thumbnail `shown` in its second directory (EXIF 2.32, 4.5.4)."""
    thumbnail = encoded(shown, "JPEG")
    first = struct.pack("<H", 0) + struct.pack("<I", 14)
    second = struct.pack("<HHHIIHHIII", 2, 513, 4, 1, 14 + 30, 514, 4, 1, len(thumbnail), 0)
    return encoded(pixels, "JPEG", exif=b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + second + thumbnail)


def test_a_thumbnail_that_shows_another_cut_is_told(jail):
    whole = textured(640, 480)
    small = np.asarray(Image.fromarray(whole).resize((160, 120)))
    same = jail.examine(_with_thumbnail(whole, small)).metadata
    cropped = jail.examine(_with_thumbnail(np.ascontiguousarray(whole[200:, 260:]), small)).metadata
    assert same["exif_thumbnail"] == "160 x 120 pixels"
    assert (same["exif_thumbnail_differs"], cropped["exif_thumbnail_differs"]) == (0, 1)
    assert not contradictions(same)
    assert "thumbnail" in contradictions(cropped)[0]


def test_a_letterboxed_thumbnail_is_the_same_picture_and_a_plain_one_says_nothing(jail):
    whole = textured(640, 400)
    boxed = np.zeros((120, 160, 3), np.uint8)
    boxed[10:110] = np.asarray(Image.fromarray(whole).resize((160, 100)))
    assert jail.examine(_with_thumbnail(whole, boxed)).metadata["exif_thumbnail_differs"] == 0
    plain = np.full((120, 160, 3), 90, np.uint8)
    assert "exif_thumbnail_differs" not in jail.examine(_with_thumbnail(plain, plain)).metadata
    broken = _with_thumbnail(whole, boxed).replace(b"\xff\xd8\xff", b"\xff\xd8\xff", 1)
    at = broken.index(b"\xff\xd8\xff", 10)
    damaged = jail.examine(broken[:at] + bytes(40) + broken[at + 40 :]).metadata
    assert damaged["exif_thumbnail"] == "damaged"


def test_the_makers_note_is_there_or_not(jail):
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] = b"secret" * 5
    assert jail.examine(encoded(PICTURE, "JPEG", exif=exif)).metadata["exif_maker_note_bytes"] == 30
    assert "exif_maker_note_bytes" not in jail.examine(encoded(PICTURE, "JPEG")).metadata


def test_text_of_a_png_and_the_comment_of_a_gif_are_told(jail):
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "Painter 3")
    text.add_text("Creation Time", "yesterday")
    text.add_text("parameters", "a chair, blue")
    facts = jail.examine(encoded(PICTURE, "PNG", pnginfo=text)).metadata
    assert (facts["png_software"], facts["png_creation_time"]) == ("Painter 3", "yesterday")
    assert facts["png_other_text"] == "parameters: a chair, blue"
    assert jail.examine(encoded(PICTURE, "GIF", comment=b"hello")).metadata["gif_comment"] == "hello"


def test_a_movie_header_tells_when_it_was_made_and_changed(jail):
    plain = film(PICTURE)
    at = plain.index(b"mvhd") + 8
    made, changed = (
        int((dt.datetime(year, 1, 2, tzinfo=dt.UTC) - dt.datetime(1904, 1, 1, tzinfo=dt.UTC)).total_seconds())
        for year in (2020, 2021)
    )
    facts = jail.examine(plain[:at] + struct.pack(">II", made, changed) + plain[at + 8 :]).metadata
    assert (facts["header_created_at"], facts["header_changed_at"]) == ("2020-01-02T00:00:00Z", "2021-01-02T00:00:00Z")
    assert facts["video_handler"] == "VideoHandler"
    assert facts["major_brand"] == "isom"
    assert "header_created_at" not in jail.examine(plain).metadata


def test_a_place_in_quicktimes_words_becomes_degrees():
    assert place_facts("+59.9139-010.7522+023.0/") == {
        "gps_latitude": 59.9139, "gps_longitude": -10.7522, "gps_altitude_metres": 23.0,
    }  # fmt: skip
    assert place_facts("+99.0+010.0/") == place_facts("nowhere") == {}


def test_facts_are_grouped_by_their_source():
    facts = {
        "width": 1,
        "camera_make": "A",
        "xmp_camera_make": "B",
        "jpeg_quality": 75,
        "gps_latitude": 1.0,
        "iptc_city": "C",
    }
    assert by_source(facts, "image") == {
        "The file itself": {"width": 1},
        "JPEG structure": {"jpeg_quality": 75},
        "EXIF": {"camera_make": "A", "gps_latitude": 1.0},
        "XMP": {"xmp_camera_make": "B"},
        "IPTC": {"iptc_city": "C"},
    }
    assert list(by_source({"camera_make": "A", "gps_latitude": 1.0}, "video")) == ["Container"]


def test_contradictions_are_told_and_agreement_is_not():
    assert contradictions({"camera_model": "One", "xmp_camera_model": "one "}) == []
    told = contradictions({"camera_model": "One", "xmp_camera_model": "Two"})
    assert told == ["EXIF and XMP name different things as camera model: One and Two."]
    taken = {"taken_at": "2024:05:06 07:08:09"}
    assert contradictions(taken, dt.datetime(2024, 5, 7, tzinfo=dt.UTC)) == []
    assert "before it was taken" in contradictions(taken, dt.datetime(2020, 5, 7, tzinfo=dt.UTC))[0]
    assert "different times" in contradictions({**taken, "xmp_taken_at": "2023-05-06T07:08:09"})[0]
    assert contradictions({"taken_at": "9999:99:99 99:99"}, dt.datetime(2020, 5, 7, tzinfo=dt.UTC)) == []
