import pytest

from laptop.shared_files import share


@pytest.fixture
def environment(tmp_path):
    """Makes a folder with one package: file -> content."""

    def make(name, **files):
        packages = tmp_path / name
        (packages / "one-1.dist-info").mkdir(parents=True)
        rows = []
        for file, content in files.items():
            (packages / f"{file}.py").write_text(content)
            rows.append(f"{file}.py,sha256={content},1")
        rows += ["../../../bin/one,sha256=x,1", "one-1.dist-info/RECORD,,", "gone.py,sha256=x,1"]
        (packages / "one-1.dist-info" / "RECORD").write_text("\n".join(rows))
        return packages

    return make


def test_what_is_the_same_in_two_folders_is_one_file(environment, tmp_path):
    first = environment("a", same="1", other="1")
    second = environment("b", same="1", other="2")

    for _ in range(2):
        share([tmp_path / "a", tmp_path / "b", tmp_path / "not-there"])

    assert (first / "same.py").samefile(second / "same.py")
    assert not (first / "other.py").samefile(second / "other.py")
    assert (second / "other.py").read_text() == "2"
    assert sorted(one.name for one in second.glob("*.py")) == ["other.py", "same.py"]


def test_a_disk_without_links_keeps_its_files(environment, tmp_path, monkeypatch):
    first, second = environment("a", same="1"), environment("b", same="1")

    def refuse(*_):
        raise OSError("not supported")

    monkeypatch.setattr(type(first), "hardlink_to", refuse)
    share([tmp_path / "a", tmp_path / "b"])

    assert (second / "same.py").read_text() == "1"
    assert not (first / "same.py").samefile(second / "same.py")
