"""The table of all doors, as the reference shows it: pages, calls, commands and jobs, to whom each is open and how it is on record.

`python -m clew.site.doors_table` prints it; a test holds `docs/reference/doors.md` against it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import typer.main
from django.urls import URLPattern, URLResolver

from clew.access.declared import Declared, declared_of
from clew.site.installation import set_up_django

HEAD = """# Doors

Every way in, to whom it is open, and the verb under which it is on record. Made from the code by `python -m clew.site.doors_table`; a test holds the two together. Pages of sign-in
and of one's own account (`/accounts/…`) are open to whoever signs in and are on record as `site:page:open` or by what is done there.
"""


def table() -> str:
    """The whole page, as Markdown."""
    parts = [HEAD]
    sections = (("Pages", _pages()), ("Calls of the API", _calls()), ("Commands", _commands()), ("Jobs", _jobs()))
    for title, rows in sections:
        parts.append(f"\n## {title}\n\n| door | open to | on record as |\n|---|---|---|\n")
        parts += [f"| `{name}` | {_opens(opens)} | `{verb}` |\n" for name, opens, verb in sorted(rows)]
    return "".join(parts)


def _opens(opens: str) -> str:
    return f"`{opens}`" if ":" in opens else opens


def _row(name: str, declared: Declared) -> tuple[str, str, str]:
    return name, declared.opens.value, declared.verb


def _pages() -> Iterator[tuple[str, str, str]]:
    from clew.site.urls import urlpatterns

    for address, pattern in _patterns(urlpatterns, "/"):
        permission, verb = (getattr(pattern.callback, name, None) for name in ("permission", "verb"))
        if permission is not None:
            yield (
                address.replace("<uuid:", "<").replace("<slug:", "<").replace("<str:", "<"),
                permission.value,
                str(verb),
            )


def _patterns(patterns: Iterable[object], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern


def _calls() -> Iterator[tuple[str, str, str]]:
    from clew.site.api import api

    # Ninja's own list of what was added; it has no other.
    for prefix, router in api._routers:  # noqa: SLF001
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield _row(f"{method} /api{prefix}{path.replace('uuid:', '')}", declared_of(operation.view_func))


def _commands() -> Iterator[tuple[str, str, str]]:
    from clew.site.cli import app

    def walk(command: object, path: str) -> Iterator[tuple[str, str, str]]:
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, f"{path} {name}")
        if not hasattr(command, "commands"):
            yield _row(path, declared_of(command.callback))  # type: ignore[attr-defined]

    yield from walk(typer.main.get_command(app), "clew")


def _jobs() -> Iterator[tuple[str, str, str]]:
    from procrastinate.contrib.django import app

    for name, task in app.tasks.items():
        if not task.func.__module__.startswith("procrastinate."):
            yield _row(name, declared_of(task.func))


if __name__ == "__main__":
    set_up_django()
    sys.stdout.write(table())
