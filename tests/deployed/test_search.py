"""What operators find is found over signed HTTP, by a real search node."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from tests.consumers.elastic.stored_results import RESULTS
from tests.deployed.local_stack import ROOT, SAMPLE

from laptop import processes

pytestmark = pytest.mark.deployed

# from an operator's request through stream and index to the next refresh: seconds
_PATIENCE_SECONDS = 90
HOPPER = SAMPLE.with_name("grace-hopper.jpg")
# parts of results; a hit tells no more of them
LABEL, WORD, ENTITY, SCREEN_TEXT = "labels-video", "transcript-video", "entities", "texts-video"


@pytest.fixture(scope="module", autouse=True)
def node(stack):
    if stack.facts["opensearch_url"] is None:
        pytest.skip("search is off on this stack")


def search(stack, **query):
    answer = stack.dataplane.request("GET", "/search", query=query)
    assert answer.status == 200, answer.json
    return answer.json


def found(stack, most=None, **query):
    """The hits of a query once there are any, or as many as ``most`` says."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        hits = search(stack, limit="100", **query)["hits"]
        if (most is None and hits) or (most is not None and len(hits) == most):
            return hits
        time.sleep(0.5)
    pytest.fail(f"{query} finds {len(hits)} of {most or 'some'} after {_PATIENCE_SECONDS} seconds")


def new_asset(stack):
    location = {"S3Bucket": stack.facts["dataplane_bucket"], "S3Key": stack.upload(SAMPLE)}
    answer = stack.dataplane.request("POST", "/create", {"Input": location})
    assert answer.status == 200, answer.json
    return answer.json["AssetId"]


def store(stack, asset_id, name, workflow="w1"):
    """Posts a recorded result as an operator does: page by page."""
    operator, pages = RESULTS[name]
    for number, page in enumerate(pages):
        query = {"paginated": "true", "page": str(number)}
        if number == len(pages) - 1:
            query["end"] = "true"
        body = {"OperatorName": operator, "WorkflowId": workflow, "Results": page}
        answer = stack.dataplane.request("POST", f"/metadata/{asset_id}", body, query=query)
        assert answer.status == 200, answer.json


@pytest.fixture(scope="module")
def recorded(stack):
    """An asset of which every kind of result was posted, once all are indexed."""
    asset_id = new_asset(stack)
    # a picture's result would replace that of the video, which is stored under the same name
    names = [name for name in RESULTS if not name.endswith("-image")]
    for name in names:
        store(stack, asset_id, name)
    wanted = {RESULTS[name][0] for name in names}
    deadline = time.monotonic() + _PATIENCE_SECONDS
    indexed = set()
    while indexed != wanted and time.monotonic() < deadline:
        hits = search(stack, asset_id=asset_id, limit="100")["hits"]
        indexed = {one["operator_name"] for one in hits}
        time.sleep(0.5)
    assert indexed == wanted
    return asset_id


@pytest.fixture(scope="module")
def analysed(stack):
    """The executions of CasImageWorkflow on both sample pictures."""
    runs = {path.name: stack.run("CasImageWorkflow", path=path) for path in (SAMPLE, HOPPER)}
    assert {one["Status"] for one in runs.values()} == {"Complete"}
    return {name: one["AssetId"] for name, one in runs.items()}


def test_an_analysed_picture_is_found_by_a_label(stack, analysed):
    asset_id = analysed[SAMPLE.name]
    (hit,) = found(stack, asset_id=asset_id, label="person", operator="labelDetection")
    assert hit["asset_id"] == asset_id
    assert hit["operator"] == "label_detection"
    assert hit["name"] == "Person"
    assert 55 <= hit["confidence"] <= 100
    # a picture has no time
    assert "start_ms" not in hit


def test_an_analysed_picture_is_found_by_what_a_face_looks_like(stack, analysed):
    hits = found(stack, q="female happy", operator="faceDetection", asset_id=analysed[SAMPLE.name])
    assert len(hits) == 1
    assert "<em>HAPPY</em>" in hits[0]["snippet"]
    assert search(stack, q="male calm", asset_id=analysed[SAMPLE.name])["hits"] == []


def test_an_analysed_picture_is_found_by_a_text_in_it(stack, analysed):
    hits = found(stack, q="hopper", operator="textDetection", asset_id=analysed[HOPPER.name])
    assert {one["asset_id"] for one in hits} == {analysed[HOPPER.name]}
    assert all("<em>HOPPER</em>" in one["snippet"] for one in hits)
    # and not in the other picture
    everywhere = search(stack, q="hopper", operator="textDetection", limit="100")["hits"]
    assert analysed[SAMPLE.name] not in {one["asset_id"] for one in everywhere}


