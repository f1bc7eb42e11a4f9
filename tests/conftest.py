"""Which tests are the fast ones."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# They run on an emulated AWS, start other programs, or explore thousands of schedules.
SLOW = (
    "benchmarks",
    "consumers",
    "dataplaneapi",
    "dataplanecopy",
    "dataplanestream",
    "deployment",
    "golden",
    "lib/mie/adapters",
    "local",
    "model",
    "workflow",
    "workflowapi",
    "workflowstream",
)


def pytest_collection_modifyitems(items):
    for item in items:
        folder = item.path.parent.relative_to(TESTS)
        if any(folder.is_relative_to(one) for one in SLOW):
            item.add_marker(pytest.mark.slow)
