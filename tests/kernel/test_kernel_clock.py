"""The clock stands still where a test asks for it, and runs again afterwards."""

import datetime as dt

import pytest

from clew.kernel.clock import frozen_at, now


def test_the_clock_stands_at_a_moment_and_runs_again():
    moment = dt.datetime(2031, 5, 1, 12, tzinfo=dt.UTC)
    with frozen_at(moment):
        assert now() == moment
        with frozen_at(moment + dt.timedelta(days=1)):
            assert now() == moment + dt.timedelta(days=1)
        assert now() == moment
    assert now() != moment
    assert now().tzinfo is dt.UTC


def test_the_clock_runs_again_after_an_error():
    moment = dt.datetime(2031, 5, 1, tzinfo=dt.UTC)
    with pytest.raises(RuntimeError), frozen_at(moment):
        raise RuntimeError
    assert now() != moment