@pytest.mark.parametrize(
    ("query", "operator", "times"),
    [
        ({"label": "Dog"}, "label_detection", (0, 0)),
        ({"name": "grass"}, "label_detection", (500, 500)),
        ({"q": "exit only"}, "textDetection", (1000, 1000)),
        ({"q": '"exit only"', "operator": "textDetection"}, "textDetection", (1000, 1000)),
        ({"name": "Grace Hopper"}, "celebrity_detection", (2000, 2000)),
        ({"name": "Weapons"}, "content_moderation", (4500, 4500)),
        ({"name": "ada", "operator": "faceSearch"}, "face_search", (5000, 5000)),
        ({"q": "female smile happy"}, "face_detection", (7000, 7000)),
        ({"operator": "personTracking"}, "person_tracking", (5000, 5000)),
        ({"name": "BlackFrames"}, "technical_cue_detection", (0, 2000)),
        ({"name": "car"}, "generic_data_lookup", (100, 100)),
        (
            {"q": "world", "operator": "TranscribeVideo", "from_ms": "0"},
            "transcribe_video",
            (1000, 1250),
        ),
        (
            {"q": "hello", "operator": "TranscribeAudio", "from_ms": "0"},
            "transcribe_audio",
            (540, 970),
        ),
        ({"q": "bye"}, "web_captions", (2000, 3500)),
        ({"q": "mundo"}, "translate", None),
        ({"name": "Seattle"}, "entities", None),
        ({"q": "deep water"}, "key_phrases", None),
        ({"q": "mpeg"}, "mediainfo", None),
    ],
)
def test_every_kind_of_finding_is_found_at_its_time(stack, recorded, query, operator, times):
    (hit,) = search(stack, asset_id=recorded, **query)["hits"]
    assert hit["operator"] == operator
    assert hit["asset_id"] == recorded
    assert hit["workflow_id"] == "w1"
    assert (hit.get("start_ms"), hit.get("end_ms")) == (times or (None, None))


def test_a_range_of_time_bounds_what_is_found(stack, recorded):
    shots = {"asset_id": recorded, "operator": "shotDetection"}

    def starts(**bounds):
        return [one["start_ms"] for one in search(stack, **shots, **bounds)["hits"]]

    assert starts() == [0, 4000]
    assert starts(to_ms="3999") == [0]
    assert starts(from_ms="4001") == [4000]
    assert starts(from_ms="9001") == []


def test_a_confidence_bounds_what_is_found(stack, recorded):
    def names(confidence):
        hits = search(
            stack, asset_id=recorded, operator="labelDetection", min_confidence=confidence
        )["hits"]
        return [one["name"] for one in hits]

    assert names("76.5") == ["Dog", "Grass"]
    assert names("76.6") == ["Dog"]


def test_facets_count_operators_and_names(stack, recorded):
    facets = search(stack, asset_id=recorded, limit="1")["facets"]
    operators = {one["value"]: one["count"] for one in facets["operators"]}
    names = {one["value"]: one["count"] for one in facets["names"]}
    assert operators["label_detection"] == 2
    assert operators["shot_detection"] == 2
    assert names["Dog"] == names["Seattle"] == 1


def test_pages_have_every_hit_once(stack, recorded):
    whole = search(stack, asset_id=recorded, limit="100")
    assert whole["total"] == len(whole["hits"]) > 30
    pages, query = [], {"asset_id": recorded, "limit": "7"}
    answer = search(stack, **query)
    pages.append(answer["hits"])
    while "cursor" in answer:
        answer = search(stack, **query, cursor=answer["cursor"])
        assert "facets" not in answer
        pages.append(answer["hits"])
    assert [one for page in pages for one in page] == whole["hits"]
    assert {len(page) for page in pages[:-1]} == {7}


def test_pages_of_the_best_hits_have_every_hit_once(stack, recorded):
    query = {"asset_id": recorded, "q": "hello | dog | exit | grace"}
    whole = search(stack, **query, limit="100")["hits"]
    assert len(whole) > 5
    walked, answer = [], search(stack, **query, limit="2")
    walked += answer["hits"]
    while "cursor" in answer:
        answer = search(stack, **query, limit="2", cursor=answer["cursor"])
        walked += answer["hits"]
    assert walked == whole


def test_a_cursor_belongs_to_its_query(stack, recorded):
    cursor = search(stack, asset_id=recorded, limit="1")["cursor"]
    forged = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    for query in (
        {"asset_id": recorded, "q": "dog", "cursor": cursor},
        {"cursor": cursor},
        {"asset_id": recorded, "cursor": forged},
        {"asset_id": recorded, "cursor": "x"},
    ):
        answer = stack.dataplane.request("GET", "/search", query=query)
        assert answer.status == 400, query
        assert answer.json["Message"].startswith("cursor: ")


