"""Fingerprints: what is computed of one file so that it can be found again, by its bytes and by its look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clew.intake.embedded_room import NOTHING_TAKEN_OUT, TakenOut, take
from clew.kernel.limits import FILM_SIZE_BYTES_MAX, PDQ_QUALITY_MIN
from clew.media.examination import Examination, Pixels, Unreadable, UnreadableReason
from clew.media.jail import Jail
from clew.media.refusals import size_words
from clew.signatures.digests import Digests, digest_bytes
from clew.signatures.enlarged import pdq_enlarged
from clew.signatures.film_cell import MOMENTS, MOMENTS_TRIMMED, frames_of
from clew.signatures.films import Frame
from clew.signatures.opencv import cv2
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import PdqHash, pdq_dihedral
from clew.signatures.scene import scene_looks
from clew.signatures.scene_codes import FORMAT_VERSION
from clew.signatures.scene_signature import SceneQuery, SceneSignature
from clew.signatures.sound_cell import SOUND, sound_told
from clew.signatures.sound_print import SoundPrint
from clew.signatures.trimmed import TrimBox, pdq_trimmed, trim_box

#: Recorded with every hash, so that one made otherwise is never mistaken for it.
PDQ_ALGORITHM = "pdq full-resolution RGB, clew 1"
SCENE_ALGORITHM = f"sift keypoints of OpenCV {cv2.__version__}, clew scene {FORMAT_VERSION}"
SOUND_ALGORITHM = "chromaprint 2 at 11,025 Hz, clew sound 1"


@dataclass(frozen=True, slots=True)
class SceneLook:
    """The scene of a picture, or of a moment of a video: as it is kept, and as it asks."""

    time_ms: int
    held: SceneSignature
    asked: SceneQuery


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Everything by which a file may be recognised. `examination` is None where only hashes were stated."""

    digests: dict[str, bytes]
    pdq: dict[Orientation, PdqHash] = field(default_factory=dict)
    #: Of a small picture, enlarged before it was hashed.
    pdq_enlarged: dict[Orientation, PdqHash] = field(default_factory=dict)
    #: Of a picture with borders, without them.
    pdq_trimmed: dict[Orientation, PdqHash] = field(default_factory=dict)
    #: Of a video, those between included, which only ask; and without the bars around its picture, where it has any.
    frames: Sequence[Frame] = ()
    frames_trimmed: Sequence[Frame] = ()
    #: By which parts of a picture, or of moments of a video, are found.
    scenes: Sequence[SceneLook] = ()
    #: Of a sound, or the sound of a video.
    sound: SoundPrint | None = None
    size_bytes: int | None = None
    examination: Examination | None = None
    unreadable: Unreadable | None = None
    #: Made while the pixels were at hand, where asked for.
    thumbnail: bytes | None = None
    preview: bytes | None = None
    strip: bytes | None = None
    #: Milliseconds from the beginning of each scene in the strip.
    strip_times_ms: Sequence[int] = ()
    #: Of each file that lies inside, its place in words and its own fingerprint, where asked for.
    embedded: Sequence[tuple[str, Fingerprint]] = ()
    #: What was left inside, in words, by which limit.
    left_inside: str = ""

    @property
    def quality(self) -> int | None:
        """PDQ quality, 0-100, or None where there is no PDQ."""
        original = self.pdq.get(Orientation.ORIGINAL)
        return original.quality if original else None

    @property
    def has_reliable_pdq(self) -> bool:
        """Whether the look says enough to be compared."""
        return self.quality is not None and self.quality >= PDQ_QUALITY_MIN


