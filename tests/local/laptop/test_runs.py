from collections import namedtuple

import pytest

from laptop import runs
from laptop.facts import Facts
from laptop.problems import Problem
from laptop.runs import Engine, poll_seconds
from laptop.signed_http import Answer

FACTS = Facts(
    *("http://aws", "here", "id", "secret", "mie", "http://workflow", "http://dataplane"),
    *("bucket", "http://analysis", None, {}),
)
WHOLE_ID = "1a2b3c4d-0000-0000-0000-000000000000"


@pytest.fixture
def engine(monkeypatch):
    """An engine, and what its APIs answer: (method, path) -> answer."""
    answers = {}

    def request(api, method, path, _body=None, _query=None):
        return answers[method, path.partition("?")[0]]

    monkeypatch.setattr(runs.SignedHttp, "request", request)
    return Engine(FACTS), answers


@pytest.fixture
def free(monkeypatch):
    """Says how many bytes of the disk are free."""
    usage = namedtuple("usage", "total used free")

    def set_to(count):
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**9, 0, count))

    return set_to


def test_what_takes_long_is_looked_at_more_seldom():
    assert [poll_seconds(elapsed) for elapsed in (0, 3, 15, 60, 3_600)] == [0.25, 0.25, 0.5, 2, 2]


@pytest.mark.parametrize(
    ("count", "way_out"), [(10**6, "the disk is full: make room"), (10**9, "logs ministack")]
)
def test_an_engine_that_breaks_is_told_with_what_to_do(engine, free, count, way_out):
    engine, answers = engine
    free(count)
    answers["GET", f"/workflow/execution/{WHOLE_ID}"] = Answer(502, None)

    with pytest.raises(Problem, match=way_out) as sentence:
        engine.execution(WHOLE_ID)
    assert "None" not in str(sentence.value)


def test_a_refusal_is_told_in_the_engines_words(engine):
    engine, answers = engine
    refusal = {"Code": "ConflictError", "Message": "Exception: it has ended already"}
    answers["POST", f"/workflow/execution/{WHOLE_ID}/cancel"] = Answer(409, refusal)

    with pytest.raises(Problem, match="the engine refused that: it has ended already"):
        engine.cancel(WHOLE_ID)


def test_a_whole_id_is_asked_for_and_may_be_that_of_an_asset(engine):
    engine, answers = engine
    path = f"/workflow/execution/{WHOLE_ID}"
    answers["GET", path] = Answer(200, {"Id": WHOLE_ID})
    assert engine.find(WHOLE_ID) == {"Id": WHOLE_ID}

    of_asset = [{"Id": "aa", "AssetId": WHOLE_ID, "Created": "1"}]
    answers["GET", path] = Answer(404, {"Message": "not found"})
    answers["GET", f"/workflow/execution/asset/{WHOLE_ID}"] = Answer(200, {"Executions": of_asset})
    assert engine.find(WHOLE_ID)["Id"] == "aa"


def test_a_list_is_read_to_its_last_page(engine, monkeypatch):
    engine, _ = engine
    pages = {None: {"assets": ["a"], "cursor": "next"}, "next": {"assets": ["b"]}}

    def request(_api, _method, _path, _body, query):
        assert query["limit"] == "100"
        return Answer(200, pages[query.get("cursor")])

    monkeypatch.setattr(runs.SignedHttp, "request", request)
    assert list(engine.assets()) == ["a", "b"]
