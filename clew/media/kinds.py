"""Kinds of media: the types Clew knows, each with its MIME name, its kind, its extensions and the one parser that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MediaKind(StrEnum):
    """What a file is to an officer."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    ARCHIVE = "archive"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MediaType:
    """One type of file. `parser` names the only decoder that may open it: Pillow's format, or libavformat's demuxer."""

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


def _archive(name: str, *extensions: str) -> MediaType:
    return MediaType(f"application/{name}", MediaKind.ARCHIVE, extensions)


JPEG = _image("jpeg", "JPEG", "jpg", "jpeg", "jpe", "jfif", "mpo", "thm")
PNG = _image("png", "PNG", "png", "apng")
GIF = _image("gif", "GIF", "gif")
WEBP = _image("webp", "WEBP", "webp")
BMP = _image("bmp", "BMP", "bmp", "dib")
TIFF = _image("tiff", "TIFF", "tif", "tiff", "dng", "nef", "cr2", "arw")
HEIC = _image("heic", "HEIF", "heic", "heif", "hif", "heics", "heifs")
AVIF = _image("avif", "AVIF", "avif", "avifs")
JPEG_2000 = _image("jp2", "JPEG2000", "jp2", "j2k", "jpx", "jpf", "jpc", "j2c")

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

ZIP = _archive("zip", "zip", "cbz", "docx", "xlsx", "pptx", "odt", "apk", "jar", "epub")
TAR = _archive("x-tar", "tar")
GZIP = _archive("gzip", "gz", "tgz")
BZIP2 = _archive("x-bzip2", "bz2", "tbz", "tbz2")
XZ = _archive("x-xz", "xz", "txz")
SEVEN_ZIP = _archive("x-7z-compressed", "7z")
RAR = _archive("vnd.rar", "rar", "cbr")
ZSTANDARD = _archive("zstd", "zst")
