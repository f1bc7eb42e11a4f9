"""The limits of what storing a result in pages writes and reads."""

import subprocess
import sys

import pytest
from tests.benchmarks import page_bytes as benchmark


@pytest.mark.parametrize("numbered", [True, False])
def test_sixty_pages_write_little_more_than_their_bytes_and_read_next_to_nothing(numbered):
    cost = benchmark.cost_of(benchmark.PAGES, numbered=numbered)
    assert cost.payload > 17_000_000
    assert cost.ratio <= 1.1
    # the list of the pages, once, and the newest one's key with each
    assert cost.storing.read < 0.01 * cost.payload


def test_pages_are_put_together_with_their_bytes_once_outside_of_requests():
    cost = benchmark.cost_of(20)
    assert cost.together.written <= 1.01 * cost.payload
    assert cost.together.read <= 1.01 * cost.payload
    assert cost.ratio_in_all <= 2.1


@pytest.mark.parametrize("numbered", [True, False])
def test_a_page_costs_the_same_requests_however_many_there_are(numbered):
    few, many = (benchmark.cost_of(pages, 100, numbered=numbered) for pages in (10, 40))
    assert many.storing.requests - few.storing.requests == 30 * (1 if numbered else 2)


def test_pages_with_numbers_are_read_for_their_bytes():
    cost = benchmark.cost_of(20)
    assert cost.reading.read <= 1.01 * cost.payload


def test_every_byte_that_is_written_or_read_is_counted():
    with benchmark._ports() as (ports, _), benchmark.counting() as traffic:
        ports.objects.put("k", b"x" * 1000)
        # with the checksum that the SDK sends behind it
        assert 1000 <= traffic.written < 1100
        assert traffic.requests == 1
        before = traffic.read
        ports.objects.get("k")
        assert traffic.read - before == 1000
        list(ports.objects.keys("k"))
        assert traffic.read - before > 1100
        assert traffic.requests == 3


def test_the_benchmark_runs_as_a_program_and_prints_every_row():
    shown = subprocess.run(
        [sys.executable, benchmark.__file__],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    assert len(shown.splitlines()) == 4
