"""The import rule of the source tree, and what its modules may do while they are imported."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.architecture import source_rules as rules

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "source"
LIB = SOURCE / "lib"
HELPER_ROOT = LIB / rules.HELPER
HELPER_INIT = HELPER_ROOT / rules.HELPER / "__init__.py"
OPERATORS = SOURCE / "operators"

# Lambda folders: what lies in one is at the root of its zip.
LAMBDA_FOLDERS = sorted(
    {
        *(SOURCE / name for name in ("workflow", "workflowapi", "workflowstream")),
        *(SOURCE / name for name in ("dataplaneapi", "dataplanecopy", "dataplanestream")),
        *(path.parent for path in (SOURCE / "consumers").glob("*/*.py")),
        *(path.parent for path in OPERATORS.glob("*/*.py")),
    }
)


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def family_of(path: Path) -> Path:
    """The folder that an operator's file is packaged with: source/operators/<family>."""
    return OPERATORS / path.relative_to(OPERATORS).parts[0]


def module_names(folder: Path) -> frozenset[str]:
    """What a file in the folder can import by its bare name, the folder's own name included."""
    files = {path.stem for path in folder.glob("*.py")}
    packages = {path.name for path in folder.iterdir() if path.is_dir()}
    return frozenset(files | packages | {folder.name}) - {"__init__", "__pycache__"}


def violations_of_operator(path: Path) -> list[str]:
    own = family_of(path)
    others = (
        folder for folder in OPERATORS.iterdir() if folder.is_dir() and folder.resolve() != own
    )
    return rules.operator_violations(
        path.read_text(),
        own_modules=module_names(own),
        other_modules=frozenset().union(*map(module_names, others)),
        declared=rules.declared_packages(
            LIB / "requirements.txt", own / "requirements.txt", path.parent / "requirements.txt"
        )
        | {"boto3", "botocore"},
        helper_names=rules.public_names(HELPER_INIT.read_text()),
    )


def parametrize_files(*folders: Path) -> pytest.MarkDecorator:
    files = [path for folder in folders if folder.exists() for path in files_below(folder)]
    return pytest.mark.parametrize("path", files, ids=[shown(path) for path in files])


@parametrize_files(LIB / "mie/core")
def test_core_is_the_standard_library_and_itself(path):
    assert rules.core_violations(path.read_text()) == []


@parametrize_files(LIB / "mie/engine")
def test_engine_knows_no_aws_no_http_and_no_environment(path):
    assert rules.engine_violations(path.read_text()) == []


@parametrize_files(LIB / "mie/adapters")
def test_adapters_use_core_and_never_engine(path):
    assert rules.adapter_violations(path.read_text()) == []


@parametrize_files(OPERATORS)
def test_an_operator_uses_the_helper_layer_and_its_own_folder(path):
    assert violations_of_operator(path) == []


@parametrize_files(SOURCE)
def test_a_module_makes_no_client_reads_no_environment_and_keeps_no_state(path):
    assert rules.import_time_violations(path.read_text()) == []


@parametrize_files(SOURCE)
def test_a_broad_except_gives_its_reason(path):
    assert rules.broad_except_violations(path.read_text()) == []


@parametrize_files(LIB, *LAMBDA_FOLDERS)
def test_library_code_and_lambdas_log_and_do_not_print(path):
    assert rules.print_violations(path.read_text()) == []


def dotted_names(folder: Path) -> list[str]:
    return [
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for path in files_below(folder)
        if "tests" not in path.relative_to(folder).parts
    ]


