"""Hash lists: plain lines, md5sum output, or CSV with a header, in MD5, SHA-1, SHA-256 and PDQ; every line gets an answer.

64 hexadecimal digits may be SHA-256 or PDQ. A header, a prefix (`pdq:`) or the asker may say which. Where nobody does, the list's
beginning tells: a PDQ hash is cut at its median, so half of its bits are set, while a digest has exactly 128 set one time in twenty.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from clew.intake.models import Basis

_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_BY_DIGITS = {32: Basis.MD5, 40: Basis.SHA1, 64: Basis.SHA256}
_COLUMNS = {
    "md5": Basis.MD5,
    "sha1": Basis.SHA1,
    "sha-1": Basis.SHA1,
    "sha256": Basis.SHA256,
    "sha-256": Basis.SHA256,
    "pdq": Basis.PDQ,
    "pdq_hash": Basis.PDQ,
}
_LABELS = ("path", "file", "filename", "file_name", "name", "label")
_KIND_COLUMNS = ("kind", "type", "algorithm", "hash_type")
#: Lines looked at to tell a hash list from any other text.
LINES_PROBED = 50
#: Lines by which a list is judged whose lines of 64 digits do not say what they are.
LINES_JUDGED = 10_000
_PDQ_BITS_SET = range(126, 131)


@dataclass(frozen=True, slots=True)
class HashLine:
    """One hash of a list: its line number from 1, what the list calls it, its kind and its bits.

    `is_certain` is false where 64 digits were read as one of two kinds by their looks.
    """

    number: int
    label: str
    kind: Basis
    bits: bytes
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class LineRefused:
    """A line that is no hash, with the reason."""

    number: int
    label: str
    reason: str


def looks_like_hash_list(lines: Iterable[str]) -> bool:
    """Whether a text is a hash list: a header that names a hash, or a hash among its first lines."""
    for number, line in zip(range(LINES_PROBED), lines, strict=False):
        if number == 0 and _header(line):
            return True
        if isinstance(_plain(0, line), HashLine):
            return True
    return False


def read_hash_list(lines: Iterable[str], *, kind_of_64_digits: Basis | None = None) -> Iterator[HashLine | LineRefused]:
    """Every hash of the list in order, and every line that is none, as they are read: a list of any size takes no more memory than its
    first lines. Blank lines and lines that begin with # are nothing.
    """
    numbered = ((number, line.strip("\r\n\ufeff")) for number, line in enumerate(lines, start=1))
    kept = ((number, line) for number, line in numbered if line.strip() and not line.lstrip().startswith("#"))
    first = list(itertools.islice(kept, LINES_JUDGED))
    if not first:
        return
    header = _header(first[0][1])
    if header:
        yield from _rows(itertools.chain(first, kept), header, kind_of_64_digits)
        return
    judged = [_plain(number, line) for number, line in first]
    looks = kind_of_64_digits or _looks(judged)
    for found in itertools.chain(judged, (_plain(number, line) for number, line in kept)):
        yield _settled(found, looks, is_certain=kind_of_64_digits is not None)


def _header(line: str) -> list[str] | None:
    names = [name.strip().strip('"').lower() for name in re.split(r"[,;\t]", line.strip("\r\n\ufeff"))]
    return names if any(name in _COLUMNS or name == "hash" for name in names) else None


def _rows(kept: Iterator[tuple[int, str]], header: list[str], told: Basis | None) -> Iterator[HashLine | LineRefused]:
    separator = max(",;\t", key=next(kept)[1].count)
    label_at = next((header.index(name) for name in _LABELS if name in header), None)
    kind_at = next((header.index(name) for name in _KIND_COLUMNS if name in header), None)
    for number, line in kept:
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
        cells += [""] * (len(header) - len(cells))
        label = cells[label_at] if label_at is not None and cells[label_at] else f"line {number}"
        stated = _COLUMNS.get(cells[kind_at].lower()) if kind_at is not None else None
        hashes = [
            (_COLUMNS.get(name) or stated, cell)
            for name, cell in zip(header, cells, strict=False)
            if cell and (name in _COLUMNS or name == "hash")
        ]
        if not hashes:
            yield LineRefused(number, label, "no hash on this line")
        for kind, cell in hashes:
            yield _hash(number, label, cell, kind or (told if len(cell) == 64 else None))


def _plain(number: int, line: str) -> HashLine | LineRefused:
    """One line without a header: a hash, `kind:hash`, or a hash followed by a file name as md5sum and sha256sum write it."""
    word, _space, rest = line.strip().partition(" ")
    # md5sum marks a line whose file name it had to escape with a backslash.
    word = word.removeprefix("\\").rstrip(",;")
    label = rest.strip().removeprefix("*") or f"line {number}"
    prefix, colon, value = word.partition(":")
    if colon and prefix.lower() in _COLUMNS:
        return _hash(number, label, value, _COLUMNS[prefix.lower()])
    found = _hash(number, label, word, None)
    # What stands behind something that is no hash is no name.
    return found if isinstance(found, HashLine) else replace(found, label=f"line {number}")


def _hash(number: int, label: str, text: str, kind: Basis | None) -> HashLine | LineRefused:
    if not _HEX.match(text):
        return LineRefused(number, label, "not a hash: something other than hexadecimal digits")
    guessed = _BY_DIGITS.get(len(text))
    if guessed is None:
        return LineRefused(number, label, f"not a hash: {len(text)} digits; MD5 has 32, SHA-1 40, SHA-256 and PDQ 64")
    if kind is not None and _digits(kind) != len(text):
        return LineRefused(number, label, f"not a {kind.value} hash: {len(text)} digits instead of {_digits(kind)}")
    is_certain = kind is not None or guessed != Basis.SHA256
    return HashLine(number, label, kind or guessed, bytes.fromhex(text), is_certain)


def _digits(kind: Basis) -> int:
    return {Basis.MD5: 32, Basis.SHA1: 40}.get(kind, 64)


def _looks(found: Sequence[HashLine | LineRefused]) -> Basis:
    """What lines of 64 digits without a prefix look like, all together."""
    open_lines = [line for line in found if isinstance(line, HashLine) and not line.is_certain]
    balanced = sum(int.from_bytes(line.bits, "big").bit_count() in _PDQ_BITS_SET for line in open_lines)
    return Basis.PDQ if open_lines and balanced > 0.9 * len(open_lines) else Basis.SHA256


def _settled(line: HashLine | LineRefused, kind: Basis, *, is_certain: bool) -> HashLine | LineRefused:
    if isinstance(line, HashLine) and not line.is_certain:
        return replace(line, kind=kind, is_certain=is_certain)
    return line
