"""P22: no file can hang or fell the system: thousands of broken and lying files through the whole way of a file, in the house's own limits.

`bin/fetch-broken-files` brings the broken files that decoders ship for their own tests; CLEW_VECTORS names the folder that holds `broken/`.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

FOLDER = str(Path(__file__).resolve().parents[1] / "media")
for folder in (FOLDER, str(Path(__file__).parent)):
    if folder not in sys.path:
        sys.path.append(folder)

from hostile_files import archive_seeds, media_seeds, mutated, spliced  # noqa: E402 - beside this file

from clew.intake.fingerprints import fingerprint_of  # noqa: E402
from clew.kernel.limits import MIB  # noqa: E402
from clew.media.archives import ArchiveUnreadable, members  # noqa: E402
from clew.media.examination import UnreadableReason  # noqa: E402
from clew.media.jail import Jail  # noqa: E402
from clew.signatures.film_cell import CELL  # noqa: E402

SECONDS_MAX = 10
MEMORY_BYTES_MAX = 1024 * MIB
VECTORS = Path(os.environ.get("CLEW_VECTORS") or Path(__file__).parents[3] / "shared" / "vectors") / "broken"
#: What may be said of a broken benign file. That it is hostile, or that the jail broke, would be false.
HONEST = {
    UnreadableReason.EMPTY, UnreadableReason.UNKNOWN_FORMAT, UnreadableReason.TEXT, UnreadableReason.ARCHIVE,
    UnreadableReason.TRUNCATED, UnreadableReason.TOO_MANY_PIXELS, UnreadableReason.TOO_LARGE, UnreadableReason.DECODER_FAILED,
    UnreadableReason.TIME_EXCEEDED, UnreadableReason.MEMORY_EXCEEDED,
}  # fmt: skip


@pytest.fixture(scope="module")
def jail():
    with Jail(film_cell=CELL) as opened:
        yield opened


@pytest.fixture(scope="module")
def seeds():
    return media_seeds()


def _through(jail, files):
    """Every file through the whole way, two at a time; name -> (seconds, reason or None)."""

    def one(named):
        name, content = named
        begun = time.monotonic()
        found = fingerprint_of(content, jail=jail, with_renditions=True)
        return name, time.monotonic() - begun, found.unreadable.reason if found.unreadable else None

    with ThreadPoolExecutor(2) as pool:
        return {name: (seconds, reason) for name, seconds, reason in pool.map(one, files)}


def _judge(jail, outcomes):
    slowest = max(outcomes, key=lambda name: outcomes[name][0])
    opened = sum(reason is None for _, reason in outcomes.values())
    # Seen with `pytest -rP`.
    print(f"{len(outcomes):,} files, {opened:,} opened; slowest {outcomes[slowest][0]:.2f} s, {slowest}")  # noqa: T201
    print(f"dearest {jail.cost.memory_bytes_max // MIB} MiB, {jail.cost.cpu_seconds_max:.2f} s of computing")  # noqa: T201
    assert {name: str(reason) for name, (_, reason) in outcomes.items() if reason and reason not in HONEST} == {}
    assert outcomes[slowest][0] <= SECONDS_MAX, slowest
    assert jail.cost.memory_bytes_max <= MEMORY_BYTES_MAX
    # One template of pictures and one of films, each started once: no file ended either.
    assert jail.cost.templates == 2


def test_every_seed_is_a_file_that_opens(jail, seeds):
    unreadable = {name: reason for name, (_, reason) in _through(jail, seeds.items()).items() if reason}
    assert unreadable == {}


def test_broken_and_lying_files_cost_themselves_alone(jail, seeds):
    files = [*mutated(seeds, each=21), *spliced(seeds, 100)]
    assert len(files) > 800
    _judge(jail, _through(jail, files))
    assert not any(reason for _, reason in _through(jail, seeds.items()).values())


@pytest.mark.parametrize("name", archive_seeds())
def test_broken_archives_are_told_and_end(name, tmp_path):
    content = archive_seeds()[name]
    whole = tmp_path / "whole"
    whole.write_bytes(content)
    assert len(list(members(whole))) == 3
    for number, (_way, broken) in enumerate(mutated({name: content}, each=42)):
        path = tmp_path / str(number)
        path.write_bytes(broken)
        begun = time.monotonic()
        try:
            told = list(members(path))
        except ArchiveUnreadable:
            told = []
        assert len(told) <= 200
        assert time.monotonic() - begun <= SECONDS_MAX


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_long_form_over_thousands(jail, seeds):
    files = [*mutated(seeds, each=140), *spliced(seeds, 600)]
    assert len(files) >= 5000
    _judge(jail, _through(jail, files))
    assert not any(reason for _, reason in _through(jail, seeds.items()).values())


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.skipif(
    not VECTORS.is_dir(),
    reason="the broken files are absent; bin/fetch-broken-files brings them, CLEW_VECTORS names where",
)
def test_the_long_form_over_what_felled_decoders_before(jail, seeds):
    # A film, so that both templates are counted.
    assert _through(jail, [("mp4", seeds["mp4"])])["mp4"][1] is None
    files = [
        (str(path.relative_to(VECTORS)), path.read_bytes()) for path in sorted(VECTORS.rglob("*")) if path.is_file()
    ]
    _judge(jail, _through(jail, files))