def import_with_nothing(paths: list[Path], modules: list[str]) -> dict[str, str]:
    """What fails when the modules are imported without environment and without network."""
    script = Path(__file__).with_name("import_everything.py")
    arguments = [json.dumps([str(path) for path in paths]), json.dumps(modules)]
    done = subprocess.run(
        ["/usr/bin/env", "-i", sys.executable, "-IB", script, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_layers_modules_import_with_an_empty_environment_and_no_network():
    modules = [name for name in dotted_names(LIB) if name.startswith("mie")]
    assert len(modules) > 15
    assert import_with_nothing([LIB, HELPER_ROOT], modules) == {}


def test_the_helper_library_imports_with_an_empty_environment_and_no_network():
    modules = [name for name in dotted_names(HELPER_ROOT) if name.startswith(rules.HELPER)]
    assert rules.HELPER in modules
    assert import_with_nothing([LIB, HELPER_ROOT], modules) == {}


@pytest.mark.parametrize(
    "folder",
    [folder for folder in LAMBDA_FOLDERS if folder.exists()],
    ids=lambda folder: shown(folder),
)
def test_a_lambdas_modules_import_with_an_empty_environment_and_no_network(folder):
    assert import_with_nothing([folder, LIB, HELPER_ROOT], dotted_names(folder)) == {}


# The rules prove themselves on samples that are wrong in one way each.


@pytest.mark.parametrize(
    "line",
    [
        "import boto3",
        "import os",
        "import uuid",
        "from time import time",
        "from mie.engine import ports",
        "from mie import aws",
        "import mie.settings",
        "def f():\n    import random",
        "import jsonschema",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import date\ndate.today()",
    ],
)
def test_core_is_refused(line):
    assert rules.core_violations(line)


@pytest.mark.parametrize(
    "line",
    [
        "import json",
        "from mie.core.errors import BadRequest",
        "from mie.core import asl, names",
        "from datetime import datetime\ndatetime.fromtimestamp(0)",
    ],
)
def test_core_may(line):
    assert rules.core_violations(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "import boto3",
        "from botocore.exceptions import ClientError",
        "from chalice import Chalice",
        "from mie.adapters import objects",
        "from mie import adapters",
        "from mie import settings",
        "import os\nos.environ['A']",
        "from os import environ",
        "import os\ndef f():\n    return os.getenv('A')",
    ],
)
def test_engine_is_refused(line):
    assert rules.engine_violations(line)


@pytest.mark.parametrize(
    "line", ["from mie.core import rollup", "from mie.engine.ports import Queue", "import time"]
)
def test_engine_may(line):
    assert rules.engine_violations(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "from mie.engine import stages",
        "from mie.engine.ports import Queue",
        "import mie.engine.stages",
        "from chalice import Response",
        "from mie.http import translate_errors",
    ],
)
def test_an_adapter_is_refused(line):
    assert rules.adapter_violations(line)


@pytest.mark.parametrize(
    "line",
    [
        "import boto3",
        "from botocore.exceptions import ClientError",
        "from mie import aws",
        "from mie.core.errors import NotFound",
        "from mie.adapters import items",
    ],
)
def test_an_adapter_may(line):
    assert rules.adapter_violations(line) == []


def operator_violations(line):
    return rules.operator_violations(
        line,
        own_modules=frozenset({"detection", "rekognition"}),
        other_modules=frozenset({"mediainfo", "start_job"}),
        declared=frozenset({"boto3", "botocore", "pymediainfo"}),
        helper_names=frozenset({"DataPlane", "MasExecutionError"}),
    )


@pytest.mark.parametrize(
    "line",
    [
        "from mediainfo import probe",
        "import start_job",
        "from ..captions import webcaptions",
        "from operators.captions import webcaptions",
        "from MediaInsightsEngineLambdaHelper import _invoke",
        "from MediaInsightsEngineLambdaHelper.dataplane import DataPlane",
        "from mie.core import asl",
        "from mie.engine import stages",
        "import requests",
    ],
)
def test_an_operator_is_refused(line):
    assert operator_violations(line)


@pytest.mark.parametrize(
    "line",
    [
        "import json",
        "import boto3",
        "from detection import detect",
        "from . import detection",
        "from MediaInsightsEngineLambdaHelper import DataPlane, MasExecutionError",
        "from pymediainfo import MediaInfo",
    ],
)
def test_an_operator_may(line):
    assert operator_violations(line) == []


