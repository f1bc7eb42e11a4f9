"""How long the Workflow API takes to import, as a ratio to the packages that it works with.

    python tests/benchmarks/api_import_time.py [rounds]

Every measurement is a new process with Lambda's own environment; the best of the rounds counts,
less the start of an empty interpreter. The ratio should stay below 0.3: the packages are imported
by the first request that needs them, so that a cold start answers sooner.
"""

import subprocess
import sys
import time
from pathlib import Path

from lambda_environment import LAMBDA

ROOT = Path(__file__).parents[2]
PATHS = [str(ROOT / "source" / "lib"), str(ROOT / "source" / "workflowapi")]
STATEMENTS = {
    "an empty process": "",
    "the packages": "import chalice, boto3, jsonschema, aws_xray_sdk",
    "chalice alone": "import chalice",
    "the Workflow API": f"import sys; sys.path[:0] = {PATHS!r}; import app",
}
HIGHEST_RATIO = 0.3


def measure(rounds: int) -> dict[str, float]:
    """The best seconds of each statement; taken in turns, so that a busy minute hits all alike."""
    timed: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(rounds):
        for name, statement in STATEMENTS.items():
            timed[name].append(_seconds(statement))
    return {name: min(times) for name, times in timed.items()}


def _seconds(statement: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", statement], check=True, env=LAMBDA)
    return time.perf_counter() - begun


def main() -> None:
    best = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
    empty = best["an empty process"]
    for name, seconds in best.items():
        print(f"{name:20}{(seconds - empty) * 1000:>8.1f} ms")
    ratio = (best["the Workflow API"] - empty) / (best["the packages"] - empty)
    print(f"{'ratio':20}{ratio:>8.2f} of at most {HIGHEST_RATIO}")


if __name__ == "__main__":
    main()
