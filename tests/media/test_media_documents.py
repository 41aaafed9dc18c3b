"""Documents: every picture in them comes out as it was put in, with the place where it lay; limits are told; what is damaged costs itself."""

import io
import zipfile
import zlib

import numpy as np
import pytest
from made_files import encoded, picture, sound
from PIL import Image

from clew.kernel.limits import EMBEDDED_MAX
from clew.media import kinds
from clew.media.examination import Examination, UnreadableReason
from clew.media.kinds import MediaKind
from clew.media.shelf import Shelf, ShelfFull
from clew.media.sniff import sniff, sniff_whole
from tests.documents import CORE, docx, ole, pdf, pdf_jpeg, pdf_stream, stated, tiff_pages, zipped

PICTURE = picture(64, 48)
JPEG = encoded(PICTURE, "JPEG")
PNG = encoded(PICTURE[::-1], "PNG")


def inside(found):
    assert isinstance(found, Examination), found
    return {part.name: part.content for part in found.embedded}


def opened(content):
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (docx({}), kinds.DOCX),
        (zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), kinds.XLSX),
        (zipped({"_rels/.rels": "", "ppt/presentation.xml": ""}), kinds.PPTX),
        (zipped({"[Content_Types].xml": "", "FixedDocSeq.fdseq": ""}), kinds.OPEN_XML),
        (stated("application/vnd.oasis.opendocument.text", {}), kinds.ODT),
        (stated("application/vnd.oasis.opendocument.presentation", {}), kinds.ODP),
        (stated("application/epub+zip", {}), kinds.EPUB),
        (pdf([]), kinds.PDF),
        (b"garbage\n" + pdf([]), kinds.PDF),
        (ole({"WordDocument": b""}), kinds.OLE),
        (zipped({"holiday/1.jpg": JPEG}), kinds.ZIP),
        (zipped({"word/1.jpg": JPEG, "[Content_Types].xml": ""}), kinds.ZIP),
        (zipped({"mimetype": "text/plain"}), kinds.ZIP),
    ],
)
def test_documents_are_told_from_archives_by_their_bytes(content, media_type):
    assert sniff(content[:4096]) is media_type


def test_the_pictures_of_an_office_document_come_out_bit_for_bit(jail):
    found = jail.examine(docx({"image1.jpeg": JPEG, "image2.png": PNG, "media1.wav": sound()}), name="a.docx")
    assert inside(found) == {
        "word/media/image1.jpeg": JPEG, "word/media/image2.png": PNG, "word/media/media1.wav": sound(),
    }  # fmt: skip
    assert found.media_type.kind is MediaKind.DOCUMENT
    assert found.pixels is None
    assert not found.extension_disagrees
    assert found.metadata["embedded"] == 3
    assert found.metadata["document_creator"] == "A. Writer"
    assert found.metadata["document_created_at"] == "2024-05-06T07:08:09Z"


def test_the_pictures_of_a_book_come_out(jail):
    found = jail.examine(stated("application/epub+zip", {"OEBPS/cover.jpg": JPEG, "OEBPS/a.xhtml": "<html/>"}))
    assert inside(found) == {"OEBPS/cover.jpg": JPEG}


def test_drawings_and_damaged_members_are_counted_and_the_rest_is_taken(jail):
    whole = docx({"image1.jpeg": JPEG, "image2.emf": b"\1\0\0\0" * 20, "image3.png": PNG})
    stored = zipped(
        {"[Content_Types].xml": "", "word/media/a.jpg": JPEG, "word/media/b.png": PNG}, method=zipfile.ZIP_STORED
    )
    broken = stored.replace(PNG, PNG[:-40] + bytes(40), 1)
    assert jail.examine(whole).metadata["embedded_refused_why"] == "a drawing, which Clew does not open"
    found = jail.examine(broken)
    assert inside(found) == {"word/media/a.jpg": JPEG}
    assert found.metadata["embedded_refused_why"] == "damaged"


def test_a_bomb_in_a_document_is_not_unpacked(jail):
    bomb = b"\x89PNG\r\n\x1a\n" + bytes(40_000_000)
    found = jail.examine(docx({"bomb.png": bomb, "image.jpeg": JPEG}))
    assert inside(found) == {"word/media/image.jpeg": JPEG}
    assert "far more than it holds" in found.metadata["embedded_refused_why"]


def test_the_pictures_of_a_pdf_come_out_with_their_pages(jail):
    found = jail.examine(pdf([{"A": pdf_jpeg(JPEG)}, {}, {"A": pdf_jpeg(JPEG[:-2] + b"\xff\xd9"), "B": pdf_jpeg(encoded(PICTURE, "JPEG", quality=50))}]))  # fmt: skip
    assert inside(found) == {
        "page 1, picture 1": JPEG,
        "page 3, picture 1": JPEG,
        "page 3, picture 2": encoded(PICTURE, "JPEG", quality=50),
    }
    assert found.metadata["document_pages"] == 3
    assert found.metadata["document_creator"] == "A. Writer"


