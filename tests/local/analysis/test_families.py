import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import analysis
from analysis import families
from analysis.families import parse
from analysis.weights import MODEL_FILES

FOLDER = Path(analysis.__file__).parent


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        (None, families.DEFAULT),
        ("all", families.FAMILIES),
        ("core", ("core",)),
        ("speech", ("core", "speech")),
        ("text, vision", ("core", "vision", "text")),
    ],
)
def test_a_choice_names_families(text, chosen):
    assert parse(text) == chosen


@pytest.mark.parametrize("text", ["", "none", "all,core", "vision;text", "Vision"])
def test_a_wrong_choice_is_refused_in_one_sentence(text):
    with pytest.raises(
        ValueError, match="MIE_LOCAL_MODELS must be auto, all, or some of core, vision"
    ):
        parse(text)


@pytest.mark.parametrize("family", families.FAMILIES)
def test_a_family_has_a_list_of_packages_and_a_table_of_files(family):
    assert (FOLDER / f"requirements-{family}.txt").is_file()
    assert family in MODEL_FILES


def test_every_package_has_one_version_in_all_lists():
    versions = {}
    for path in FOLDER.glob("requirements-*.txt"):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                name, _, version = line.partition("==")
                known = versions.setdefault(name.lower().replace("_", "-"), version)
                assert version == known, f"{line} in {path.name}"


def test_the_command_that_installs_names_the_families():
    assert "MIE_LOCAL_MODELS=core,speech " in families.install_command({"speech", "core"})


def test_the_server_starts_without_the_packages_of_any_family():
    heavy = sorted({module for modules in families.MODULES.values() for module in modules})
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({heavy}))\n"
        "import analysis.__main__ as server\n"
        "print(len(server.SERVICES))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(FOLDER.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert int(done.stdout) > 1


def test_a_module_that_another_thread_is_importing_is_not_missing(monkeypatch):
    # what importlib.util.find_spec fails for
    half_imported = ModuleType("wave")
    half_imported.__spec__ = None
    monkeypatch.setitem(sys.modules, "wave", half_imported)
    monkeypatch.setattr(families, "MODULES", {"some": ("wave", "not_there_at_all")})
    assert families.missing_modules("some") == ["not_there_at_all"]
