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
