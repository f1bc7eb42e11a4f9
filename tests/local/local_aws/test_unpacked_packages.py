import io
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("ministack")

from ministack.core import lambda_runtime

from local_aws import unpacked_packages
from local_aws.unpacked_packages import SharedArchive


@pytest.fixture
def processes(tmp_path, monkeypatch):
    """Unpacks a package for a process, as MiniStack does; returns the folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def unpack(name, content="x = 1"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo("package/module.py"), content)
        (tmp_path / f"{name}.zip").write_bytes(packed.getvalue())
        (tmp_path / name).mkdir()
        with SharedArchive(tmp_path / f"{name}.zip") as archive:
            archive.extractall(str(tmp_path / name))
        return tmp_path / name

    return unpack


def test_processes_of_one_package_share_its_files(processes, tmp_path):
    first, second = processes("first"), processes("second")

    assert (first / "package" / "module.py").read_text() == "x = 1"
    assert first.resolve() == second.resolve()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["first", "packages", "second"]


def test_other_packages_have_files_of_their_own(processes):
    assert processes("first").resolve() != processes("second", "x = 2").resolve()


def test_a_process_that_ends_takes_nothing_from_the_others(processes):
    first, second = processes("first"), processes("second")
    first.unlink()

    assert (second / "package" / "module.py").exists()


def test_processes_that_start_at_once_find_it_whole(processes, tmp_path):
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(processes, [f"process-{number}" for number in range(16)]))

    assert {(one / "package" / "module.py").read_text() for one in made} == {"x = 1"}
    assert len(list((tmp_path / "packages").iterdir())) == 1


def test_the_local_aws_unpacks_so(monkeypatch):
    monkeypatch.setattr(lambda_runtime, "zipfile", zipfile)
    unpacked_packages.enforce()

    assert lambda_runtime.zipfile.ZipFile is SharedArchive
