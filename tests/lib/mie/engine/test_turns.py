"""Whose turn it is."""

import pytest

from mie.engine.turns import SECONDS_BETWEEN_SWEEPS, some


@pytest.mark.parametrize("number", [1, 2, 3, 4, 7])
def test_each_has_its_turn_and_is_the_first_once(number):
    sweeps = [some(range(number), 3, minute * SECONDS_BETWEEN_SWEEPS) for minute in range(3 * 7)]
    assert {one for sweep in sweeps for one in sweep} == set(range(number))
    assert all(len(set(sweep)) == min(number, 3) for sweep in sweeps)
    if number <= 3:
        assert {sweep[0] for sweep in sweeps} == set(range(number))


def test_of_nothing_there_is_nothing():
    assert some([], 3, 60.0) == []