@pytest.mark.parametrize(
    "q",
    [
        "AssetId:*",
        "_index:mielabels",
        '"}}],"query":{"match_all":{}}',
        "[* TO *]",
        "/.*/",
        "_exists_:AssetId",
        "((((((((((",
        '"""""',
        "\\",
        "a~99 b^9 (c",
        "*",
        "-*",
        "+-|",
        "<script>alert(1)</script>",
        "\U0001f600 ﷽",
        "é" * 500,
        "a* b* c* d* e*",
    ],
)
def test_no_words_can_leave_the_asset_that_is_asked_for(stack, recorded, q):
    hits = search(stack, asset_id=recorded, q=q, limit="100")["hits"]
    assert {one["asset_id"] for one in hits} <= {recorded}


def test_what_was_found_cannot_break_a_page_that_shows_it(stack):
    asset_id = new_asset(stack)
    text = '<img src=x onerror="alert(1)"> sale'
    body = {
        "OperatorName": "textDetection",
        "WorkflowId": "w1",
        "Results": {"TextDetections": [{"DetectedText": text, "Type": "LINE", "Id": 0}]},
    }
    answer = stack.dataplane.request("POST", f"/metadata/{asset_id}", body)
    assert answer.status == 200, answer.json
    (hit,) = found(stack, asset_id=asset_id, q="sale")
    assert hit["name"] == text
    assert "<img" not in hit["snippet"]
    assert "<em>sale</em>" in hit["snippet"]


def test_the_transcript_of_a_long_film_is_searched_as_any_other(stack):
    asset_id = new_asset(stack)
    # as long as it may be; an endpoint that highlights it in minutes is answered for with 503
    text = "word one two. Three " * 50_000
    body = {
        "OperatorName": "TranscribeVideo",
        "WorkflowId": "w1",
        "Results": {"results": {"transcripts": [{"transcript": text}], "items": []}},
    }
    answer = stack.dataplane.request("POST", f"/metadata/{asset_id}", body)
    assert answer.status == 200, answer.json
    (hit,) = found(stack, asset_id=asset_id, q="word")
    assert "<em>word</em>" in hit["snippet"]
    assert len(hit["snippet"]) < 1000


def test_what_is_deleted_is_not_found_any_more(stack):
    asset_id, other = new_asset(stack), new_asset(stack)
    for one in (asset_id, other):
        store(stack, one, LABEL)
        store(stack, one, WORD)
    everything = len(found(stack, most=6, asset_id=asset_id))
    found(stack, most=everything, asset_id=other)

    answer = stack.dataplane.request("DELETE", f"/metadata/{asset_id}/labelDetection")
    assert answer.status == 200, answer.json
    left = found(stack, most=4, asset_id=asset_id)
    assert {one["operator_name"] for one in left} == {"TranscribeVideo"}

    assert stack.dataplane.request("DELETE", f"/metadata/{asset_id}").status == 200
    found(stack, most=0, asset_id=asset_id)
    assert len(search(stack, asset_id=other, limit="100")["hits"]) == everything


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"q": ""}, "q"),
        ({"q": "x" * 501}, "q"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"min_confidence": "101"}, "min_confidence"),
        ({"from_ms": "-1"}, "from_ms"),
        ({"to_ms": "soon"}, "to_ms"),
        ({"from_ms": "2", "to_ms": "1"}, "from_ms"),
        ({"asset_id": "a/b"}, "asset_id"),
        ({"operator": "*"}, "operator"),
        ({"label": "a", "name": "a"}, "label"),
        ({"index": "secret"}, "index"),
    ],
)
def test_bad_input_is_refused_by_name(stack, query, named):
    answer = stack.dataplane.request("GET", "/search", query=query)
    assert answer.status == 400, answer.json
    assert answer.json["Code"] == "BadRequestError"
    assert answer.json["Message"].startswith(f"{named}: ")


@pytest.mark.alone
def test_a_node_that_is_away_is_said_to_be_so_and_finds_everything_when_it_is_back(stack, recorded):
    before = search(stack, asset_id=recorded, limit="100")
    local = Path(os.environ.get("MIE_STATE", ROOT / ".mie")) / "local.json"
    processes.stop(json.loads(local.read_text())["pids"]["opensearch"])
    try:
        answer = stack.dataplane.request("GET", "/search", query={"q": "dog"})
        assert answer.status == 503, answer.json
        assert answer.json["Code"] == "ServiceUnavailableError"
        assert "search does not answer" in answer.json["Message"]
        # what is wrong with a request is said all the same
        assert stack.dataplane.request("GET", "/search", query={"limit": "x"}).status == 400
    finally:
        up = subprocess.run(
            [ROOT / "deployment" / "run-local.sh", "up"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert up.returncode == 0, up.stdout + up.stderr
    assert json.loads(local.read_text())["opensearch_url"] == stack.facts["opensearch_url"]
    assert search(stack, asset_id=recorded, limit="100") == before
