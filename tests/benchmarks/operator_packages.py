"""What each operator's Lambda package weighs, and how long a cold start imports it.

    python tests/benchmarks/operator_packages.py [rounds]

Sizes are those of the zip and of its files unpacked, packages of requirements.txt included; the
layer is the same for all. Times are the best of the rounds in new processes without environment,
less the start of an interpreter that has imported the layer's helper library.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "deployment"), str(ROOT / "source" / "lib")]

from mie_build import operator_library, operator_manifests, packages  # noqa: E402
from mie_build.dependencies import Target  # noqa: E402
from mie_build.packages import Package  # noqa: E402

HELPER = "MediaInsightsEngineLambdaHelper"
LAYER = [str(ROOT / "source" / "lib"), str(ROOT / "source" / "lib" / HELPER)]
# Parts of the engine and of its APIs, which no operator needs.
FORBIDDEN = frozenset({"chalice", "jsonschema", "mie.engine"})


def operator_packages() -> dict[str, Package]:
    """The packages of all manifests, and the one that is written by hand."""
    folder = ROOT / "source" / "operators"
    by_hand = "generic_data_lookup"
    file = folder / "rekognition" / f"{by_hand}.py"
    declared = operator_library.packages(operator_manifests.load_manifests(folder))
    return {
        **{one[0]: Package(*one) for one in declared},
        by_hand: Package(by_hand, {file.name: file}),
    }


def handlers() -> dict[str, list[str]]:
    """Package -> the modules that hold its handlers."""
    found: dict[str, set[str]] = {
        "generic_data_lookup": {"generic_data_lookup"},
        "test_operations": {"test"},
    }
    for manifest in operator_manifests.load_manifests(ROOT / "source" / "operators"):
        for operator in manifest.operators:
            for function in operator.functions:
                found.setdefault(function.package, set()).add(function.module)
    return {name: sorted(modules) for name, modules in found.items()}


@contextmanager
def unpacked(package: Package) -> Iterator[Path]:
    """A folder with the package's own files, and nothing of its neighbours."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, source in package.files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / file)
        yield folder


def imported(folder: Path, module: str) -> set[str]:
    """What is in a process without environment that has imported a handler's module."""
    code = f"{_paths(folder)}; import {module}, json; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], env={}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr}")
    return set(json.loads(done.stdout))


def import_seconds(folder: Path, module: str, rounds: int) -> float:
    helper = f"{_paths(folder)}; import {HELPER}"
    both = [(helper, []), (f"{helper}; import {module}", [])]
    for _ in range(rounds):
        for code, times in both:
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-I", "-c", code], check=True, env={})
            times.append(time.perf_counter() - begun)
    without, with_module = (min(times) for _, times in both)
    return max(with_module - without, 0.0)


def measure(package: Package, modules: list[str], rounds: int) -> tuple[int, int, float]:
    """Bytes of the zip as it is built for this machine and of its files, seconds of its import."""
    with tempfile.TemporaryDirectory() as name:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        target = Target(version, linux=False)
        packages.build([package], Path(name), target, ROOT / ".mie" / "packages")
        archive, folder = Path(name) / f"{package.name}.zip", Path(name) / "files"
        shutil.unpack_archive(archive, folder)
        files = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
        slowest = max(import_seconds(folder, one, rounds) for one in modules)
        return archive.stat().st_size, files, slowest


def table(rows: Mapping[str, tuple[int, int, float]]) -> str:
    """rows: package -> bytes of the zip, bytes of its files, seconds."""
    head = f"{'package':34}{'zip':>12}{'unpacked':>12}{'import':>10}"
    lines = [
        f"{name:34}{zipped / 1024:>9.1f} kB{files / 1024:>9.1f} kB{seconds * 1000:>7.1f} ms"
        for name, (zipped, files, seconds) in sorted(rows.items())
    ]
    return "\n".join([head, *lines])


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    modules = handlers()
    rows = {
        name: measure(package, modules[name], rounds)
        for name, package in operator_packages().items()
    }
    print(table(rows))


def _paths(folder: Path) -> str:
    return f"import sys; sys.path[:0] = {[str(folder), *LAYER]!r}"


if __name__ == "__main__":
    main()
