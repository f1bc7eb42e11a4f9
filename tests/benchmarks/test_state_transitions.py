"""The limits that a run's cost must keep; they are counts and hold on every machine."""

import subprocess
import sys

from tests.benchmarks import state_transitions as benchmark


def test_two_stages_of_five_sync_operators_cost_at_most_24_states_and_12_lambdas():
    cost = benchmark.two_stages_of_five_sync_operators()
    assert cost.states <= 24
    assert cost.lambdas <= 12


def test_every_one_of_the_ten_operators_was_counted():
    # ten operators with a filter and a task, two stages with their roll-up: fewer cannot be
    assert benchmark.two_stages_of_five_sync_operators() == benchmark.Cost(24, 12)


def test_half_an_hour_of_waiting_costs_about_a_hundred_states():
    cost = benchmark.one_async_operator_of_half_an_hour()
    assert cost.states <= 115
    assert cost.lambdas <= 40


def test_half_an_hour_is_noticed_within_a_minute():
    waited = benchmark.one_async_operator_of_half_an_hour().waited
    assert benchmark.JOB_SECONDS <= waited < benchmark.JOB_SECONDS + 60


def test_the_benchmark_runs_as_a_program_and_prints_both_limits():
    shown = subprocess.run(
        [sys.executable, benchmark.__file__], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "24" in shown
    assert "12" in shown
