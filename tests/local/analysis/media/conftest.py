"""A folder of clips that the tests of a run share."""

import pytest


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """The folder; a test makes the clip that it needs."""
    return tmp_path_factory.mktemp("clips")
