"""The benchmark of indexing measures what it says."""

import os
import subprocess
import sys

import pytest
from tests.benchmarks import indexing as benchmark


def test_the_pages_of_its_result_hold_as_many_labels_as_it_says():
    pages = [*benchmark.pages(2_500)]
    assert [len(page["Labels"]) for page in pages] == [1_000, 1_000, 500]


def test_it_says_that_it_needs_a_node():
    environment = {key: os.environ[key] for key in os.environ if key != "MIE_OPENSEARCH_URL"}
    done = subprocess.run(
        [sys.executable, benchmark.__file__], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "MIE_OPENSEARCH_URL" in done.stderr


@pytest.mark.opensearch
def test_it_runs_as_a_program_and_counts_what_it_wrote():
    if not os.environ.get("MIE_OPENSEARCH_URL"):
        pytest.skip("no node: MIE_OPENSEARCH_URL names none")
    shown = subprocess.run(
        [sys.executable, benchmark.__file__, "3000", "100"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout
    bulk, one_by_one, ratio = shown.splitlines()
    assert "3000 documents" in bulk
    assert "100 documents" in one_by_one
    assert ratio.split()[0] == "ratio"
