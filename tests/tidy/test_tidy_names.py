"""House rule: names are the field's, and files are roles."""

import ast
import re

import pytest
from house import MODULES, ROOT, relative, tracked_files

FORBIDDEN_STEMS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
FORBIDDEN_VARIABLES = {"data", "info", "obj", "item"}
# Spelled in two halves so that this file does not break its own rule.
FORBIDDEN_WORDS = re.compile(
    "child " + "porn|kiddie " + "porn|TO" + "DO|FIX" + "ME|NotImplemented" + "Error", re.IGNORECASE
)
REGISTRY_ADDRESS = re.compile(
    r"(index-url|resolved|find-links).*://|files\.python" + r"hosted|registry\.npm" + r"js|pypi\." + "org"
)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_file_has_a_name_that_says_nothing(path):
    assert path.stem not in FORBIDDEN_STEMS
    assert path.parent.name not in FORBIDDEN_STEMS


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_variable_has_a_name_that_says_nothing(path):
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    assert names & FORBIDDEN_VARIABLES == set()


def test_no_file_uses_a_word_the_terminology_guidelines_rule_out_or_leaves_work_undone():
    found = [
        relative(path)
        for path in tracked_files()
        if relative(path).startswith(("clew/", "docs/", "tests/", "README.md"))
        and FORBIDDEN_WORDS.search(path.read_text(errors="replace"))
    ]
    assert found == []


def test_no_file_names_a_package_registry():
    # The rule's own file must spell what it looks for.
    others = [path for path in tracked_files() if path.name != "test_tidy_names.py"]
    found = [relative(path) for path in others if REGISTRY_ADDRESS.search(path.read_text(errors="replace"))]
    assert found == []


def test_every_room_is_a_folder_of_the_house():
    rooms = {path.name for path in (ROOT / "clew").iterdir() if path.is_dir() and path.name != "__pycache__"}
    declared = re.search(r"layers = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), re.DOTALL)
    assert rooms == set(re.findall(r'"(\w+)"', declared.group(1)))
