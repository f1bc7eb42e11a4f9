"""How long the layer's modules take to import, as ratios to what no Lambda can do without.

    python tests/benchmarks/import_time.py [rounds]

Every measurement is a new process with Lambda's own environment; the best of the rounds counts,
less the start of an empty interpreter. A cold start pays this before it does anything for its
caller.
"""

import subprocess
import sys
import time
from pathlib import Path

from lambda_environment import LAMBDA

ROOT = Path(__file__).parents[2]
LIB = ROOT / "source/lib"
HELPER = "MediaInsightsEngineLambdaHelper"
YARDSTICKS = ("json", "boto3")


def modules() -> list[str]:
    """The layer's modules, packages included."""
    found = [
        ".".join(path.relative_to(LIB).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((LIB / "mie").rglob("*.py"))
    ]
    return [*found, HELPER]


def seconds(module: str | None, rounds: int) -> float:
    """The best time of a process that imports the module; of an empty one for None."""
    paths = [str(LIB), str(LIB / HELPER)]
    code = f"import sys; sys.path[:0] = {paths!r}" + (f"; import {module}" if module else "")
    return min(_timed([sys.executable, "-I", "-c", code]) for _ in range(rounds))


def _timed(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, env=LAMBDA)
    return time.perf_counter() - begun


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    empty = seconds(None, rounds)
    yardsticks = {name: max(seconds(name, rounds) - empty, 1e-4) for name in YARDSTICKS}
    print(f"{'module':44}{'ms':>8}" + "".join(f"{'/ ' + name:>10}" for name in YARDSTICKS))
    for name in (*YARDSTICKS, *modules()):
        cost = max(seconds(name, rounds) - empty, 0.0)
        ratios = "".join(f"{cost / yardstick:>10.2f}" for yardstick in yardsticks.values())
        print(f"{name:44}{cost * 1000:>8.1f}{ratios}")


if __name__ == "__main__":
    main()
