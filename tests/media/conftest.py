"""One jail for all tests that only open files, and the folder of the makers of files."""

import sys
from pathlib import Path

import pytest

FOLDER = str(Path(__file__).parent)
if FOLDER not in sys.path:
    sys.path.append(FOLDER)


@pytest.fixture(scope="session")
def jail():
    from clew.media.jail import Jail

    with Jail(cpu_seconds_max=5, wall_seconds_max=20) as opened:
        yield opened


@pytest.fixture
def inmate():
    """Opens a jail in whose cells a function of `jail_inmates` runs instead of the decoders."""
    from clew.media.jail import Jail

    opened = []

    def open_jail(function, **limits):
        jail = Jail(cell=f"jail_inmates:{function}", cell_folders=[FOLDER], **limits).__enter__()
        opened.append(jail)
        return jail

    yield open_jail
    for jail in opened:
        jail.close()
