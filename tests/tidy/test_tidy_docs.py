"""House rule: what is in the code is in the docs, and every public name says what it is for."""

import ast
import re

import pytest
from house import MODULES, ROOT, relative

REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_every_module_opens_with_a_paragraph(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_every_public_function_and_class_says_what_it_is_for(path):
    tree = ast.parse(path.read_text())
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert bare == []


def test_every_setting_is_in_the_reference():
    settings = set()
    for path in MODULES:
        settings |= set(re.findall(r"environ(?:\.get)?[\[(]\s*\"(CLEW_[A-Z_]+)\"", path.read_text()))
    text = (REFERENCE / "settings.md").read_text()
    assert [name for name in sorted(settings) if f"`{name}`" not in text] == []


def test_every_permission_is_in_the_reference():
    from clew.access.permissions import Permission

    text = (REFERENCE / "permissions.md").read_text()
    assert [p.value for p in Permission if f"`{p.value}`" not in text] == []
    assert [p.value for p in Permission] == sorted(p.value for p in Permission) or [
        p.name for p in Permission
    ] == sorted(p.name for p in Permission)


def test_every_room_is_in_the_reference():
    text = (REFERENCE / "house.md").read_text()
    rooms = [path.name for path in (ROOT / "clew").iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if f"`{room}`" not in text] == []


def test_every_error_has_a_sentence_for_its_message():
    from clew.kernel.errors import ClewError

    for kind in _all_subclasses(ClewError):
        assert kind.__doc__, kind
        assert kind.__doc__.strip().endswith((".", "}")), kind


def _all_subclasses(kind):
    return {kind} | {below for child in kind.__subclasses__() for below in _all_subclasses(child)}


def test_the_table_of_doors_is_that_of_the_code(installation):
    from clew.site.doors_table import table

    assert (REFERENCE / "doors.md").read_text() == table()
