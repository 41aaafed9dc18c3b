"""The user as whom the embedded server runs: oneself, or for root a system user of its own, since PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clew.kernel.errors import ClewError

SYSTEM_USER = "clew-postgres"


class NoSystemUser(ClewError):
    """PostgreSQL does not run as root, and the system user {user} could not be made ({why}). Nothing was changed. Make it (useradd --system {user}), or run Clew as an ordinary user."""


class HomeOutOfReach(ClewError):
    """PostgreSQL runs as the user {user}, who may not pass through {path}. Nothing was changed. Set CLEW_HOME to a directory others may pass through, such as /var/lib/clew."""


@dataclass(frozen=True, slots=True)
class Account:
    """Under which user and group the server's programs run; None means as whoever calls."""

    user_id: int | None
    group_id: int | None

    @property
    def spawning(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program as this user, without any other group of root."""
        if self.user_id is None:
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def own(self, path: Path | int) -> None:
        """Give a file or directory, or what an open descriptor leads to, to this user."""
        if self.user_id is not None:
            os.chown(path, self.user_id, self.group_id or 0)


def account() -> Account:
    """The account for this process's installation; for root the system user, made if it is absent."""
    if os.getuid() != 0:
        return Account(None, None)
    try:
        found = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _make_user()
        found = pwd.getpwnam(SYSTEM_USER)
    return Account(found.pw_uid, found.pw_gid)


def _make_user() -> None:
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        raise NoSystemUser(user=SYSTEM_USER, why="there is no useradd")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(
        [program, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER], capture_output=True, text=True, check=False
    )
    # Somebody else may have made it in the meantime: status 9.
    if made.returncode not in {0, 9}:
        raise NoSystemUser(user=SYSTEM_USER, why=made.stderr.strip() or f"status {made.returncode}")


def refuse_unreachable(path: Path, who: Account) -> None:
    """Refuse a directory the server's user could not reach; a clear word here instead of a strange one from initdb."""
    if who.user_id is None:
        return
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)], **who.spawning, capture_output=True, check=False
    )
    if tried.returncode != 0:
        raise HomeOutOfReach(user=SYSTEM_USER, path=path)
