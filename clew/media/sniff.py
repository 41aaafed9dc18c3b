"""Sniffing: what a file is by its first bytes, never by its name. Only comparisons of bytes, so it is safe outside the jail.

Signatures are those of the formats' own standards: ISO/IEC 14496-12 for `ftyp` brands, RFC 9649 for WebP, PNG section 5.2,
TIFF 6.0 and BigTIFF, ISO 32000 for PDF, ECMA-376 part 2, OpenDocument 1.3 part 2 and EPUB OCF for documents that are zip files, ISO/IEC 13818-1 for MPEG streams, RFC 9559 for Matroska.
"""

from __future__ import annotations

from clew.media import kinds
from clew.media.kinds import MediaType
from clew.media.sniff_closely import document_listed, raw_or_tiff, zip_or_document

#: How much of a file's beginning is enough to name it.
HEAD_SIZE_BYTES = 4096

_PREFIXES: tuple[tuple[bytes, MediaType], ...] = (
    (b"\xff\xd8\xff", kinds.JPEG),
    (b"\x89PNG\r\n\x1a\n", kinds.PNG),
    (b"GIF87a", kinds.GIF),
    (b"GIF89a", kinds.GIF),
    (b"II*\0", kinds.TIFF),
    (b"MM\0*", kinds.TIFF),
    (b"II+\0\x08\0\0\0", kinds.TIFF),
    (b"MM\0+\0\x08\0\0", kinds.TIFF),
    (b"IIRO", kinds.ORF),
    (b"IIRS", kinds.ORF),
    (b"MMOR", kinds.ORF),
    (b"IIU\0", kinds.RW2),
    (b"FUJIFILMCCD-RAW", kinds.RAF),
    (b"%PDF-", kinds.PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kinds.OLE),
    (b"\0\0\0\x0cjP  \r\n\x87\n", kinds.JPEG_2000),
    (b"\xff\x4f\xff\x51", kinds.JPEG_2000),
    (b"\0\0\x01\xba", kinds.MPEG_PS),
    (b"\0\0\x01\xb3", kinds.MPEG_PS),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", kinds.ASF),
    (b"FLV\x01", kinds.FLV),
    (b"ID3", kinds.MP3),
    (b"fLaC", kinds.FLAC),
    (b"OggS", kinds.OGG),
    (b"#!AMR", kinds.AMR),
    (b"PK\x03\x04", kinds.ZIP),
    (b"PK\x05\x06", kinds.ZIP),
    (b"\x1f\x8b\x08", kinds.GZIP),
    (b"BZh", kinds.BZIP2),
    (b"\xfd7zXZ\0", kinds.XZ),
    (b"7z\xbc\xaf\x27\x1c", kinds.SEVEN_ZIP),
    (b"Rar!\x1a\x07", kinds.RAR),
    (b"\x28\xb5\x2f\xfd", kinds.ZSTANDARD),
)
_RIFF = {b"WEBP": kinds.WEBP, b"AVI ": kinds.AVI, b"WAVE": kinds.WAV}
# Files that begin alike and are told apart by what follows.
_CLOSER = {kinds.TIFF: raw_or_tiff, kinds.ZIP: zip_or_document}
_STILL_BRANDS = {
    b"crx ": kinds.CR3,
    b"avif": kinds.AVIF,
    b"avis": kinds.AVIF,
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), kinds.HEIC),
}
_MOVIE_BRANDS = {b"qt  ": kinds.QUICKTIME, b"M4A ": kinds.M4A, b"M4B ": kinds.M4A, b"F4A ": kinds.M4A}
# QuickTime files of before `ftyp` begin with one of these boxes.
_QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


def sniff(head: bytes) -> MediaType | None:
    """The type of a file whose first `HEAD_SIZE_BYTES` (or fewer, if it is shorter) are `head`; None when it is not known."""
    for prefix, media_type in _PREFIXES:
        if head.startswith(prefix):
            return _CLOSER[media_type](head) if media_type in _CLOSER else media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    return _by_boxes(head) or _by_structure(head) or _late_pdf(head)


def sniff_whole(content: memoryview) -> MediaType | None:
    """The type of a file that is at hand whole: documents that are zip files are told however their members are ordered."""
    found = sniff(bytes(content[:HEAD_SIZE_BYTES]))
    return document_listed(content) or found if found is kinds.ZIP else found


def _by_boxes(head: bytes) -> MediaType | None:
    name = head[4:8]
    if name == b"ftyp":
        return _by_brand(head)
    if name in _QUICKTIME_BOXES and len(head) >= 12:
        return kinds.QUICKTIME
    return None


def _by_brand(head: bytes) -> MediaType:
    size_bytes = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = [major, *(head[at : at + 4] for at in range(16, size_bytes - 3, 4))]
    if major in {b"mif1", b"msf1"}:
        # A general still brand: the compatible brands say which codec.
        return next((_STILL_BRANDS[brand] for brand in brands[1:] if brand in {b"avif", b"avis"}), kinds.HEIC)
    if major in _STILL_BRANDS:
        return _STILL_BRANDS[major]
    if major.startswith((b"3gp", b"3g2")):
        return kinds.THREE_GPP
    return _MOVIE_BRANDS.get(major, kinds.MP4)


def _by_structure(head: bytes) -> MediaType | None:
    if head[:4] == b"\x1aE\xdf\xa3":
        return kinds.WEBM if b"webm" in head[:64] else kinds.MATROSKA
    if (
        head[:2] == b"BM"
        and head[6:10] == bytes(4)
        and int.from_bytes(head[14:18], "little") in {12, 40, 52, 56, 108, 124}
    ):
        return kinds.BMP
    if _repeats(head, 0, 188) or _repeats(head, 4, 192):
        return kinds.MPEG_TS
    if head[257:262] == b"ustar":
        return kinds.TAR
    return _by_sync_word(head)


def _repeats(head: bytes, first: int, step: int) -> bool:
    """Whether MPEG transport packets follow one another: sync byte 0x47 at least three times (13818-1, 2.4.3.2)."""
    return len(head) > first + 2 * step and all(head[first + n * step] == 0x47 for n in range(3))


def _late_pdf(head: bytes) -> MediaType | None:
    """A PDF with something before it, which readers have always allowed in the first kilobyte (ISO 32000-1, annex H, note 13)."""
    return kinds.PDF if b"%PDF-" in head[:1024] else None


def _by_sync_word(head: bytes) -> MediaType | None:
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return kinds.AAC
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    is_frame = head[1] >= 0xE0 and version != 1 and layer in {1, 2} and bit_rate not in {0, 15} and sample_rate != 3
    return kinds.MP3 if is_frame else None


def looks_like_text(head: bytes) -> bool:
    """Whether the bytes read as text in UTF-8 or UTF-16, without control characters: for a kinder sentence, nothing else."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        # The head may end in the middle of a character of up to four bytes.
        text = head.decode("utf-8") if len(head) < HEAD_SIZE_BYTES else head[:-4].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return False
    is_whole = len(head) < HEAD_SIZE_BYTES or len(text.encode()) >= len(head) - 8
    return bool(text) and is_whole and all(letter.isprintable() or letter in "\t\r\n\f\x1b" for letter in text)


def extension_disagrees(name: str, media_type: MediaType) -> bool:
    """Whether the name ends in an extension of another type than the bytes; a name without extension disagrees with nothing."""
    stem, dot, extension = name.rpartition(".")
    return bool(stem and dot and extension) and extension.lower() not in media_type.extensions