def _flate(about, samples):
    return b"/Width 64 /Height 48 /Filter /FlateDecode " + about, zlib.compress(samples)


GREY = PICTURE[:, :, 0].copy()
PREDICTED = b"".join(b"\1" + np.diff(row, prepend=np.uint8(0)).astype(np.uint8).tobytes() for row in GREY)


@pytest.mark.parametrize(
    ("stream", "pixels"),
    [
        (_flate(b"/BitsPerComponent 8 /ColorSpace /DeviceRGB", PICTURE.tobytes()), PICTURE),
        (_flate(b"/BitsPerComponent 8 /ColorSpace /DeviceGray", GREY.tobytes()), GREY),
        (_flate(b"/BitsPerComponent 8 /ColorSpace /DeviceGray /Decode [1 0]", GREY.tobytes()), 255 - GREY),
        (_flate(b"/BitsPerComponent 8 /ColorSpace /DeviceGray /DecodeParms << /Predictor 15 /Columns 64 >>", PREDICTED), GREY),
        (_flate(b"/BitsPerComponent 8 /ColorSpace [/Separation /Black /DeviceGray 9 0 R]", GREY.tobytes()), 255 - GREY),
        (_flate(b"/BitsPerComponent 1 /ImageMask true", np.packbits(GREY > 99, axis=1).tobytes()), GREY > 99),
        ((b"/Width 64 /Height 48 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter [/ASCIIHexDecode /FlateDecode]", zlib.compress(PICTURE.tobytes()).hex().encode() + b">"), PICTURE),
        ((b"/Width 64 /Height 48 /BitsPerComponent 8 /ColorSpace /DeviceRGB", PICTURE.tobytes()), PICTURE),
    ],
)  # fmt: skip
def test_samples_of_a_pdf_become_a_png_without_loss(jail, stream, pixels):
    (content,) = inside(jail.examine(pdf([{"A": stream}]))).values()
    assert sniff(content) is kinds.PNG
    assert np.array_equal(opened(content), pixels)


def test_a_palette_and_cmyk_of_a_pdf_keep_every_value(jail):
    table = bytes(range(48))
    indices = (GREY % 16).astype(np.uint8)
    palette = b"/BitsPerComponent 8 /ColorSpace [/Indexed /DeviceRGB 15 <%s>]" % table.hex().encode()
    inks = np.dstack([PICTURE, GREY])
    found = jail.examine(pdf([{"A": _flate(palette, indices.tobytes()), "B": _flate(b"/BitsPerComponent 8 /ColorSpace /DeviceCMYK", inks.tobytes())}]))  # fmt: skip
    one, two = inside(found).values()
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(one)).convert("RGB")), np.frombuffer(table, np.uint8).reshape(16, 3)[indices])  # fmt: skip
    assert np.array_equal(opened(two), inks)


def test_a_fax_of_a_pdf_is_wrapped_as_it_is(jail):
    bilevel = Image.fromarray(GREY).convert("1")
    out = io.BytesIO()
    bilevel.save(out, "TIFF", compression="group4")
    fax = Image.open(out)
    start, size = fax.tag_v2[273][0], fax.tag_v2[279][0]
    coded = out.getvalue()[start : start + size]
    black = fax.tag_v2[262] == 1
    about = b"/Width 64 /Height 48 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 64 /BlackIs1 %s >>"
    (content,) = inside(jail.examine(pdf([{"A": (about % (b"true" if black else b"false"), coded)}]))).values()
    assert coded in content
    assert np.array_equal(opened(content), np.asarray(bilevel))


def test_pictures_in_forms_and_attached_files_of_a_pdf_come_out(jail):
    picture_ = pdf_stream(b"/Type /XObject /Subtype /Image " + pdf_jpeg(JPEG)[0], JPEG)
    form = pdf_stream(b"/Type /XObject /Subtype /Form /Resources << /XObject << /I 4 0 R /Self 5 0 R >> >>", b"")
    page = b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /F 5 0 R /G 5 0 R >> >> >>"
    whole = pdf([{}], objects=[picture_, form])
    kid = whole[whole.index(b"<< /Type /Page /") : whole.index(b"\nendobj", whole.index(b"<< /Type /Page /"))]
    assert inside(jail.examine(whole.replace(kid, page))) == {"page 1, picture 1": JPEG}
    from clew.media.rehearsed_documents import pdf_rehearsed

    found = inside(jail.examine(pdf_rehearsed(JPEG)))
    assert found["attached: a.jpg"] == JPEG
    assert len(found) == 5


