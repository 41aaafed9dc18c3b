"""`clew scheme`: listing, confirming, choosing, importing, as an administrator and nobody else."""

import os
import subprocess
import sys

import pytest

ROWS = "id,parent,section,label,definition,version,languages\nroom,,Elements,Room,A room.,1,en\n"


@pytest.fixture
def clew(world):
    """Runs `clew …` as Norway's national administrator, or as another officer."""
    from clew.access.actions import enlist_officer

    enlist_officer(
        world.units["NO"],
        username="no.admin",
        name="Admin",
        roles=("national_administrator",),
        password="a long password",
    )

    def run(*words, officer="no.admin"):
        return subprocess.run(
            [sys.executable, "-m", "clew", "scheme", *map(str, words)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "CLEW_OFFICER": officer},
        )

    return run


def test_schemes_are_listed_confirmed_and_chosen(clew, world):
    from clew.review.schemes import desk_schemes

    listed = clew("list").stdout
    assert "to be confirmed" in next(line for line in listed.splitlines() if line.startswith("caid"))
    grounds = ("--grounds", "The profile of our force, edition of 2026.")
    assert clew("confirm", "caid", "1", *grounds, officer="no.officer").returncode == 2
    assert clew("confirm", "caid", "1", *grounds).returncode == 0
    assert "already" in clew("confirm", "caid", "1", *grounds).stderr
    assert clew("choose", "caid/1", "baseline/1").returncode == 0
    assert [one.key for one in desk_schemes(world.officer("NO"))] == ["caid", "baseline"]


def test_a_taxonomy_is_imported_whole_or_refused_with_the_place(clew, world, tmp_path):
    from clew.review.taxonomies import taxonomy_for

    good, bad = tmp_path / "own.csv", tmp_path / "bad.csv"
    good.write_text(ROWS)
    bad.write_text(ROWS + "x,nowhere,Elements,X,An x.,1,en\n")
    refused = clew("import", bad)
    assert (refused.returncode, "at line 3" in refused.stderr) == (2, True)
    assert clew("import", good, officer="no.officer").returncode == 2
    assert "No such file" in clew("import", tmp_path / "none.csv").stderr
    assert taxonomy_for(world.officer("NO"), "own") is None
    assert "own, version 1: 1 labels." in clew("import", good).stdout
    assert taxonomy_for(world.officer("NO"), "own").label("room").label == "Room"
