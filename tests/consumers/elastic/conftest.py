"""The consumer's modules, and endpoints to which it writes: one in this process, and a node."""

import importlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.consumers.elastic.search_server import serving

SOURCE = Path(__file__).parents[3] / "source" / "consumers" / "elastic"
NAMES = (
    "items",
    "fields",
    "template",
    "pictures",
    "language",
    "kinds",
    "documents",
    "bulk",
    "index",
    "handler",
)


@pytest.fixture(scope="session")
def consumer():
    """All modules of the package: names that other packages' modules have too."""
    others = {name: sys.modules.pop(name) for name in NAMES if name in sys.modules}
    sys.path.insert(0, str(SOURCE))
    try:
        modules = {name: importlib.import_module(name) for name in NAMES}
    finally:
        sys.path.remove(str(SOURCE))
        for name in NAMES:
            sys.modules.pop(name, None)
        sys.modules.update(others)
    return SimpleNamespace(**modules)


@pytest.fixture
def endpoint():
    """Its URL, and what it knows."""
    with serving() as (url, search):
        yield SimpleNamespace(url=url, search=search)


@pytest.fixture(scope="session")
def node_url():
    """The URL of a real node, of which the tests use indices of assets of their own."""
    url = os.environ.get("MIE_OPENSEARCH_URL")
    if not url:
        pytest.skip("no node: MIE_OPENSEARCH_URL names none")
    return url
