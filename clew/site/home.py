"""The home: the one directory (`CLEW_HOME`) in which everything of an installation lives, with the rights each part needs."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clew.kernel.errors import ClewError

#: Where root's home is: PostgreSQL runs as a user of its own there, who could not pass through `/root`.
SYSTEM_HOME = Path("/var/lib/clew")
#: `sun_path` holds 108 bytes (unix(7)); PostgreSQL adds `/.s.PGSQL.5432` and the terminating zero.
SOCKET_DIRECTORY_BYTES_MAX = 108 - len("/.s.PGSQL.5432.lock") - 1


class HomeOfSomeoneElse(ClewError):
    """The directory {path} belongs to another user. Nothing was read or changed. Run Clew as that user, or set CLEW_HOME to a directory of your own."""


class HomeOpenToOthers(ClewError):
    """Others may write to {path}, so its keys cannot be trusted. Nothing was read or changed. Take the right away (chmod go-w), or set CLEW_HOME elsewhere."""


class HomeNotWritable(ClewError):
    """The directory {path} cannot be made or written ({why}). Nothing was changed. Set CLEW_HOME to a directory of your own."""


class SecretBroken(ClewError):
    """The secret {path} is empty. Nothing was changed. Bring it back from your backup; without it what it protects cannot be opened."""


@dataclass(frozen=True, slots=True)
class Home:
    """The parts of an installation's directory. Each is made at first use, readable by its owner alone."""

    path: Path

    @property
    def keys(self) -> Path:
        """Key ring and secrets."""
        return self._private("keys")

    @property
    def vault(self) -> Path:
        """Sealed originals and renditions, where `CLEW_VAULT_URL` names no other place."""
        return self._private("vault")

    @property
    def index(self) -> Path:
        """The segments that this machine's processes search, made from the database and of no worth without it."""
        return self._private("index")

    @property
    def run(self) -> Path:
        """Locks of what is running."""
        return self._private("run")

    @property
    def samples(self) -> Path:
        """The demo's sample folder."""
        return self.path / "samples"

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL: data, binaries, socket."""
        return self._made("postgres", 0o711)

    @property
    def postgres_socket(self) -> Path:
        """The directory of the embedded server's socket; a short one elsewhere when the home's path is too long for a socket."""
        inside = self.path / "postgres" / "socket"
        if len(os.fsencode(inside)) <= SOCKET_DIRECTORY_BYTES_MAX:
            return inside
        mark = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"clew-{os.getuid()}-{mark}"

    def read_or_make_secret(self, name: str) -> str:
        """The secret of this name, made with 256 random bits at the first asking. Two processes asking at once get the same."""
        path = self.keys / f"{name}.secret"
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(32))
        secret = path.read_text(encoding="ascii").strip()
        if not secret:
            raise SecretBroken(path=path)
        return secret

    def _private(self, name: str) -> Path:
        return self._made(name, 0o700)

    def _made(self, name: str, mode: int) -> Path:
        path = self.path / name
        if not path.is_dir():
            path.mkdir(mode=mode, exist_ok=True)
            # The mode given to mkdir is cut by the umask.
            path.chmod(mode)
        return path


def _write_once(path: Path, text: str) -> None:
    """Write the file whole or not at all; whoever comes second leaves the first one's as it is."""
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        Path(draft).unlink()


def default_path() -> Path:
    """Where the home is without `CLEW_HOME`: the user's data directory (XDG Base Directory), for root `/var/lib/clew`."""
    if os.getuid() == 0:
        return SYSTEM_HOME
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "clew"


def open_home(path: Path) -> Home:
    """The home at this path, made if it is absent; refused when it is another user's or open to others."""
    # Root's database runs as another user, who must be able to pass through, but not to look around.
    mode = 0o711 if os.getuid() == 0 else 0o700
    try:
        path.mkdir(parents=True, exist_ok=True, mode=mode)
        found = path.stat()
    except OSError as refused:
        raise HomeNotWritable(path=path, why=refused.strerror) from None
    if found.st_uid != os.getuid():
        raise HomeOfSomeoneElse(path=path)
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise HomeOpenToOthers(path=path)
    if stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)
    return Home(path.resolve())


def chosen_path() -> Path:
    """Where the home of this process is or would be: `CLEW_HOME`, or the default."""
    given = os.environ.get("CLEW_HOME")
    return Path(given).expanduser() if given else default_path()


@cache
def home() -> Home:
    """The home of this process, made if it is absent."""
    return open_home(chosen_path())
