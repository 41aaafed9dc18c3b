"""Documents of every kind, made here around pictures: small, but true to their structure."""

import io
import struct
import zipfile

from PIL import Image

CORE = (
    '<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="urn:dc" xmlns:t="urn:t">'
    "<dc:creator>A. Writer</dc:creator><cp:lastModifiedBy>B. Changer</cp:lastModifiedBy>"
    "<t:created>2024-05-06T07:08:09Z</t:created></cp:coreProperties>"
)


def zipped(members, *, method=zipfile.ZIP_DEFLATED):
    """A zip file of these members, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, content in members.items():
            package.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else method)
    return out.getvalue()


def docx(pictures, **more):
    """A Word document."""
    members = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>", "docProps/core.xml": CORE}
    return zipped({**members, **{f"word/media/{name}": content for name, content in pictures.items()}, **more})


def stated(mime, pictures):
    """An OpenDocument or EPUB file: the first member states what it is."""
    return zipped(
        {"mimetype": mime, "meta.xml": "<meta><initial-creator>A. Writer</initial-creator></meta>", **pictures}
    )


def pdf(pages, *, info=b"/Author (A. Writer) /Producer (Clew)", objects=()):
    """A PDF; each page is a dictionary of name -> (about, content) of its picture streams. `objects` come before the pages."""
    bodies = [b"", b"", b"<< %s >>" % info, *objects]
    kids = []
    for pictures in pages:
        names = []
        for name, (about, content) in pictures.items():
            bodies.append(pdf_stream(b"/Type /XObject /Subtype /Image " + about, content))
            names.append(b"/%s %d 0 R" % (name.encode(), len(bodies)))
        bodies.append(b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << %s >> >> >>" % b" ".join(names))
        kids.append(b"%d 0 R" % len(bodies))
    bodies[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    bodies[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % at for at in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def pdf_stream(about, content):
    """A stream object."""
    return b"<< %s /Length %d >>\nstream\n" % (about, len(content)) + content + b"\nendstream"


def pdf_jpeg(jpeg):
    """A JPEG as a page's picture."""
    width, height = Image.open(io.BytesIO(jpeg)).size
    about = b"/Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode" % (width, height)
    return about, jpeg


def tiff_pages(*pages, **options):
    """A TIFF of several pages."""
    first, *others = [page if isinstance(page, Image.Image) else Image.fromarray(page) for page in pages]
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=others, **options)
    return out.getvalue()


def ole(streams):
    """A compound file of streams, each in sectors of its own (MS-CFB): header, one sector of allocation, directory, contents."""
    free, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    names = list(streams)
    directory_sectors = -(-(len(names) + 1) // 4)
    allocation = [fat_sector, *range(2, directory_sectors + 1), end]
    placed, body = [], b""
    for name in names:
        content = streams[name].ljust(4096, b"\0")
        count = -(-len(content) // 512)
        first = len(allocation)
        allocation += [*range(first + 1, first + count), end]
        placed.append((first, len(content)))
        body += content.ljust(512 * count, b"\0")
    assert len(allocation) <= 128
    allocation += [free] * (128 - len(allocation))

    def entry(name, kind, child, right, start, size):
        text = name.encode("utf-16-le")
        rest = struct.pack("<HBBIII", len(text) + 2 if name else 0, kind, 1, free, right, child)
        return text.ljust(64, b"\0") + rest + bytes(36) + struct.pack("<IQ", start, size)

    entries = [entry("Root Entry", 5, 1 if names else free, free, end, 0)]
    for place, name in enumerate(names):
        right = place + 2 if place + 1 < len(names) else free
        entries.append(entry(name, 2, free, right, *placed[place]))
    directory = b"".join(entries).ljust(512 * directory_sectors, b"\0")
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096,
        end, 0, end, 0, 0,
    )  # fmt: skip
    return header + struct.pack("<108I", *[free] * 108) + struct.pack("<128I", *allocation) + directory + body
