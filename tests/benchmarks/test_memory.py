import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.benchmarks import memory


def test_the_table_has_what_each_kind_of_process_takes_and_the_goals():
    before = {"ministack": 80.0, "opensearch": 200.0}
    end = {**before, "Lambda workers": 640.2, "analysis": 379.9}
    lines = [line.split() for line in memory.table({"before": before, "at the end": end})]
    assert lines == [
        ["MB", "before", "at", "the", "end"],
        ["ministack", "80", "80"],
        ["Lambda", "workers", "0", "640"],
        ["analysis", "0", "380"],
        ["opensearch", "200", "200"],
        ["all", "280", "1300"],
        ["goal", "1500"],
    ]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system tells nothing")
def test_a_process_has_pages_and_one_that_has_ended_has_none():
    assert memory.proportional_set_size(os.getpid()) > 5
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert memory.proportional_set_size(child.pid) == 0
