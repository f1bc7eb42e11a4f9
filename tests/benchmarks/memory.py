"""What memory a local stack takes, before, while and after a video is analysed.

    python tests/benchmarks/memory.py [--seconds 60] [--wait 300]

Starts a stack of its own with search (MIE_LOCAL_MODELS says with which models), sends a video with
faces, texts and speech through CasVideoWorkflow, and removes the stack. Memory is the proportional
set size: pages that processes share are counted once. Needs Linux, which alone tells it.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "source/local"), str(ROOT / "source/lib")]

from tests.deployed.local_stack import Stack  # noqa: E402
from tests.fakes import clips, speech  # noqa: E402

from laptop import processes  # noqa: E402
from laptop.plans import looked_at_often  # noqa: E402
from laptop.servers import SERVERS  # noqa: E402

STATE = ROOT / ".mie" / "memory-benchmark"
WORKFLOW = "CasVideoWorkflow"
# server -> what its children are to the table
CHILDREN = {
    "ministack": "Lambda workers",
    "analysis": "programs of analysis",
    "opensearch": "programs of search",
}
# in megabytes: right after the video, and five minutes later
GOALS = {"at the end": 1_500, "5 min later": 600}
_SAMPLE_SECONDS = 0.5

Memory = Mapping[str, float]


def main(seconds: int, wait: int) -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        sys.exit("this system does not tell the proportional set size of a process")
    environment = {**os.environ, "MIE_STATE": str(STATE), "MIE_SEARCH": "on"}
    script = str(ROOT / "deployment" / "run-local.sh")
    try:
        subprocess.run([script, "up"], env=environment, check=True)
        measured = measure(seconds, wait)
    finally:
        subprocess.run([script, "destroy"], env=environment, check=True)
    print("\n".join(table(measured)))


def measure(seconds: int, wait: int) -> dict[str, Memory]:
    """Moment -> megabytes by kind of process."""
    stack = _stack()
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "video.mp4"
        sound = video.with_name("sound.wav")
        speech.speak(sound, speech.SENTENCES * (1 + seconds // 10))
        clips.moving_stills(video, seconds, sound)
        before = memory()
        samples = _run(stack, video)
    ended = time.monotonic()
    measured = {
        "before": before,
        "peak": max(samples, key=lambda one: sum(one.values())),
        "at the end": memory(),
    }
    for later in sorted({60, wait}):
        if later <= wait:
            time.sleep(max(0, ended + later - time.monotonic()))
            measured[f"{later / 60:g} min later"] = memory()
    return measured


def memory() -> Memory:
    """Megabytes by kind of process, of the stack as it is now."""
    found: Counter[str] = Counter()
    for server, process in processes.find(SERVERS, STATE).items():
        found[server] += proportional_set_size(process.pid)
        for child in psutil.Process(process.pid).children(recursive=True):
            found[CHILDREN[server]] += proportional_set_size(child.pid)
    return found


def proportional_set_size(pid: int) -> float:
    """In megabytes; 0 for a process that has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    size = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
    # a process that has ended, and that nobody has taken notice of, has no pages
    return int(size[1]) / 1_024 if size else 0


def table(measured: Mapping[str, Memory]) -> Iterable[str]:
    kinds = [one for server in SERVERS for one in (server, CHILDREN[server])]
    yield f"{'MB':22}" + "".join(f"{moment:>13}" for moment in measured)
    for kind in kinds:
        if any(one.get(kind) for one in measured.values()):
            yield f"{kind:22}" + "".join(f"{one.get(kind, 0):13.0f}" for one in measured.values())
    yield f"{'all':22}" + "".join(f"{sum(one.values()):13.0f}" for one in measured.values())
    yield f"{'goal':22}" + "".join(f"{GOALS.get(moment, ''):>13}" for moment in measured)


def _run(stack: Stack, video: Path) -> list[Memory]:
    """What is taken while the workflow runs, and once at its end."""
    definition = stack.workflow.request("GET", f"/workflow/{WORKFLOW}").json
    began = time.monotonic()
    execution = stack.start(WORKFLOW, "Video", video, looked_at_often(definition["Stages"], {}))
    samples = []
    while execution["Status"] not in ("Complete", "Error"):
        samples.append(memory())
        time.sleep(_SAMPLE_SECONDS)
        path = f"/workflow/execution/{execution['Id']}"
        execution = stack.workflow.request("GET", path).json
    said = execution.get("Message", "")
    print(f"{WORKFLOW}: {execution['Status']} after {time.monotonic() - began:.0f} s {said}")
    return [*samples, memory()]


def _stack() -> Stack:
    return Stack.of(json.loads((STATE / "local.json").read_text()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Prints the memory that a local stack takes.")
    parser.add_argument("--seconds", type=int, default=60, help="length of the video")
    parser.add_argument("--wait", type=int, default=300, help="seconds until the last look")
    options = parser.parse_args()
    main(options.seconds, options.wait)
