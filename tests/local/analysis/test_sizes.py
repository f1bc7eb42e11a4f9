"""What the families take on disk, as they are installed: measured, and printed (`pytest -rP`).

Where the analysis server is not installed, these tests are skipped.
"""

import json
import subprocess

import pytest
from tests.local.analysis.running_server import MODELS, PYTHON, skip_unless_installed
from tests.local.analysis.test_families import FOLDER

from analysis import families
from analysis.install import is_complete
from analysis.translate.debian import APERTIUM
from analysis.weights import MODEL_FILES

pytestmark = pytest.mark.models

# files of each distribution in whole blocks of 4 KiB; what Python compiles later is not counted
PROGRAM = """
import json, sys
from importlib.metadata import PackageNotFoundError, distribution
sizes = {}
for name in sys.argv[1:]:
    try:
        files = distribution(name).files or ()
    except PackageNotFoundError:
        sizes[name] = None
        continue
    paths = {file.locate() for file in files if file.suffix != ".pyc"}
    sizes[name] = sum(-(-path.stat().st_size // 4096) * 4096 for path in paths if path.is_file())
print(json.dumps(sizes))
"""


def packages_of(chosen):
    lines = (
        line
        for family in chosen
        for line in (FOLDER / f"requirements-{family}.txt").read_text().splitlines()
    )
    pinned = {line.partition("==")[0] for line in lines if "==" in line}
    # the environment has it to set up models
    return sorted({*pinned, "pip"})


def bytes_of(chosen):
    """Bytes of the packages and of the model files of these families."""
    skip_unless_installed()
    command = [PYTHON, "-c", PROGRAM, *packages_of(chosen)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    sizes = json.loads(done.stdout)
    absent = sorted(name for name, size in sizes.items() if size is None)
    if absent or not is_complete(MODELS, chosen):
        pytest.skip(f"not all of {', '.join(chosen)} is installed: {', '.join(absent) or MODELS}")
    models = [MODELS / file.name for family in chosen for file in MODEL_FILES[family]]
    if "text" in chosen:
        models += [path for path in (MODELS / APERTIUM).rglob("*") if path.is_file()]
    return sum(sizes.values()), sum(path.stat().st_size for path in models)


@pytest.mark.parametrize(("chosen", "most"), [((families.CORE,), 200e6), (families.DEFAULT, 1.2e9)])
def test_families_take_no_more_than_is_said(chosen, most):
    packages, models = bytes_of(chosen)
    print(  # noqa: T201
        f"{', '.join(chosen)}: {packages / 1e6:.0f} MB of packages and {models / 1e6:.0f} MB of "
        "models"
    )
    assert packages + models <= most
