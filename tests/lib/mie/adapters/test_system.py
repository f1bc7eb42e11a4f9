"""One contract for the system table and for its fake."""

import pytest
from tests.fakes.aws import NAMED_TABLES, control_plane
from tests.fakes.control_plane import System

from mie.adapters.system import SystemTable


@pytest.fixture(params=["fake", "dynamodb"])
def system(request):
    if request.param == "fake":
        yield System()
    else:
        with control_plane():
            yield SystemTable(NAMED_TABLES["SYSTEM_TABLE_NAME"])


def test_a_parameter_keeps_its_latest_value(system):
    assert system.get("Limit") is None
    system.put("Limit", 2)
    system.put("Limit", 3)
    assert system.get("Limit") == 3
    assert isinstance(system.get("Limit"), int)


def test_the_secret_of_cursors_is_made_once(system):
    secret = system.cursor_secret()
    assert len(secret) >= 32
    assert system.cursor_secret() == secret


def test_of_two_that_make_the_secret_at_once_both_get_the_same(monkeypatch):
    with control_plane():
        table = SystemTable(NAMED_TABLES["SYSTEM_TABLE_NAME"])
        get, others = table.get, []

        def nothing_yet(name):
            monkeypatch.setattr(table, "get", get)
            others.append(SystemTable(NAMED_TABLES["SYSTEM_TABLE_NAME"]).cursor_secret())

        monkeypatch.setattr(table, "get", nothing_yet)
        assert [table.cursor_secret()] == others
