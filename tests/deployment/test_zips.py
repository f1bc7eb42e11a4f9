"""The packages' bytes depend on their contents alone."""

import os
import zipfile

from mie_build import zip_command, zips


def files_in(folder, contents):
    for name, text in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_the_same_files_make_the_same_bytes_at_another_time_in_another_order(tmp_path):
    one = files_in(tmp_path / "one", {"a.py": "a", "b/c.py": "c"})
    other = files_in(tmp_path / "other", {"b/c.py": "c", "a.py": "a"})
    os.utime(other / "a.py", (1, 1))
    zips.write(tmp_path / "one.zip", zips.tree(one))
    zips.write(tmp_path / "other.zip", dict(reversed(zips.tree(other).items())))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_another_content_makes_other_bytes(tmp_path):
    for content in ("a", "b"):
        zips.write(
            tmp_path / f"{content}.zip", zips.tree(files_in(tmp_path / content, {"m": content}))
        )
    assert (tmp_path / "a.zip").read_bytes() != (tmp_path / "b.zip").read_bytes()


def test_compiled_files_are_left_out(tmp_path):
    files_in(tmp_path, {"a.py": "", "__pycache__/a.cpython-311.pyc": ""})
    assert list(zips.tree(tmp_path)) == ["a.py"]


def test_the_line_of_the_guide_packs_one_module(tmp_path, monkeypatch):
    files_in(tmp_path, {"my_operator.py": "x = 1"})
    monkeypatch.chdir(tmp_path)
    assert zip_command.main(["-r9", "my_operator.zip", "my_operator.py"]) == 0
    assert zipfile.ZipFile("my_operator.zip").namelist() == ["my_operator.py"]


def test_a_folder_is_packed_with_what_is_in_it(tmp_path, monkeypatch):
    files_in(tmp_path, {"package/a.py": "", "package/b/c.txt": ""})
    monkeypatch.chdir(tmp_path)
    assert zip_command.main(["-r9", "all.zip", "./package"]) == 0
    assert zipfile.ZipFile("all.zip").namelist() == ["package/a.py", "package/b/c.txt"]


def test_a_missing_file_is_named_and_no_archive_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert zip_command.main(["-r9", "my.zip", "missing.py"]) == 1
    assert "missing.py does not exist" in capsys.readouterr().err
    assert not (tmp_path / "my.zip").exists()