@pytest.mark.parametrize(
    "text",
    [
        "import boto3\nclient = boto3.client('s3')",
        "import boto3\nTABLE = boto3.resource('dynamodb').Table('a')",
        "import boto3\nclass A:\n    s3 = boto3.client('s3')",
        "import boto3\ndef f(s3=boto3.client('s3')): ...",
        "import os\nBUCKET = os.environ['BUCKET']",
        "import os\nBUCKET = os.getenv('BUCKET')",
        "import os\nif os.environ.get('A'):\n    B = 1",
        "from os import environ",
        "results = []",
        "results: list[str] = []",
        "cache = {}",
        "seen = set()",
        "import collections\nseen = collections.defaultdict(list)",
        "found = [x for x in range(3)]",
        "class A:\n    results = []",
        "def f():\n    global results\n    results = 1",
        "CACHE = {}\ndef f(key):\n    CACHE[key] = 1",
        "CACHE: dict[str, int] = {}\ndef f(key):\n    del CACHE[key]",
        "SEEN = []\ndef f(item):\n    SEEN.append(item)",
    ],
)
def test_state_at_import_is_refused(text):
    assert rules.import_time_violations(text)


@pytest.mark.parametrize(
    "text",
    [
        "import os\ndef f():\n    return os.environ['A']",
        "import boto3\ndef f():\n    return boto3.client('s3')",
        "LABELS = {'a': 1}",
        "LABELS = {'a': 1}\ndef f(key):\n    labels = {**LABELS}\n    labels[key] = 2",
        "_RETRY: list[int] = [1]",
        "__all__ = ['a']",
        "def f():\n    results = []\n    return results",
        "names = frozenset({'a'})",
        "pair = ('a', 'b')",
        "from dataclasses import dataclass, field\n@dataclass\nclass A:\n"
        "    items: list[int] = field(default_factory=list)",
    ],
)
def test_constants_and_first_use_are_fine(text):
    assert rules.import_time_violations(text) == []


@pytest.mark.parametrize(
    "handler",
    [
        "except Exception:\n    pass",
        "except:\n    pass",
        "except BaseException as error:\n    answer = error",
        "except (ValueError, Exception):\n    pass",
        "except Exception:  # noqa: BLE001\n    pass",
        "except Exception:  # noqa\n    pass",
    ],
)
def test_a_broad_except_without_reason_is_refused(handler):
    assert rules.broad_except_violations(f"try:\n    f()\n{handler}\n")


@pytest.mark.parametrize(
    "handler",
    [
        "except ValueError:\n    pass",
        "except Exception:\n    undo()\n    raise",
        "except Exception as error:\n    raise Broken from error",
        "except Exception:  # noqa: BLE001 - the caller never sees a traceback\n    pass",
        "# the caller never sees a traceback\nexcept Exception:  # noqa: BLE001\n    pass",
    ],
)
def test_a_narrow_or_explained_except_is_fine(handler):
    assert rules.broad_except_violations(f"try:\n    f()\n{handler}\n") == []


def test_a_print_is_refused():
    assert rules.print_violations("def f():\n    print('a')")
    assert rules.print_violations("def f():\n    log.info('print')") == []


def test_a_module_that_needs_the_environment_is_seen(tmp_path):
    (tmp_path / "needy.py").write_text("import os\nBUCKET = os.environ['BUCKET']\n")
    (tmp_path / "calling.py").write_text(
        "from urllib.request import urlopen\nurlopen('http://127.0.0.1:9/')\n"
    )
    (tmp_path / "modest.py").write_text("import json\n")

    failures = import_with_nothing([tmp_path], ["needy", "calling", "modest"])

    assert sorted(failures) == ["calling", "needy"]
    assert "KeyError" in failures["needy"]
    assert "network" in failures["calling"]


def test_public_names_are_those_of_all_or_those_without_underscore():
    assert rules.public_names("__all__ = ['A']\ndef b(): ...") == {"A"}
    assert rules.public_names("from x import A, _B\ndef c(): ...\nclass _D: ...") == {"A", "c"}


def test_requirements_become_importable_names(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text("# why\naws-xray-sdk==2.15.0\nPyYAML>=6 ; python_version > '3'\n-r other.txt\n")

    assert {"aws_xray_sdk", "yaml"} <= rules.declared_packages(file)
    assert "boto3" not in rules.declared_packages(file)
