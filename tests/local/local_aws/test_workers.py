"""Which processes of Lambda functions end, and that those that work are left alone."""

from dataclasses import dataclass

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local_aws import workers

NOW = 1_000_000.0


@dataclass
class Worker:
    last_used: float
    in_use: bool = False


def idle_for(*seconds):
    return [Worker(NOW - one) for one in seconds]


def test_a_process_that_was_just_used_stays():
    assert workers.superfluous(idle_for(0, 60), NOW) == []


def test_a_process_that_is_idle_for_minutes_ends_though_it_is_the_only_one():
    (only,) = idle_for(180)
    assert workers.superfluous([only], NOW) == [only]


def test_a_process_that_works_stays_however_long():
    assert workers.superfluous([Worker(NOW - 900, in_use=True)], NOW) == []


def test_of_many_idle_ones_those_last_used_stay():
    many = idle_for(*range(30, 70))
    ended = workers.superfluous(reversed(many), NOW)
    assert len(ended) == len(many) - 14
    assert max(one.last_used for one in ended) < min(
        one.last_used for one in many if one not in ended
    )


def test_many_that_are_called_again_and_again_all_stay():
    assert workers.superfluous(idle_for(*range(9), *range(9), *range(9)), NOW) == []


@pytest.fixture
def killed(monkeypatch):
    """What MiniStack, with its reaper replaced, was told to end."""
    found = []
    for name in ("release_worker", "reap_idle_workers"):
        monkeypatch.setattr(lambda_svc, name, getattr(lambda_svc, name))
    monkeypatch.setattr(lambda_runtime, "kill_workers", found.extend)
    monkeypatch.setattr(lambda_runtime, "_workers", {})
    monkeypatch.setattr(workers.time, "time", lambda: NOW)
    workers.enforce()
    return found


def test_a_function_whose_processes_all_end_is_forgotten_until_it_is_called_again(killed):
    old, new, busy = Worker(NOW - 500), Worker(NOW - 5), Worker(NOW - 500, in_use=True)
    lambda_runtime._workers.update(label=[old], face=[new, busy])
    assert lambda_svc.reap_idle_workers() == 1
    assert killed == [old]
    assert lambda_runtime._workers == {"face": [new, busy]}


def test_a_process_is_idle_from_the_end_of_its_invocation(killed):
    worker = Worker(NOW - 500, in_use=True)
    lambda_runtime._workers["label"] = [worker]
    lambda_svc.release_worker(worker)
    assert not worker.in_use
    lambda_svc.reap_idle_workers()
    assert killed == []


def test_an_invocation_without_a_process_is_released_as_before(killed):
    lambda_svc.release_worker(None)
    assert killed == []
