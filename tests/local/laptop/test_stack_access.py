import pytest

from laptop import stack_access
from laptop.places import Places
from laptop.problems import Problem


@pytest.fixture
def places(tmp_path, monkeypatch):
    places = Places(tmp_path)
    monkeypatch.setattr(stack_access, "places", lambda: places)
    monkeypatch.setattr(stack_access.lifecycle, "running", lambda _places: None)
    monkeypatch.setattr(stack_access.lifecycle, "revive", lambda _places, _say: "revived")
    return places


def test_an_engine_that_was_not_started_is_not_started(places):
    with pytest.raises(Problem, match=r"not running; run-local\.sh up starts it"):
        stack_access.running()


def test_what_has_died_of_an_engine_is_started_again(places, monkeypatch):
    monkeypatch.setattr(stack_access.kept_facts, "read", lambda _path: "facts")

    assert stack_access.running() == "revived"
