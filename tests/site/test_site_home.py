"""The home: its parts are its owner's alone, and a home that cannot be trusted is refused."""

import os
import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from clew.site.home import (
    SOCKET_DIRECTORY_BYTES_MAX,
    Home,
    HomeNotWritable,
    HomeOfSomeoneElse,
    HomeOpenToOthers,
    SecretBroken,
    default_path,
    open_home,
)

AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")


def _mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_vault_and_locks_are_the_owners_alone(tmp_path):
    home = open_home(tmp_path / "deep" / "home")
    for part in (home.keys, home.vault, home.run):
        assert _mode(part) == 0o700
    assert _mode(home.postgres) == 0o711
    assert _mode(home.path) == (0o711 if os.getuid() == 0 else 0o700)


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_home_others_may_write_to_is_refused(tmp_path, mode):
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(mode)
    with pytest.raises(HomeOpenToOthers, match="chmod go-w"):
        open_home(tmp_path / "home")


def test_a_home_others_may_read_is_shut(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o755)
    open_home(tmp_path / "home")
    assert not _mode(tmp_path / "home") & 0o044


@AS_ROOT
def test_a_home_of_another_user_is_refused(tmp_path):
    (tmp_path / "home").mkdir()
    os.chown(tmp_path / "home", 12345, 12345)
    with pytest.raises(HomeOfSomeoneElse):
        open_home(tmp_path / "home")


def test_a_home_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeNotWritable):
        open_home(tmp_path / "home")


def _secret(path):
    return Home(Path(path)).read_or_make_secret("cookies")


def test_a_secret_is_made_once_even_when_many_ask_at_once(tmp_path):
    home = open_home(tmp_path / "home")
    _ = home.keys
    with ProcessPoolExecutor(4) as pool:
        secrets = set(pool.map(_secret, [str(home.path)] * 16))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 43
    assert _mode(home.keys / "cookies.secret") == 0o600
    assert [path.name for path in home.keys.iterdir()] == ["cookies.secret"]


def test_an_emptied_secret_is_never_replaced(tmp_path):
    home = open_home(tmp_path / "home")
    home.read_or_make_secret("cookies")
    (home.keys / "cookies.secret").write_text("")
    with pytest.raises(SecretBroken):
        home.read_or_make_secret("cookies")


def test_a_socket_is_elsewhere_when_the_path_is_too_long_for_one(tmp_path):
    near, far = Home(Path("/srv/clew")), Home(tmp_path / ("x" * 120))
    assert near.postgres_socket == Path("/srv/clew/postgres/socket")
    assert len(os.fsencode(far.postgres_socket)) <= SOCKET_DIRECTORY_BYTES_MAX
    assert far.postgres_socket != Home(tmp_path / ("y" * 120)).postgres_socket


def test_the_default_is_in_the_users_data_directory_and_for_root_where_others_may_pass(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_path() == Path("/data/clew")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/ingrid")
    assert default_path() == Path("/home/ingrid/.local/share/clew")
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert default_path() == Path("/var/lib/clew")
