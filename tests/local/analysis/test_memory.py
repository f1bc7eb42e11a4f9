"""Freed memory goes back to the system, and is given back when much of it was freed."""

import ctypes
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from analysis import memory, models
from analysis.jobs import Jobs
from analysis.models import Models
from analysis.pool import Loadable

LOCAL = Path(memory.__file__).parents[1]
# a hundred megabytes are freed below what is still used
PROGRAM = """
import re
from pathlib import Path
from analysis import memory

def taken():
    text = Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(r"^Rss: +(\\d+) kB", text, re.MULTILINE)[1]) // 1_024

before = taken()
blocks = [bytes(10_000) for _ in range(10_000)]
kept = blocks[-1]
del blocks
freed = taken()
memory.give_back()
print(before, freed, taken())
"""


@pytest.fixture
def given_back(monkeypatch):
    told = threading.Event()
    monkeypatch.setattr(memory, "give_back", told.set)
    return told


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim") or not Path("/proc/self/smaps_rollup").exists(),
    reason="this C library keeps what is freed, or the system does not tell what a process has",
)
def test_what_is_freed_goes_back_to_the_system():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=LOCAL, capture_output=True, text=True, check=True
    )
    before, freed, after = map(int, done.stdout.split())
    assert freed - before > 90
    assert after - before < 10


def test_where_the_c_library_cannot_do_it_nothing_happens(monkeypatch):
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    memory.give_back()


def test_models_that_are_dropped_give_their_memory_back(given_back, monkeypatch, tmp_path):
    monkeypatch.setattr(models, "_IDLE_SECONDS", 0)
    monkeypatch.setattr(models, "_LOOK_SECONDS", 0.01)
    own = Models(tmp_path)
    with own.use(Loadable("vision/any", 10, object)):
        pass
    own.watch()
    assert given_back.wait(30)
    own.close()


def test_a_job_that_is_done_gives_its_memory_back(given_back, tmp_path):
    own = Jobs(tmp_path / "jobs")
    own.register("labels", lambda _: {"Labels": []})
    own.resume()
    own.start("labels", {})
    assert given_back.wait(30)
    own.close()