def fingerprint_of(content: bytes, *, jail: Jail, with_renditions: bool = False) -> Fingerprint:
    """The fingerprint of a file's bytes; a file that cannot be opened still has its digests. Its pixels are let go."""
    if not content:
        return Fingerprint(digests={}, size_bytes=0, unreadable=Unreadable(UnreadableReason.EMPTY))
    digests = digest_columns(digest_bytes(content))
    size_bytes = len(content)
    if size_bytes > FILM_SIZE_BYTES_MAX:
        return Fingerprint(digests=digests, size_bytes=size_bytes, unreadable=too_large())
    outcome = jail.examine(content)
    if isinstance(outcome, Unreadable):
        return Fingerprint(digests=digests, size_bytes=size_bytes, unreadable=outcome)
    box = trim_box(outcome.pixels) if outcome.pixels is not None else None
    return Fingerprint(
        digests=digests,
        pdq=pdq_dihedral(outcome.pixels) if outcome.pixels is not None else {},
        pdq_enlarged=pdq_enlarged(outcome.pixels) if outcome.pixels is not None else {},
        pdq_trimmed=pdq_trimmed(outcome.pixels, box) if outcome.pixels is not None else {},
        frames=frames_of(outcome.blobs.get(MOMENTS, b"")),
        frames_trimmed=frames_of(outcome.blobs.get(MOMENTS_TRIMMED, b"")),
        scenes=scenes_of(outcome, box),
        sound=sound_told(outcome.blobs.get(SOUND, b"")),
        size_bytes=size_bytes,
        # A batch of full-size pictures would fill the memory; what is needed of them is at hand now. What lies inside is the caller's to let go.
        examination=replace(outcome, pixels=None, stills=(), blobs={}),
        thumbnail=outcome.thumbnail_bytes if with_renditions else None,
        preview=outcome.preview_bytes if with_renditions else None,
        strip=outcome.strip_bytes if with_renditions else None,
        strip_times_ms=[still.time_ms for still in outcome.stills[1:]],
    )


def scenes_of(seen: Examination, box: TrimBox | None) -> list[SceneLook]:
    """The scene of a picture, inside the border that was found around it, or of each still of a film."""
    if seen.pixels is not None:
        return [_scene(0, seen.pixels, box)]
    stills = {still.time_ms: still.pixels for still in seen.stills}
    return [_scene(time_ms, pixels, trim_box(pixels)) for time_ms, pixels in stills.items()]


def _scene(time_ms: int, pixels: Pixels, box: TrimBox | None) -> SceneLook:
    return SceneLook(time_ms, *scene_looks(pixels, box))


def too_large() -> Unreadable:
    """The refusal of a file that is not taken into memory whole, with its limit."""
    return Unreadable(UnreadableReason.TOO_LARGE, limit=size_words(FILM_SIZE_BYTES_MAX))


def with_embedded(found: Fingerprint, *, jail: Jail) -> Fingerprint:
    """The same with the fingerprints of what lies inside, within the limits of files that are received; the bytes are let go."""
    return _with_embedded(found, jail, 0, NOTHING_TAKEN_OUT)[0]


def _with_embedded(found: Fingerprint, jail: Jail, depth: int, beside: TakenOut) -> tuple[Fingerprint, TakenOut]:
    """The fingerprint of a file at this depth with what lies in it, and what came out of the documents around it by then."""
    if found.examination is None or not found.examination.embedded:
        return found, beside
    taken = take(found.examination.embedded, depth=depth, beside=beside)
    found = replace(found, examination=replace(found.examination, embedded=()), left_inside=taken.left)
    inside, beside = [], taken.beside
    for part in taken.parts:
        made, beside = _with_embedded(fingerprint_of(part.content, jail=jail), jail, depth + 1, beside)
        inside.append((part.name, made))
    return replace(found, embedded=inside), beside


def told_embedded(path: str, found: Fingerprint) -> Iterator[tuple[str, str, Fingerprint]]:
    """Everything that lies inside a file, below its path: path of the parent, its own, its fingerprint; parents first."""
    for name, inside in found.embedded:
        below = embedded_path(path, name)
        yield path, below, inside
        yield from told_embedded(below, inside)


def embedded_path(parent_path: str, name: str) -> str:
    """How a file that lies in another one is called."""
    return f"{parent_path} \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {name}"


def embedded_words(found: Fingerprint, count: int, left: str = "") -> str:
    """What a verdict says of files that lie inside: of `count` that have theirs, of those that could not be taken or were left there, and of
    a limit that was reached.
    """
    told: Mapping[str, object] = found.examination.metadata if found.examination is not None else {}
    words, refused = _counted_words(count), told.get("embedded_refused")
    if left:
        words += f"; {left}"
    if refused:
        words += f"; not taken out of it: {told.get('embedded_refused_why', refused)}"
    return f"{words}; {told['embedded_stopped']}" if "embedded_stopped" in told else words


def _counted_words(count: int) -> str:
    if not count:
        return ""
    return f"; {count:,} {'file' if count == 1 else 'files'} in it {'has a verdict' if count == 1 else 'have verdicts'} of {'its' if count == 1 else 'their'} own"


def digest_columns(digests: Digests) -> dict[str, bytes]:
    """The digests by the names of their columns."""
    return {"sha256": digests.sha256, "sha1": digests.sha1, "md5": digests.md5}
