"""The files of schemes, rules and taxonomies: those that come with Clew, and those that the installation adds in a folder of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

#: The folder of the installation, laid out as ours: schemes, `rules/`, `taxonomies/`.
FOLDER_VARIABLE = "CLEW_SCHEMES"


@dataclass(frozen=True, slots=True)
class File:
    """One file, and whether it came with Clew."""

    name: str
    content: bytes
    is_shipped: bool


def files_of(folder: str, ending: str) -> list[File]:
    """The files of a folder (empty: the schemes themselves) by name, ours first."""
    shipped = files("clew.review") / "schemes"
    found = _read(shipped / folder if folder else shipped, ending, is_shipped=True)
    if own := os.environ.get(FOLDER_VARIABLE):
        found += _read(Path(own) / folder, ending, is_shipped=False)
    return found


def _read(folder: Traversable, ending: str, *, is_shipped: bool) -> list[File]:
    if not folder.is_dir():
        return []
    found = sorted((file for file in folder.iterdir() if file.name.endswith(ending)), key=lambda file: file.name)
    return [File(file.name, file.read_bytes(), is_shipped) for file in found]
