"""Camera serials: the numbers of body and lens that EXIF tells, with what is no number at all left out. Anyone can write them, so they support."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clew.media.examination import MetadataValue

# What firmware and editors write where they know no number.
_NONE_AT_ALL = frozenset(
    {"none", "null", "unknown", "n/a", "na", "undefined", "default", "serial", "123456789", "1234567890", "12345678"}
)
_LETTERS_MIN = 4


@dataclass(frozen=True, slots=True)
class CameraSerials:
    """The serial numbers of one camera, each with its maker, since two makers may use one number; empty where there is none."""

    body: str = ""
    lens: str = ""

    @classmethod
    def from_facts(cls, facts: Mapping[str, MetadataValue]) -> CameraSerials:
        """Those that the facts of a file's metadata tell."""
        make = _plain(facts.get("camera_make"))
        model = _plain(facts.get("camera_model"))
        return cls(
            body=_with_maker(make, model, facts.get("camera_serial_number")),
            lens=_with_maker(
                _plain(facts.get("lens_make")) or make, _plain(facts.get("lens_model")), facts.get("lens_serial_number")
            ),
        )

    def shared_with(self, other: CameraSerials) -> tuple[str, ...]:
        """Which of the numbers both have: of "body" and "lens"."""
        return tuple(
            part for part in ("body", "lens") if getattr(self, part) and getattr(self, part) == getattr(other, part)
        )

    def contradicts(self, other: CameraSerials) -> bool:
        """Whether both tell a body, and not the same."""
        return bool(self.body and other.body and self.body != other.body)


def _with_maker(make: str, model: str, fact: MetadataValue | None) -> str:
    number = _plain(fact)
    is_one = len(number) >= _LETTERS_MIN and len(set(number) - {"0", " ", "-", "."}) > 1 and number not in _NONE_AT_ALL
    return f"{make}|{model}|{number}" if is_one else ""


def _plain(fact: MetadataValue | None) -> str:
    return re.sub(r"\s+", " ", str(fact)).strip().lower() if fact is not None else ""
