"""What is in the layer and the packages, and how large they may be."""

import re
from pathlib import Path

import pytest

from mie_build import packages
from mie_build.dependencies import Target
from mie_build.packages import LAYER, Package, PackageTooLarge

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "source"
HERE = Target("3.11", linux=False)


def pinned(requirements):
    """Package -> version."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)$", requirements.read_text(), re.MULTILINE))


IN_THE_LAYER = pinned(SOURCE / "lib" / "requirements.txt")


def test_the_layer_holds_what_operators_of_the_original_import():
    assert {"requests", "pymediainfo", "jsonpickle", "aws-xray-sdk"} <= set(IN_THE_LAYER)
    # what requests asks for; the runtime has urllib3, which boto3 asks for
    assert {"certifi", "charset-normalizer", "idna"} <= set(IN_THE_LAYER)
    assert not {"boto3", "botocore", "urllib3"} & set(IN_THE_LAYER)


def test_no_package_repeats_what_the_layer_holds():
    lists = [path for path in SOURCE.glob("**/requirements.txt") if "local" not in path.parts]
    assert len(lists) > 4
    for path in lists:
        if path.parent.name != "lib":
            assert not set(pinned(path)) & set(IN_THE_LAYER), path


@pytest.mark.parametrize("name", ["requirements.txt", "deployment/requirements.txt"])
def test_the_tests_have_the_layers_versions(name):
    same = {key: version for key, version in pinned(ROOT / name).items() if key in IN_THE_LAYER}
    assert same == {key: IN_THE_LAYER[key] for key in same}


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Builds packages of so many bytes; returns the names of the zips."""
    monkeypatch.setattr(packages, "_LARGEST_UNPACKED", 100)

    def made(**sizes):
        wanted = []
        for name, size in sizes.items():
            file = tmp_path / name
            file.write_bytes(b"x" * size)
            wanted.append(Package(name, {"file": file}))
        folder = tmp_path / "made"
        folder.mkdir(exist_ok=True)
        packages.build(wanted, folder, HERE, tmp_path / "cache")
        return sorted(path.stem for path in folder.glob("*.zip"))

    return made


def test_a_function_and_the_layer_may_be_as_large_as_the_limit(made):
    assert made(**{LAYER: 60, "a": 40, "b": 40}) == ["a", "b", LAYER]


@pytest.mark.parametrize("sizes", [{LAYER: 60, "a": 41}, {LAYER: 101}, {"a": 101}])
def test_a_function_that_is_too_large_with_its_layer_is_not_built(made, sizes):
    with pytest.raises(PackageTooLarge, match=r"zip and the layer have"):
        made(**sizes)
