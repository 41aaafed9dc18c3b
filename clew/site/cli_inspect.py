"""`clew inspect`: everything Clew can tell of a file by itself. Nothing is stored, sent or looked up, and no installation is needed."""

from __future__ import annotations

import datetime as dt
import json as json_
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.access.declared import Who, command
from clew.kernel.errors import ClewError
from clew.kernel.limits import PDQ_QUALITY_MIN, PICTURE_SIZE_BYTES_MAX
from clew.site.cli_telling import printable

if TYPE_CHECKING:
    from clew.intake.fingerprints import Fingerprint
    from clew.signatures.films import Frame


class FileUnreadable(ClewError):
    """The file {path} cannot be read: {why}. Look at the path and its rights."""


@command(Who.ANYBODY, "media:file:inspect")
def inspect(
    files: Annotated[list[Path], typer.Argument(help="Files.", metavar="FILE...", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Everything that can be told of these files: what they are, what they say of themselves, how they are recognised. Stores nothing."""
    from clew.media.jail import Jail
    from clew.signatures.film_cell import CELL

    with Jail(film_cell=CELL) as jail:
        for path in files:
            told = _told(path, jail)
            print(json_.dumps(told, ensure_ascii=False) if json else _page(told))
            sys.stdout.flush()


def _told(path: Path, jail: Any) -> dict[str, Any]:
    from clew.intake.fingerprints import fingerprint_of, with_embedded
    from clew.kernel.clock import moment_of
    from clew.media.contradictions import contradictions

    try:
        if path.stat().st_size > PICTURE_SIZE_BYTES_MAX:
            raise FileUnreadable(path=path, why=f"it is larger than {PICTURE_SIZE_BYTES_MAX // 2**20} MiB")
        content = path.read_bytes()
    except OSError as failed:
        raise FileUnreadable(path=path, why=failed.strerror) from None
    found = with_embedded(fingerprint_of(content, jail=jail), jail=jail)
    told = {"path": str(path), "modified_at": _iso(moment_of(path.stat().st_mtime)), **describe(found)}
    clashes = contradictions(found.examination.metadata, moment_of(path.stat().st_mtime)) if found.examination else []
    if clashes:
        told["contradictions"] = clashes
    return told


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def describe(found: Fingerprint) -> dict[str, Any]:
    """A fingerprint as plain values: format and facts of the file by their source, digests, PDQ in eight orientations, frames, and the same
    of each file that lies inside.
    """
    from clew.media.fact_sources import by_source

    seen = found.examination
    told: dict[str, Any] = {"size_bytes": found.size_bytes}
    if found.unreadable:
        told["unreadable"] = found.unreadable.sentence
    if seen is not None:
        told |= {"kind": seen.media_type.kind.value, "mime": seen.media_type.mime}
        told |= {"width": seen.width, "height": seen.height, "exif_orientation": seen.exif_orientation}
        told["facts"] = by_source(seen.metadata, seen.media_type.kind.value)
    told["digests"] = {kind: digest.hex() for kind, digest in found.digests.items()}
    if found.pdq:
        told["pdq_quality"] = found.quality
        told["pdq"] = {name.value: made.bits.hex() for name, made in found.pdq.items()}
    if found.pdq_enlarged:
        told["pdq_enlarged"] = {name.value: made.bits.hex() for name, made in found.pdq_enlarged.items()}
    if found.pdq_trimmed:
        told["pdq_without_borders"] = {name.value: made.bits.hex() for name, made in found.pdq_trimmed.items()}
    for name, frames in (("frames", found.frames), ("frames_without_letterbox", found.frames_trimmed)):
        if frames:
            told[name] = [_frame(frame) for frame in frames if not frame.is_between]
    told |= _parts(found)
    if found.left_inside:
        told["left_inside"] = found.left_inside
    if found.embedded:
        told["embedded"] = [{"path": name, **describe(inside)} for name, inside in found.embedded]
    return told


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "seconds": frame.time_ms / 1000,
        "number": frame.number,
        "quality": frame.quality,
        "pdq": frame.bits.hex(),
    }


def _parts(found: Fingerprint) -> dict[str, Any]:
    """By what parts of it would be found; the imprints themselves are told nowhere."""
    from clew.matching.sound_telling import why_untelling

    told: dict[str, Any] = {}
    if found.scenes:
        details = [len(scene.held) for scene in found.scenes]
        told["scene"] = {
            "pictures": len(details),
            "details": sum(details),
            "weak": "yes: so few that a miss says nothing" if all(s.held.is_weak for s in found.scenes) else "no",
        }
    if found.sound is not None:
        told["sound_print"] = {
            "items": len(found.sound.items),
            "seconds": found.sound.duration_ms / 1000,
            "tells_nothing": why_untelling(found.sound.items) or "no, it can be compared",
        }
    return told


def _page(told: dict[str, Any]) -> str:
    lines = [printable(told["path"])]
    for name, value in told.items():
        if name == "embedded":
            lines.append(f"  files inside  {len(value)}")
            lines += [f"    {line}" for inside in value for line in _page(inside).splitlines()]
        elif name == "facts":
            for source, facts in value.items():
                lines += [f"  {source}", *(f"    {key:<24} {printable(str(shown))}" for key, shown in facts.items())]
        elif name == "contradictions":
            lines += ["  contradictions", *(f"    {printable(clash)}" for clash in value)]
        elif name.startswith("frames"):
            lines.append(
                f"  {name.replace('_', ' '):<13} {len(value)} that differ, {_comparable(value)} of them can be compared"
            )
            lines += [
                f"    {frame['seconds']:>9.2f} s  quality {frame['quality']:>3}  {frame['pdq']}" for frame in value
            ]
        elif isinstance(value, dict):
            lines.append(f"  {name.replace('_', ' ')}")
            lines += [f"    {key:<20} {printable(str(shown))}" for key, shown in value.items()]
        elif name != "path" and value is not None:
            lines.append(f"  {name.replace('_', ' '):<20}   {printable(str(value))}")
    return "\n".join(lines)


def _comparable(frames: list[dict[str, Any]]) -> int:
    return sum(frame["quality"] >= PDQ_QUALITY_MIN for frame in frames)
