"""The commands that run Clew: everything at once (`up`, `demo`), its parts (`serve`, `worker`), and how it stands (`status`)."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer

from clew.access.declared import Who, command, declared_of
from clew.kernel.errors import ClewError
from clew.site.home import home
from clew.site.installation import installation, set_up_django
from clew.site.supervisor import Supervisor, children, only_one

PORT = 8484
#: Ports tried, from the first, when nobody named one.
PORTS_TRIED = 20
LOOPBACK = "127.0.0.1"
#: Imports, static files and the first connection take about two seconds on a slow disk.
READY_SECONDS_MAX = 60

Address = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[
    int | None, typer.Option(help=f"The port; without it {PORT}, or the next that is free.", show_default=False)
]
Workers = Annotated[
    int | None, typer.Option(help="Worker processes; without it one for each core.", show_default=False)
]


class PortTaken(ClewError):
    """Port {port} on {address} is taken by another program. Nothing was started. Name another with --port."""


@command(Who.INSTALLATION, "site:process:start", noted=True)
def up(address: Address = LOOPBACK, port: Port = None, workers: Workers = None) -> None:
    """Start the database, the server and the workers, and keep them running; Ctrl-C stops all of it."""
    with only_one(home()), installation(is_starting=True):
        _run(address, port, workers, _greeting)


@command(Who.INSTALLATION, "site:process:start", noted=True)
def demo(address: Address = LOOPBACK, port: Port = None, workers: Workers = None) -> None:
    """The same with the demo world: benign rooms and objects, rendered here, and officers to sign in as."""
    from clew.media.jail_grade import accept_reduced
    from clew.site.demonstration import load, sign_in_words

    # The demo opens what it rendered itself, on any kernel; what the jail is worth here stands on its pages.
    accept_reduced()
    with only_one(home()), installation(is_starting=True):
        load()
        _run(address, port, workers, lambda url: f"{_greeting(url)}\n\n{sign_in_words()}")


def _greeting(url: str) -> str:
    return f"Clew runs at {url}\nIts data are in {home().path}. Ctrl-C stops it."


def _run(address: str, port: int | None, workers: int | None, words: object) -> None:
    chosen = _free_port(address, port)
    shown = f"[{address}]" if ":" in address else address
    url = f"http://{'localhost' if address == LOOPBACK else shown}:{chosen}/"
    watching = threading.Thread(target=_greet, args=(address, chosen, url, words), daemon=True)
    watching.start()
    supervisor = Supervisor(children(address=address, port=chosen, workers=workers or os.cpu_count() or 1), _say)
    supervisor.run()
    _say("stopped")


def _greet(address: str, port: int, url: str, words: object) -> None:
    """Say where Clew is once it answers there."""
    assert callable(words)
    asked = f"http://{'127.0.0.1' if address == '0.0.0.0' else address}:{port}/health"  # noqa: S104 - asked, not opened
    until = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < until:
        try:
            if httpx.get(asked, timeout=5, trust_env=False).is_success:
                print(f"\n{words(url)}\n", flush=True)
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    _say(f"the server has not answered for {READY_SECONDS_MAX} seconds; what it says above tells why")


def _say(words: str) -> None:
    print(f"clew: {words}", file=sys.stderr, flush=True)


def _free_port(address: str, port: int | None) -> int:
    """The port asked for, or the first free one."""
    for tried in [port] if port is not None else range(PORT, PORT + PORTS_TRIED):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, tried))
            except OSError:
                continue
            return tried
    raise PortTaken(port=port or PORT, address=address)


@command(Who.INSTALLATION, "site:process:start", noted=True)
def serve(
    address: Address = LOOPBACK,
    port: Annotated[int, typer.Option(help="The port.")] = PORT,
    threads: Annotated[int, typer.Option(help="Requests answered at once.")] = 8,
    unix_socket: Annotated[
        Path | None,
        typer.Option("--socket", help="A unix socket to listen on, in place of address and port.", show_default=False),
    ] = None,
) -> None:
    """The server alone."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    with installation():
        Granian(
            "clew.site.wsgi:application",
            address=address,
            port=port,
            uds=unix_socket,
            # For the proxy, by its group; nobody else's word on certificates is to be had over it.
            uds_permissions=0o660 if unix_socket else None,
            interface=Interfaces.WSGI,
            blocking_threads=threads,
            log_level=LogLevels.error,
            websockets=False,
        ).serve()


@command(Who.INSTALLATION, "site:process:start", noted=True)
def worker() -> None:
    """One worker alone; any number may run, on this machine or on others."""
    with installation():
        set_up_django()
        from procrastinate.contrib.django import app

        from clew.intake.keeping import Keeper
        from clew.intake.pipeline import process_jail
        from clew.ledger.circumstances import DoorKind, begin
        from clew.ledger.keeper import LedgerKeeper
        from clew.site.ledger_keys import witnesses

        begin(DoorKind.JOB, socket.gethostname())
        with process_jail(), Keeper(), LedgerKeeper(witnesses()):
            for task in app.tasks.values():
                # A job that does not say what it is does not run.
                if not task.func.__module__.startswith("procrastinate."):
                    declared_of(task.func)
            own = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
            own.run_worker(queues=["intake"], delete_jobs="always", concurrency=1)


@command(Who.INSTALLATION, "site:installation:read", noted=True)
def status() -> None:
    """How the installation stands: where its data are, what is held, what waits. Exit status 1 while files wait."""
    with installation():
        from clew.intake.queries import totals

        found = totals()
    print(f"home      {home().path}")
    print(f"running   {'yes' if _is_running() else 'no'}")
    print(f"media     {found.media:,} in {found.series:,} series")
    print(f"waiting   {found.waiting:,} files of {found.unfinished:,} unfinished submissions")
    raise typer.Exit(1 if found.waiting else 0)


def _is_running() -> bool:
    from clew.site.supervisor import AlreadyRunning

    try:
        with only_one(home()):
            return False
    except AlreadyRunning:
        return True
