"""The commands for whoever keeps the index: how it stands, build it, test it, and what is set aside."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from clew.access.declared import Who, command
from clew.access.permissions import Permission
from clew.site.cli_evidence import As
from clew.site.installation import installation

index = typer.Typer(no_args_is_help=True, help="The index in which near-duplicates are found.")

Reason = Annotated[str, typer.Option("--reason", help="Why, for others to read.", show_default=False)]


@index.command("status")
@command(Who.INSTALLATION, "intake:index:read", noted=True)
def status() -> None:
    """How the index stands. Exit status 1 if somebody should look at it."""
    with installation():
        from clew.intake.index_state import index_state

        state = index_state()
        print(f"signatures  {state.signatures:,} that can be compared, {state.digests:,} contents with digests")
        print(
            f"parts       {state.scenes:,} scenes of pictures, {state.sounds:,} sounds; {state.unimprinted:,} contents wait for theirs"
        )
        segment = state.segment
        built = f"{segment.rows:,} rows, built {segment.built_at[:19]}" if segment else "none yet: everything is read"
        print(f"segment     {built}")
        for check in state.checks:
            print(
                f"guard       {check.machine}, {check.index}: {check.found} of {check.probes} known answers found, "
                f"{check.checked_at:%Y-%m-%d %H:%M:%S} UTC"
            )
        print(f"parked      {state.parked_count:,} signatures")
        for problem in state.problems:
            print(problem)
    raise typer.Exit(1 if state.problems else 0)


@index.command("build")
@command(Who.INSTALLATION, "intake:index:build", noted=True)
def build() -> None:
    """Build the index of this machine anew from the database, test it, and put it in use."""
    with installation():
        from django.conf import settings

        from clew.intake.keeping import build as build_index
        from clew.intake.part_search import part_searches
        from clew.matching.store import LOOKS, SegmentStore

        store = SegmentStore(settings.CLEW_INDEX_PATH, LOOKS)
        with store.building() as is_ours:
            if not is_ours:
                print("Another process builds or tests it at this moment. Nothing was done. Try again soon.")
                raise typer.Exit(2)
            kept = build_index(store)
        print(f"looks: {kept.rows:,} rows; {kept.probes} of {kept.probes} known answers found")
        for search in part_searches().all:
            with search.index.store.building() as is_ours:
                if is_ours:
                    kept = search.index.build()
                    print(f"{search.index.form.name}: {kept.rows:,} rows; asked for {kept.probes} of them")


@index.command("check")
@command(Who.INSTALLATION, "intake:index:check", noted=True)
def check() -> None:
    """Test the index of this machine with known answers and a look at every hash. Exit status 1 if an answer is missing."""
    with installation():
        from clew.intake.keeping import check as check_index
        from clew.intake.keeping import check_imprints
        from clew.intake.part_search import part_searches
        from clew.intake.recognition import recogniser

        all_done = [check_index(recogniser()), *(check_imprints(search.index) for search in part_searches().all)]
    for done in all_done:
        print(f"{done.index}: {done.found} of {done.probes} known answers found among {done.rows:,} rows")
    raise typer.Exit(1 if any(done.is_lost for done in all_done) else 0)


@index.command("parked")
@command(Who.INSTALLATION, "intake:signature:list", noted=True)
def parked() -> None:
    """Signatures that are set aside, with the reason."""
    with installation():
        from clew.intake.parking import parked_now

        for found in parked_now():
            by = found.parked_by.username if found.parked_by else "Clew"
            media_id, since = found.media_id, f"{found.parked_at:%Y-%m-%d %H:%M}"
            print(f"{found.id}  media {media_id}  since {since} by {by}: {found.reason}")


@index.command("park")
@command(Permission.SIGNATURE_PARK, "intake:signature:park")
def park(media: uuid.UUID, reason: Reason, as_: As = None) -> None:
    """Set the look of a content aside: no match from now on, and every answer says so."""
    with installation():
        from clew.intake.parking import park as park_media
        from clew.site.local_office import officer_named

        park_media(officer_named(as_), media, reason)


@index.command("release")
@command(Permission.SIGNATURE_PARK, "intake:signature:release")
def release(parking: uuid.UUID, reason: Reason, as_: As = None) -> None:
    """Count a signature again that was set aside."""
    with installation():
        from clew.intake.parking import release as release_parking
        from clew.site.local_office import officer_named

        release_parking(officer_named(as_), parking, reason)
