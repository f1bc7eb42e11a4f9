"""What operators import: with an empty environment, and nothing of the engine or its APIs."""

import pytest
from tests.benchmarks import operator_packages as benchmark

PACKAGES, HANDLERS = benchmark.operator_packages(), benchmark.handlers()


def test_every_package_holds_a_handler():
    assert set(PACKAGES) == set(HANDLERS)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_imports_without_an_environment_and_without_what_it_does_not_use(name):
    with benchmark.unpacked(PACKAGES[name]) as folder:
        for module in HANDLERS[name]:
            loaded = benchmark.imported(folder, module)
            assert module in loaded
            assert not loaded & benchmark.FORBIDDEN


def test_the_table_has_a_row_for_each_package():
    shown = benchmark.table(dict.fromkeys(PACKAGES, (1024, 2048, 0.25)))
    assert len(shown.splitlines()) == len(PACKAGES) + 1
    assert "1.0 kB      2.0 kB  250.0 ms" in shown
