"""Direct calls of an API's handler: what the function gets, and what its answers mean."""

import io
import json

import pytest
from chalice import Chalice
from tests.fakes.aws import control_plane

from mie import aws
from mie.adapters.dataplane import DataplaneApi
from mie.adapters.lambda_api import call
from mie.adapters.scheduler import SchedulerFunction
from mie.core.errors import BadRequest, Conflict, Forbidden, Malformed, NotFound, TooManyRequests


@pytest.fixture
def environment():
    with control_plane() as variables:
        yield variables


@pytest.fixture
def answer(environment, monkeypatch):
    """answer(payload, **more): what the next invocations return; the list of their requests."""
    requests = []

    def prepare(payload, **more):
        def invoke(**request):
            requests.append(request)
            body = payload(json.loads(request["Payload"])) if callable(payload) else payload
            return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(body).encode()), **more}

        monkeypatch.setattr(aws.client("lambda"), "invoke", invoke)
        return requests

    return prepare


def test_a_chalice_application_understands_the_event(answer):
    app = Chalice("any")

    @app.route("/metadata/{asset_id}", methods=["POST"])
    def show(asset_id):
        request = app.current_request
        return {"asset": asset_id, "query": request.query_params, "body": request.json_body}

    requests = answer(lambda event: app(event, None))
    status, body = call(
        "function",
        "POST",
        "/metadata/{asset_id}",
        "/metadata/1 2",
        body={"n": 1.5},
        path_params={"asset_id": "1 2"},
        query={"cursor": "a b"},
    )
    assert status == 200
    assert body == {"asset": "1%202", "query": {"cursor": "a b"}, "body": {"n": 1.5}}
    assert requests[0]["FunctionName"] == "function"


def test_an_answer_may_be_text(answer):
    answer({"statusCode": 200, "body": "https://signed"})
    assert call("function", "GET", "/", "/") == (200, "https://signed")


def test_a_function_that_broke_is_an_error_that_says_how(answer):
    answer({"errorType": "KeyError", "errorMessage": "'x'"}, FunctionError="Unhandled")
    with pytest.raises(Malformed, match="KeyError: 'x'"):
        call("function", "GET", "/", "/")


@pytest.mark.parametrize("payload", [None, [], {}, {"statusCode": None}])
def test_an_answer_without_a_status_is_an_error(answer, payload):
    answer(payload)
    with pytest.raises(Malformed, match="status code"):
        call("function", "GET", "/", "/")


def test_the_data_plane_makes_finds_and_deletes_assets(answer):
    location = {"S3Bucket": "b", "S3Key": "k"}
    created = {"AssetId": "1", **location}
    requests = answer({"statusCode": 200, "body": json.dumps(created)})
    assert DataplaneApi("dataplane").create_asset("Image", "bucket", "i.jpg") == created
    event = json.loads(requests[0]["Payload"])
    assert (event["httpMethod"], event["resource"]) == ("POST", "/create")
    assert json.loads(event["body"]) == {
        "Input": {"MediaType": "Image", "S3Bucket": "bucket", "S3Key": "i.jpg"}
    }
    copying = {**created, "State": "Copying", "Message": "copying …"}
    answer({"statusCode": 202, "body": json.dumps(copying)})
    assert DataplaneApi("dataplane").create_asset("Image", "bucket", "i.jpg") == copying
    answer({"statusCode": 200, "body": json.dumps({"results": {**location, "MediaType": "I"}})})
    assert DataplaneApi("dataplane").get_asset("1") == {**location, "MediaType": "I"}
    requests = answer({"statusCode": 200, "body": '"deleted"'})
    DataplaneApi("dataplane").delete_asset("1")
    event = json.loads(requests[-1]["Payload"])
    assert (event["httpMethod"], event["pathParameters"]) == ("DELETE", {"asset_id": "1"})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequest),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (429, TooManyRequests),
        (500, Malformed),
    ],
)
def test_an_error_of_the_data_plane_stays_what_it_is(answer, status, error):
    body = json.dumps({"Code": "AnyError", "Message": "the reason"})
    answer({"statusCode": status, "body": body})
    with pytest.raises(error, match=f"{status}: the reason"):
        DataplaneApi("dataplane").create_asset("Image", "bucket", "i.jpg")


def test_an_asset_without_a_place_is_an_error(answer):
    answer({"statusCode": 200, "body": json.dumps({"AssetId": "1"})})
    with pytest.raises(Malformed, match="S3Bucket"):
        DataplaneApi("dataplane").create_asset("Image", "bucket", "i.jpg")


def test_the_scheduler_is_woken_without_waiting_for_it(answer):
    requests = answer(None)
    SchedulerFunction("scheduler").wake()
    assert (requests[0]["FunctionName"], requests[0]["InvocationType"]) == ("scheduler", "Event")


def test_a_scheduler_that_cannot_be_woken_does_not_break_its_caller(environment):
    SchedulerFunction("none").wake()
