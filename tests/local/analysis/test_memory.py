"""Freed memory goes back to the system, and is given back when much of it was freed."""

import ctypes
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.local.analysis.running_server import MODELS, PYTHON, skip_unless_installed

from analysis import memory, models
from analysis.jobs import Jobs
from analysis.models import Models
from analysis.pool import Loadable

LOCAL = Path(memory.__file__).parents[1]
TAKEN = """
import re
import sys
from pathlib import Path
from analysis import memory

def taken():
    text = Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(r"^Anonymous: +(\\d+) kB", text, re.MULTILINE)[1]) // 1_024
"""
# a hundred megabytes are freed below what is still used
FREEING = f"""{TAKEN}
before = taken()
blocks = [bytes(10_000) for _ in range(10_000)]
kept = blocks[-1]
del blocks
freed = taken()
memory.give_back()
print(before, freed, taken())
"""
# one model is held at a time, and what it needs of the packages is there before
HOLDING = f"""{TAKEN}
import ctranslate2
import onnxruntime
from analysis.models import Models, start_session
from analysis.speech.loading import whisper

models = Models(Path(sys.argv[1]))
small = start_session(models.path("blazeface.onnx"), 1)
memory.give_back()
before = taken()
session = start_session(models.path("open-nsfw.onnx"), 1)
memory.give_back()
pictures = taken() - before
with models.use(whisper(models)):
    memory.give_back()
    print(pictures, taken() - before - pictures)
"""
# the server ends at once, because another one has its port, and a large array follows
ARRAY = """
import socket
import sys
from pathlib import Path
from analysis.__main__ import main

with socket.create_server(("127.0.0.1", 0)) as taken:
    port = str(taken.getsockname()[1])
    folders = ("--models", sys.argv[1], "--state", sys.argv[1])
    ended = main(["--port", port, "--s3-endpoint", "http://127.0.0.1:1", *folders])
import numpy
array = numpy.ones(10_000_000)
# the flag of memory for which huge pages are asked for
print(ended, Path("/proc/self/smaps").read_text().count(" hg"))
"""
telling = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim") or not Path("/proc/self/smaps_rollup").exists(),
    reason="this C library keeps what is freed, or the system does not tell what a process has",
)


def run(program, *arguments, python=sys.executable):
    """The numbers that a program prints."""
    command = [python, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, cwd=LOCAL, stdout=subprocess.PIPE, text=True, check=True)
    return map(int, done.stdout.split())


@pytest.fixture
def given_back(monkeypatch):
    told = threading.Event()
    monkeypatch.setattr(memory, "give_back", told.set)
    return told


@telling
def test_what_is_freed_goes_back_to_the_system():
    before, freed, after = run(FREEING)
    assert freed - before > 90
    assert after - before < 10


@telling
def test_the_server_asks_for_no_huge_pages(tmp_path):
    ended, huge = run(ARRAY, tmp_path)
    assert (ended, huge) == (1, 0)


@telling
@pytest.mark.models
def test_a_model_takes_no_more_than_its_weights_and_a_little():
    skip_unless_installed()
    pictures, speech = run(HOLDING, MODELS, python=PYTHON)
    assert pictures < 35
    assert speech < 150


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
