"""The commands over schemes: what there is, confirming what no public source bears out, choosing the desk's, and bringing a taxonomy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.access.declared import Who, command
from clew.access.permissions import Permission
from clew.kernel.errors import ClewError
from clew.site.cli_evidence import As
from clew.site.cli_rights import print_table
from clew.site.installation import installation

schemes = typer.Typer(no_args_is_help=True, help="Categorisation schemes, taxonomies, and the rules between them.")

Key = Annotated[str, typer.Argument(help="The scheme's key.", show_default=False)]
Version = Annotated[str, typer.Argument(help="Its version.", show_default=False)]


class TaxonomyUnreadable(ClewError):
    """The taxonomy {path} cannot be read: {why}. Nothing was kept. Look at the path and its rights."""


@schemes.command("list")
@command(Who.INSTALLATION, "review:scheme:list", noted=True)
def list_schemes() -> None:
    """Every version of every scheme, how it stands, and the rules that lead from it."""
    with installation():
        from clew.review.inference import rule_book
        from clew.review.scheme_acts import meet_rules
        from clew.review.schemes import all_schemes

        meet_rules()
        leads = [(rules.from_scheme, rules.from_version, rules.to_scheme) for rules in rule_book().rule_sets()]
        rows = [
            (
                one.key,
                one.version,
                one.title,
                one.jurisdiction or "-",
                str(len(one.codes)),
                "public" if one.is_verified else "to be confirmed" if one.codes else "no code is public",
                " ".join(sorted({to for key, version, to in leads if (key, version) == (one.key, one.version)})),
            )
            for one in all_schemes()
        ]
    print_table(("scheme", "version", "title", "where", "codes", "standing", "converts to"), rows)


@schemes.command("confirm")
@command(Permission.SCHEME_CONFIRM, "review:scheme:confirm")
def confirm(
    key: Key,
    version: Version,
    grounds: Annotated[str, typer.Option(help="On what this rests: the profile, the law.", show_default=False)],
    as_: As = None,
) -> None:
    """Stand by a scheme that no public source bears out, for one's organisation."""
    with installation():
        from clew.review.scheme_acts import confirm_scheme
        from clew.review.schemes import scheme_of
        from clew.site.local_office import officer_named

        found = scheme_of(key, version)
        confirm_scheme(officer_named(as_), key, version, digest=found.digest, grounds=grounds)


@schemes.command("choose")
@command(Permission.SCHEME_CONFIRM, "review:scheme:choose")
def choose(
    chosen: Annotated[
        list[str], typer.Argument(help="Schemes as KEY/VERSION, the desk's own first.", metavar="SCHEME...")
    ],
    as_: As = None,
) -> None:
    """Say in which schemes one's organisation decides."""
    with installation():
        from clew.review.scheme_acts import choose_schemes
        from clew.site.local_office import officer_named

        choose_schemes(officer_named(as_), chosen)


@schemes.command("import")
@command(Permission.SCHEME_CONFIRM, "review:taxonomy:bring")
def bring(
    file: Annotated[Path, typer.Argument(help="CSV or JSON, shaped like the UCS.", show_default=False)],
    key: Annotated[str, typer.Option(help="The taxonomy's key; the name of the file without one.")] = "",
    title: Annotated[str, typer.Option(help="Its title; the key without one.")] = "",
    as_: As = None,
) -> None:
    """Bring a taxonomy for one's organisation, whole or not at all."""
    with installation():
        from clew.kernel.limits import TAXONOMY_BYTES_MAX
        from clew.review.taxonomies import bring_taxonomy
        from clew.site.local_office import officer_named

        named = key or file.stem
        try:
            with file.open("rb") as opened:
                # One byte more than is taken tells that there is too much.
                content = opened.read(TAXONOMY_BYTES_MAX + 1)
        except OSError as why:
            raise TaxonomyUnreadable(path=file, why=why.strerror or "it cannot be opened") from None
        brought = bring_taxonomy(officer_named(as_), content, key=named, title=title or named)
        print(f"{brought.title}, version {brought.version}: {len(brought.labels)} labels.")