def test_what_a_pdf_cannot_give_is_counted(jail):
    large = (b"/Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode", b"x")
    bilevel = (b"/Width 8 /Height 8 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode", b"x")
    short = _flate(b"/BitsPerComponent 8 /ColorSpace /DeviceRGB", b"123")
    found = jail.examine(pdf([{"A": large, "B": bilevel, "C": short, "D": pdf_jpeg(JPEG)}]))
    assert list(inside(found)) == ["page 1, picture 4"]
    assert found.metadata["embedded_refused"] == 3
    assert found.metadata["embedded_refused_why"] == (
        "more pixels than Clew opens; a JBIG2 picture, which Clew does not open; cut short"
    )


INLINE = b"q 8 0 0 8 0 0 cm BI /W 8 /H 8 /BPC 8 /CS /G ID " + bytes(64) + b" EI Q "


def test_pictures_inside_the_drawing_of_a_page_are_counted(jail):
    drawings = [
        pdf_stream(b"", b"(BI and ID are words) Tj " + INLINE),
        pdf_stream(b"/Filter /FlateDecode", zlib.compress(INLINE * 2)),
    ]
    whole = pdf([{"A": pdf_jpeg(JPEG)}], objects=drawings)
    found = jail.examine(whole.replace(b"/Type /Page /Parent", b"/Type /Page /Contents [4 0 R 5 0 R] /Parent"))
    assert inside(found) == {"page 1, picture 1": JPEG}
    assert found.metadata["embedded_refused"] == 3
    assert found.metadata["embedded_refused_why"].startswith("a picture inside a page's own drawing")
    unread = whole.replace(b"/Type /Page /Parent", b"/Type /Page /Contents 99 0 R /Parent")
    assert "embedded_refused" not in jail.examine(unread).metadata


@pytest.mark.parametrize(
    ("members", "media_type"),
    [
        ({"word/media/1.jpg": JPEG, "word/document.xml": "", "[Content_Types].xml": ""}, kinds.DOCX),
        ({"Pictures/1.jpg": JPEG, "mimetype": "application/vnd.oasis.opendocument.text"}, kinds.ODT),
        ({"FixedDocSeq.fdseq": "", "1.jpg": JPEG, "[Content_Types].xml": ""}, kinds.OPEN_XML),
    ],
)
def test_a_document_is_one_in_whatever_order_its_members_lie(jail, members, media_type):
    content = zipped(members)
    assert sniff(content[:4096]) is kinds.ZIP
    for whole in (content, b"PK\3\4 before it" + content):
        assert sniff_whole(memoryview(whole)) is media_type
    found = jail.examine(content)
    assert list(inside(found).values()) == [JPEG]
    assert found.media_type is media_type


@pytest.mark.parametrize(
    "content",
    [
        zipped({"1.jpg": JPEG, "mimetype": "text/plain"}),
        zipped({"holiday/[Content_Types].xml": "", "1.jpg": JPEG}),
        zipped({"1.jpg": JPEG, "[Content_Types].xml": ""})[:-30],
        zipped({"1.jpg": JPEG, "[Content_Types].xml": ""}).replace(b"PK\1\2", b"PK\1\3"),
        b"PK\3\4" + b"PK\5\6" + b"\xff" * 40,
    ],
)
def test_an_archive_and_a_damaged_directory_make_no_document(content):
    assert sniff_whole(memoryview(content)) is kinds.ZIP


def mpo(*pages):
    out = io.BytesIO()
    first, *others = [Image.fromarray(page) for page in pages]
    first.save(out, "MPO", save_all=True, append_images=others)
    return out.getvalue()


def test_the_further_pictures_of_a_jpeg_come_out(jail):
    found = jail.examine(mpo(PICTURE, PICTURE[::-1], PICTURE[:, ::-1]))
    assert found.pixels.shape == PICTURE.shape
    assert list(inside(found)) == ["picture 2", "picture 3"]
    for content, pixels in zip(inside(found).values(), (PICTURE[::-1], PICTURE[:, ::-1]), strict=True):
        assert np.abs(opened(content).astype(int) - pixels).mean() < 12


def test_a_further_picture_that_is_not_where_it_is_said_to_be_is_counted(jail):
    whole = mpo(PICTURE, PICTURE[::-1])
    found = jail.examine(whole[: whole.rindex(b"\xff\xd8\xff")])
    assert inside(found) == {}
    assert found.metadata["embedded_refused_why"] == "damaged"
    assert found.pixels.shape == PICTURE.shape


def test_a_pdf_with_a_password_says_so_and_one_without_opens(jail):
    from pypdf import PdfReader, PdfWriter

    for password, count in (("", 1), ("secret", 0)):
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([{"A": pdf_jpeg(JPEG)}]))))
        writer.encrypt(password, "owner", algorithm="AES-256")
        out = io.BytesIO()
        writer.write(out)
        found = jail.examine(out.getvalue())
        assert list(inside(found).values()) == [JPEG] * count
        assert ("document_encrypted" in found.metadata) is (count == 0)


