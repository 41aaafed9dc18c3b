"""The demonstration: loads the demo world into this installation and tells how to sign in. Its password and code are this installation's own."""

from __future__ import annotations

import base64
import hashlib

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from clew.site.home import home


def password() -> str:
    """The demo officers' password: made here, so that nobody who reads the code can sign in to a demo left open."""
    return home().read_or_make_secret("demo")[:16]


def code_secret() -> str:
    """The secret of the demo officers' one-time codes, in base 32 as authenticator apps take it (RFC 6238)."""
    return base64.b32encode(hashlib.sha256(home().read_or_make_secret("demo").encode()).digest()[:20]).decode()


def load() -> None:
    """Load the demo world, unless it is there already, and lay out the sample folder."""
    from clew.demo.load import is_loaded, load_demo
    from clew.demo.samples import write_samples

    console = Console(stderr=True)
    if not is_loaded():
        console.print("clew: rendering and loading the demo world, once; this takes a few minutes", highlight=False)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
            tasks = {}

            def tell(words: str, done: int, total: int) -> None:
                if words not in tasks:
                    tasks[words] = bars.add_task(words, total=total)
                bars.update(tasks[words], completed=done, total=total)

            load_demo(password=password(), code_secret=code_secret(), progress=tell)
    write_samples(home().samples)


def sign_in_words() -> str:
    """The sign-ins, and what to try first."""
    from clew.demo.load import sign_ins

    lines = [
        f"  {one.username:<20} {one.name}, {one.organisation} ({', '.join(one.roles).replace('_', ' ')})"
        for one in sign_ins()
    ]
    first = sign_ins()[0].username
    return "\n".join(
        [
            "Sign in as",
            *lines,
            f"Password   {password()}",
            f"Code       .venv/bin/clew code {first}       (or put {code_secret()} into an authenticator app)",
            "",
            "Try it on the sample folder:",
            f"  .venv/bin/clew check {home().samples} --as {first}",
        ]
    )
