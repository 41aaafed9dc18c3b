"""Kinds of media: the types Clew knows, each with its MIME name, its kind, its extensions and the one parser that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MediaKind(StrEnum):
    """What a file is to an officer."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    OTHER = "other"


#: Parsers of our own: previews of camera raw pictures, documents of Adobe's, of zip files, and of Microsoft's older files.
RAW_PARSER, PDF_PARSER, ZIP_PARSER, OLE_PARSER = "raw", "pdf", "zip", "ole"
#: Parsers of pictures that may move.
ANIMATED_PARSERS = frozenset({"GIF", "WEBP", "PNG", "AVIF"})


@dataclass(frozen=True, slots=True)
class MediaType:
    """One type of file. `parser` names the only decoder that may open it: Pillow's format, libavformat's demuxer, or a reader of ours."""

    mime: str
    kind: MediaKind
    extensions: tuple[str, ...]
    parser: str = ""


def _image(name: str, parser: str, *extensions: str) -> MediaType:
    return MediaType(f"image/{name}", MediaKind.IMAGE, extensions, parser)


def _video(name: str, parser: str, *extensions: str) -> MediaType:
    return MediaType(f"video/{name}", MediaKind.VIDEO, extensions, parser)


def _audio(name: str, parser: str, *extensions: str) -> MediaType:
    return MediaType(f"audio/{name}", MediaKind.AUDIO, extensions, parser)


def _raw(name: str, *extensions: str) -> MediaType:
    return MediaType(f"image/{name}", MediaKind.IMAGE, extensions, RAW_PARSER)


def _document(name: str, parser: str, *extensions: str) -> MediaType:
    return MediaType(f"application/{name}", MediaKind.DOCUMENT, extensions, parser)


def _archive(name: str, *extensions: str) -> MediaType:
    return MediaType(f"application/{name}", MediaKind.ARCHIVE, extensions)


JPEG = _image("jpeg", "JPEG", "jpg", "jpeg", "jpe", "jfif", "mpo", "thm")
PNG = _image("png", "PNG", "png", "apng")
GIF = _image("gif", "GIF", "gif")
WEBP = _image("webp", "WEBP", "webp")
BMP = _image("bmp", "BMP", "bmp", "dib")
TIFF = _image("tiff", "TIFF", "tif", "tiff")
HEIC = _image("heic", "HEIF", "heic", "heif", "hif", "heics", "heifs")
AVIF = _image("avif", "AVIF", "avif", "avifs")
JPEG_2000 = _image("jp2", "JPEG2000", "jp2", "j2k", "jpx", "jpf", "jpc", "j2c")

DNG = _raw("x-adobe-dng", "dng")
NEF = _raw("x-nikon-nef", "nef", "nrw")
CR2 = _raw("x-canon-cr2", "cr2")
CR3 = _raw("x-canon-cr3", "cr3")
ARW = _raw("x-sony-arw", "arw", "sr2", "srf")
ORF = _raw("x-olympus-orf", "orf")
RW2 = _raw("x-panasonic-rw2", "rw2", "raw", "rwl")
PEF = _raw("x-pentax-pef", "pef")
RAF = _raw("x-fuji-raf", "raf")

MP4 = _video("mp4", "mov", "mp4", "m4v", "mp4v", "f4v", "mov", "3gp", "lrv", "insv")
QUICKTIME = _video("quicktime", "mov", "mov", "qt", "mp4")
THREE_GPP = _video("3gpp", "mov", "3gp", "3g2", "3gpp", "mp4")
MATROSKA = _video("x-matroska", "matroska", "mkv", "mk3d", "webm")
WEBM = _video("webm", "matroska", "webm", "mkv")
AVI = _video("x-msvideo", "avi", "avi", "divx")
MPEG_PS = _video("mpeg", "mpeg", "mpg", "mpeg", "vob", "m2p", "mod", "dat")
MPEG_TS = _video("mp2t", "mpegts", "ts", "mts", "m2ts", "m2t", "tod")
ASF = _video("x-ms-asf", "asf", "wmv", "asf", "wma")
FLV = _video("x-flv", "flv", "flv", "f4v")

WAV = _audio("wav", "wav", "wav", "wave")
MP3 = _audio("mpeg", "mp3", "mp3", "mpga", "mp2")
FLAC = _audio("flac", "flac", "flac")
OGG = _audio("ogg", "ogg", "ogg", "oga", "opus", "ogv", "ogx", "spx")
M4A = _audio("mp4", "mov", "m4a", "m4b", "mp4", "aac")
AAC = _audio("aac", "aac", "aac", "adts")
AMR = _audio("amr", "amr", "amr", "3gp")

_OPEN_XML, _OPEN_DOCUMENT = "vnd.openxmlformats-officedocument", "vnd.oasis.opendocument"
PDF = _document("pdf", PDF_PARSER, "pdf", "ai")
DOCX = _document(f"{_OPEN_XML}.wordprocessingml.document", ZIP_PARSER, "docx", "docm", "dotx")
XLSX = _document(f"{_OPEN_XML}.spreadsheetml.sheet", ZIP_PARSER, "xlsx", "xlsm", "xltx", "xlsb")
PPTX = _document(f"{_OPEN_XML}.presentationml.presentation", ZIP_PARSER, "pptx", "pptm", "ppsx", "potx")
OPEN_XML = _document(
    _OPEN_XML, ZIP_PARSER, *DOCX.extensions, *XLSX.extensions, *PPTX.extensions, "xps", "oxps", "vsdx", "3mf"
)
ODT = _document(f"{_OPEN_DOCUMENT}.text", ZIP_PARSER, "odt", "ott")
ODS = _document(f"{_OPEN_DOCUMENT}.spreadsheet", ZIP_PARSER, "ods", "ots")
ODP = _document(f"{_OPEN_DOCUMENT}.presentation", ZIP_PARSER, "odp", "otp")
ODG = _document(f"{_OPEN_DOCUMENT}.graphics", ZIP_PARSER, "odg")
EPUB = _document("epub+zip", ZIP_PARSER, "epub")
OLE = _document("x-ole-storage", OLE_PARSER, "doc", "xls", "ppt", "dot", "xlt", "pps", "msg", "pub", "vsd")

ZIP = _archive("zip", "zip", "cbz", "apk", "jar")
TAR = _archive("x-tar", "tar")
GZIP = _archive("gzip", "gz", "tgz")
BZIP2 = _archive("x-bzip2", "bz2", "tbz", "tbz2")
XZ = _archive("x-xz", "xz", "txz")
SEVEN_ZIP = _archive("x-7z-compressed", "7z")
RAR = _archive("vnd.rar", "rar", "cbr")
ZSTANDARD = _archive("zstd", "zst")
