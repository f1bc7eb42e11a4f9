import pytest

from laptop import build, lifecycle, servers
from laptop.places import Places
from laptop.problems import Problem


@pytest.fixture
def said():
    return []


def test_destroy_removes_what_a_stack_has_kept_and_nothing_else(tmp_path, said):
    for name in ("state", "s3", "logs", "dist", "venv", "models", "packages"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    (tmp_path / "local.json").write_text("damaged")

    lifecycle.destroy(Places(tmp_path), said.append)

    assert sorted(one.name for one in tmp_path.iterdir()) == ["models", "packages", "venv"]


def test_without_a_stack_nothing_is_made_by_stopping_it(tmp_path, said):
    lifecycle.down(Places(tmp_path / "none"), said.append)

    assert not (tmp_path / "none").exists()


def test_a_port_that_is_in_use_is_said_before_anything_is_installed(tmp_path, said, monkeypatch):
    installed = []
    monkeypatch.setattr(servers, "install", installed.append)
    monkeypatch.setattr(build, "current_version", lambda: "1")
    monkeypatch.setenv("MIE_PORT", "none")

    with pytest.raises(Problem, match="MIE_PORT"):
        lifecycle.up(Places(tmp_path), said.append)
    assert installed == []


def test_a_start_that_fails_leaves_nothing_running(tmp_path, said, monkeypatch):
    def fail(*_):
        raise Problem("no")

    stopped = []
    monkeypatch.delenv("MIE_PORT", raising=False)
    monkeypatch.setattr(build, "current_version", lambda: "1")
    monkeypatch.setattr(build, "build", lambda *_: None)
    monkeypatch.setattr(servers, "install", lambda _: None)
    monkeypatch.setattr(servers, "start_analysis", lambda *_: None)
    monkeypatch.setattr(servers, "start_ministack", fail)
    monkeypatch.setattr(lifecycle, "_stop_servers", lambda *_: stopped.append(True))

    with pytest.raises(Problem, match="no"):
        lifecycle.up(Places(tmp_path), said.append)
    # before the start, and after it failed
    assert stopped == [True, True]
    assert not Places(tmp_path).facts.exists()
