"""House rule: small files, short functions."""

import ast
import statistics

import pytest
from house import MODULES, functions_of, relative

FILE_LINES_MAX = 400
FILE_LINES_MEDIAN_MAX = 110
FUNCTION_LINES_MAX = 60


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_file_is_too_long(path):
    assert len(path.read_text().splitlines()) <= FILE_LINES_MAX


def test_the_median_file_is_short():
    lengths = [len(path.read_text().splitlines()) for path in MODULES if path.name != "__init__.py"]
    assert statistics.median(lengths) <= FILE_LINES_MEDIAN_MAX


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_function_is_too_long(path):
    long = [
        (function.name, function.end_lineno - function.lineno + 1)
        for function in functions_of(ast.parse(path.read_text()))
        if function.end_lineno - function.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert long == []
