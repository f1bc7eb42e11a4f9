"""The documents of every kind of result, kept in golden/.

``MIE_UPDATE_GOLDEN=1 python -m pytest tests/consumers/elastic/test_golden.py`` writes them anew.
"""

import json
import os
from pathlib import Path

import pytest
from tests.consumers.elastic.stored_results import RESULTS, in_pages

GOLDEN = Path(__file__).parent / "golden"
# one finding that is no list, which cannot be spread over pages
WHOLE = ("face-search-image", "translation")


def bodies(consumer, operator, pages):
    result = consumer.documents.Result("asset", operator, "workflow", "version")
    found = [*consumer.documents.documents_of(result, pages)]
    assert len({one.id for one in found}) == len(found)
    return [{"_index": one.index, **one.body} for one in found]


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_becomes_these_documents(consumer, name):
    operator, pages = RESULTS[name]
    made = bodies(consumer, operator, pages)
    path = GOLDEN / f"{name}.json"
    if os.environ.get("MIE_UPDATE_GOLDEN") == "1":
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    assert made == json.loads(path.read_text())


@pytest.mark.parametrize("name", [name for name in RESULTS if name not in WHOLE])
def test_pages_become_the_documents_of_the_whole(consumer, name):
    operator, pages = RESULTS[name]
    spread = in_pages(pages)
    assert len(spread) == 2
    assert bodies(consumer, operator, spread) == bodies(consumer, operator, pages)


@pytest.mark.parametrize("name", RESULTS)
def test_documents_stay_the_same_when_numbers_were_stored_as_texts(consumer, name):
    """As an older data plane stored them (specification 2.4)."""
    operator, pages = RESULTS[name]
    older = json.loads(json.dumps(pages), parse_float=str)
    assert bodies(consumer, operator, older) == bodies(consumer, operator, pages)


def test_every_golden_file_belongs_to_a_result():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(RESULTS)


def test_every_kind_has_a_golden_result(consumer):
    operators = {operator.lower() for operator, _ in RESULTS.values()}
    assert set(consumer.kinds._KINDS) == {one for one in operators if "caption" not in one}
