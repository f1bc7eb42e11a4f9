"""The built templates, as the tests of this folder read them."""

import os
from pathlib import Path
from unittest import mock

import pytest

from mie_build import templates

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built():
    """Every published template by its name."""
    with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1"}):
        return templates.build_all(ROOT)
