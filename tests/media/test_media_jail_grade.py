"""Grades of the jail: each wall is really taken away from a process, and what is then told, refused and still opened is looked at."""

import json
import os
import subprocess
import sys

import pytest
from made_files import encoded, picture
from outer_filters import FOLDER, REPOSITORY, run_under

from clew.media.examination import Examination
from clew.media.jail import Jail
from clew.media.jail_grade import FULL, GradeLevel, JailGrade, Wall, is_reduced_accepted

_EXAMINE = """
import json
from made_files import encoded, picture
from clew.media.examination import Unreadable
from clew.media.jail import Jail
from clew.media.jail_process import JailUnavailable
from clew.signatures.film_cell import CELL
try:
    with Jail(film_cell=CELL) as jail:
        found = jail.examine(encoded(picture(64, 48), "PNG"))
        print(json.dumps([jail.grade.level, list(jail.grade.missing), found.width]))
except JailUnavailable as refused:
    print(json.dumps([type(refused).__name__, refused.message]))
"""
_REDUCED = {
    "no landlock": ["landlock"],
    "landlock refused": ["landlock"],
    "landlock lies": ["landlock"],
    "no seccomp": ["seccomp"],
    "seccomp lies": ["seccomp"],
    "neither": ["landlock", "seccomp"],
}
_NONE = {"no limits": "limits", "limits lie": "limits", "rights lie": "no new rights"}


@pytest.fixture(scope="module")
def is_full_here():
    with Jail(accept_reduced=True) as jail:
        if not jail.grade.is_full:
            pytest.skip(f"the jail of this machine is {jail.grade.sentence}")


@pytest.mark.parametrize("machine", _REDUCED)
def test_a_machine_that_lacks_a_wall_opens_nothing_and_says_which(is_full_here, machine):
    done = run_under(machine, _EXAMINE)
    name, message = json.loads(done.stdout)
    assert name == "JailNotWhole"
    assert all(f"{wall} is missing" in message for wall in _REDUCED[machine])
    assert "CLEW_JAIL_REDUCED=accepted" in message


@pytest.mark.parametrize("machine", _REDUCED)
def test_where_a_reduced_jail_is_accepted_it_opens_files_and_tells_its_grade(is_full_here, machine):
    done = run_under(machine, _EXAMINE, CLEW_JAIL_REDUCED="accepted")
    assert json.loads(done.stdout) == ["reduced", _REDUCED[machine], 64], done.stderr


@pytest.mark.parametrize("machine", ["no other user", "user lies"])
def test_root_that_stays_root_is_a_missing_wall(is_full_here, machine):
    if os.geteuid():
        pytest.skip("only root has a user to give up")
    assert json.loads(run_under(machine, _EXAMINE).stdout)[0] == "JailNotWhole"
    done = run_under(machine, _EXAMINE, CLEW_JAIL_REDUCED="accepted")
    assert json.loads(done.stdout) == ["reduced", ["another user"], 64], done.stderr


@pytest.mark.parametrize("machine", _NONE)
def test_without_limits_or_the_lock_on_rights_nothing_is_opened_whatever_was_accepted(is_full_here, machine):
    if machine == "rights lie" and os.geteuid():
        pytest.skip("only root loads a filter without that lock")
    done = run_under(machine, _EXAMINE, CLEW_JAIL_REDUCED="accepted")
    name, message = json.loads(done.stdout)
    assert name == "JailNotWhole"
    assert f"none: {_NONE[machine]} is missing" in message


@pytest.mark.parametrize("value", ["yes", "1", "Accepted", "", "true"])
def test_only_the_one_word_accepts(value):
    assert not is_reduced_accepted({"CLEW_JAIL_REDUCED": value})
    assert not is_reduced_accepted({})
    assert is_reduced_accepted({"CLEW_JAIL_REDUCED": "accepted"})


def test_a_reduced_cell_without_a_filter_still_has_limits_and_landlock(is_full_here):
    program = """
import json
from clew.media.jail import Jail
from clew.media.examination import Unreadable
from jail_inmates import file_for
with Jail(cell="jail_inmates:acting", cell_folders=[outer_filters.FOLDER], memory_bytes_max=256 * 1024 * 1024,
          cpu_seconds_max=1, wall_seconds_max=3, accept_reduced=True) as jail:
    acts = ("open_file", "list_folder", "write_file", "allocate", "spin", "become_root", "sleep")
    told = {act: isinstance(jail.examine(file_for(act)), Unreadable) for act in acts}
    print(json.dumps([jail.grade.missing, told, jail.cost.templates]))
"""
    missing, told, templates = json.loads(run_under("no seccomp", program).stdout)
    assert missing == ["seccomp"]
    assert all(told.values()), told
    assert templates == 1


def test_a_missing_library_is_a_missing_wall():
    program = (
        f"import sys; sys.path[:0] = [{REPOSITORY!r}, {FOLDER!r}]; sys.modules['pyseccomp'] = None\n"
        "from clew.media.jail_walls import Walls; from clew.media.jail_trial import missing_walls\n"
        "from clew.media.jail_wire import JailLimits; print(missing_walls(Walls.prepared(JailLimits())))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "'seccomp'" in told


def test_a_grade_says_what_is_missing_and_what_that_means():
    reduced = JailGrade((Wall.LANDLOCK.value,))
    assert (FULL.level, FULL.is_full) == (GradeLevel.FULL, True)
    assert (reduced.level, reduced.is_full) == (GradeLevel.REDUCED, False)
    assert reduced.sentence == "reduced: landlock is missing (only the filter of system calls keeps it from files)"
    assert JailGrade(("limits", "landlock")).level is GradeLevel.NONE
    assert not reduced.opens_files(is_reduced_accepted=False)
    assert reduced.opens_files(is_reduced_accepted=True)
    assert not JailGrade(("limits",)).opens_files(is_reduced_accepted=True)


def test_what_cells_cost_is_counted():
    with Jail() as jail:
        assert (jail.cost.cells, jail.cost.templates) == (0, 1)
        assert isinstance(jail.examine(encoded(picture(64, 48), "PNG")), Examination)
        assert (jail.cost.cells, jail.cost.templates) == (1, 1)
        assert jail.cost.memory_bytes_max > 2**20