def test_pictures_of_an_older_document_are_found_in_its_streams(jail):
    note = b"\x1d\xf0" + bytes(23)
    found = jail.examine(
        ole({"WordDocument": b"text" * 50, "Data": note + JPEG + b"between" + PNG, "Attachment": JPEG})
    )
    attached, *carved = inside(found).values()
    assert attached.startswith(JPEG)
    assert carved == [JPEG, PNG]
    assert inside(jail.examine(ole({"WordDocument": b"text" + JPEG[:60]}))) == {}


@pytest.mark.parametrize(
    "content", [docx({})[:200], b"%PDF-1.7\n" + bytes(200), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_a_damaged_document_is_unreadable(jail, content):
    found = jail.examine(content)
    assert found.reason is UnreadableReason.DECODER_FAILED


def test_pages_of_a_tiff_beyond_the_first_come_out_losslessly(jail):
    inks = Image.fromarray(PICTURE).convert("CMYK")
    found = jail.examine(tiff_pages(PICTURE, PICTURE[::-1], inks))
    assert np.array_equal(found.pixels, PICTURE)
    parts = inside(found)
    assert list(parts) == ["page 2", "page 3"]
    assert np.array_equal(opened(parts["page 2"]), PICTURE[::-1])
    assert np.array_equal(opened(parts["page 3"]), np.asarray(inks))
    assert inside(jail.examine(tiff_pages(PICTURE))) == {}


def test_a_damaged_page_costs_itself(jail):
    whole = tiff_pages(PICTURE, PICTURE[::-1], PICTURE, compression="tiff_deflate")
    with Image.open(io.BytesIO(whole)) as im:
        im.seek(1)
        at = im.tag_v2[273][0]
    found = jail.examine(whole[: at + 8] + bytes(40) + whole[at + 48 :])
    assert list(inside(found)) == ["page 3"]
    assert found.metadata["embedded_refused_why"] == "damaged"


def test_no_more_is_taken_than_may_be_and_the_rest_is_counted():
    taken = []
    shelf = Shelf(lambda name, _content: taken.append(name) is None)
    for number in range(EMBEDDED_MAX):
        shelf.put(str(number), JPEG)
    assert not shelf.is_full
    assert "embedded_stopped" not in shelf.facts()
    for _ in range(3):
        shelf.put("one more", JPEG)
    assert shelf.is_full
    assert len(taken) == EMBEDDED_MAX == shelf.facts()["embedded"]
    assert shelf.facts()["embedded_stopped"] == "more than 1,000 files lie in it: 3 were not taken"
    no_room = Shelf(lambda _name, _content: False)
    no_room.put("a", JPEG)
    assert no_room.facts()["embedded_stopped"] == "what lies in it is more than 256 MiB: 1 was not taken"
    late = Shelf(lambda _name, _content: True, cpu_seconds_max=1e-9)
    with pytest.raises(ShelfFull):
        late.put("a", JPEG)
    assert "longer than allowed" in late.facts()["embedded_stopped"]
    assert Shelf().facts() == {}


@pytest.mark.parametrize(
    "make",
    [
        docx,
        # It says what it is behind its pictures.
        lambda pictures: zipped({**{f"word/media/{n}": c for n, c in pictures.items()}, "docProps/core.xml": CORE}),
        lambda pictures: pdf([{f"P{at}": pdf_jpeg(content)} for at, content in enumerate(pictures.values())]),
    ],
)
def test_a_document_with_too_many_files_keeps_its_facts_and_says_how_many_were_left(make):
    from clew.media.decode_documents import decode_document

    content = make({f"{at}.jpeg": JPEG for at in range(5)})
    taken = []
    shelf = Shelf(lambda name, _content: len(taken) < 2 and taken.append(name) is None)
    told = decode_document(kinds.PDF if content.startswith(b"%PDF") else kinds.DOCX, io.BytesIO(content), shelf)
    assert told.metadata["document_creator"] == "A. Writer"
    assert (told.metadata["embedded"], len(taken)) == (2, 2)
    assert told.metadata["embedded_stopped"].endswith(": 3 were not taken")


def test_a_document_whose_time_is_over_keeps_its_facts():
    from clew.media.decode_documents import decode_document

    content = pdf([{"A": pdf_jpeg(JPEG)}])
    told = decode_document(kinds.PDF, io.BytesIO(content), Shelf(lambda *_part: True, cpu_seconds_max=1e-9))
    assert (told.metadata["document_creator"], told.metadata["document_pages"]) == ("A. Writer", 1)
    assert "longer than allowed" in told.metadata["embedded_stopped"]
