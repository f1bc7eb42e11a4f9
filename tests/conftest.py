"""Which tests are the fast ones, and how strict the AWS of all of them is."""

import signal
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.fakes.strict_aws import strict_aws

TESTS = Path(__file__).parent
# They run on an emulated AWS, start other programs, or explore thousands of schedules.
SLOW = (
    "benchmarks",
    "consumers",
    "dataplaneapi",
    "dataplanecopy",
    "dataplanestream",
    "deployment",
    "fakes",
    "golden",
    "lib/mie/adapters",
    "local",
    "model",
    "workflow",
    "workflowapi",
    "workflowstream",
)


def pytest_configure():
    # a run in the background ignores Ctrl-C, and so would every program that a test starts
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _strict_aws(request):
    """What moto takes and AWS refuses is refused; a running stack refuses by itself."""
    with nullcontext() if request.node.get_closest_marker("deployed") else strict_aws():
        yield


def pytest_collection_modifyitems(items):
    for item in items:
        folder = item.path.parent.relative_to(TESTS)
        if any(folder.is_relative_to(one) for one in SLOW):
            item.add_marker(pytest.mark.slow)
