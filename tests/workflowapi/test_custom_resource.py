"""The custom resource's function: it writes one answer, in time, to the URL it was given."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from tests.fakes.aws import LAMBDA

OPERATOR = {
    "ServiceToken": "arn:aws:lambda:token",
    "ResourceType": "Operator",
    "Name": "op",
    "Type": "Async",
    "Configuration": {"MediaType": "Video", "Enabled": "false", "Note": "größer"},
    "StartLambdaArn": f"{LAMBDA}:start",
    "MonitorLambdaArn": f"{LAMBDA}:monitor",
}


class Bucket:
    """Where CloudFormation wants its answers: takes PUT requests on the loopback interface."""

    def __init__(self):
        self.answers, self.headers = [], []
        self.arrived = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answers.append(json.loads(body))
                outer.headers.append(self.headers)
                self.send_response(200)
                self.end_headers()
                outer.arrived.set()

            def log_message(self, *_):
                """The test's output stays clean."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/answer"


@pytest.fixture
def bucket():
    bucket = Bucket()
    thread = threading.Thread(target=bucket.server.serve_forever)
    thread.start()
    yield bucket
    bucket.server.shutdown()
    thread.join()
    bucket.server.server_close()


@pytest.fixture
def ask(application, environment, bucket):
    def send(request_type, properties, physical_id=None, seconds=180.0, **more):
        event = {
            "RequestType": request_type,
            "ResponseURL": bucket.url,
            "StackId": "arn:aws:cloudformation:us-east-1:1:stack/app/1",
            "RequestId": "request",
            "LogicalResourceId": "Op",
            "ResourceProperties": properties,
            **more,
        }
        if physical_id is not None:
            event["PhysicalResourceId"] = physical_id
        context = SimpleNamespace(
            get_remaining_time_in_millis=lambda: seconds * 1000,
            invoked_function_arn="arn:of:this:function",
        )
        application.workflow_custom_resource(event, context)
        return bucket.answers[-1]

    return send


def test_an_operator_is_registered_updated_and_removed(ask, item):
    created = ask("Create", OPERATOR)
    assert created["Status"] == "SUCCESS", created
    assert created["Data"]["StageName"] == "_op"
    stored = item("OPERATION_TABLE_NAME", "Name", "op")
    assert stored["Configuration"]["Enabled"] is False
    physical_id = created["PhysicalResourceId"]
    enabled = {**OPERATOR["Configuration"], "Enabled": "true"}
    updated = ask("Update", {**OPERATOR, "Configuration": enabled}, physical_id)
    assert (updated["Status"], updated["PhysicalResourceId"]) == ("SUCCESS", physical_id)
    assert item("OPERATION_TABLE_NAME", "Name", "op")["Configuration"]["Enabled"] is True
    assert ask("Delete", OPERATOR, physical_id)["Status"] == "SUCCESS"
    assert item("OPERATION_TABLE_NAME", "Name", "op") is None
    assert item("STAGE_TABLE_NAME", "Name", "_op") is None


def test_the_answer_has_an_empty_content_type_and_its_length_in_bytes(ask, bucket):
    answer = ask("Create", {**OPERATOR, "Name": "größer"})
    assert answer["Status"] == "FAILED"
    assert "größer" in answer["Reason"]
    (headers,) = bucket.headers
    assert headers["Content-Type"] == ""
    body = json.dumps(answer, ensure_ascii=False)
    assert int(headers["Content-Length"]) == len(body.encode()) > len(body)


def test_properties_of_the_wrong_type_fail_with_their_name(ask):
    properties = {key: value for key, value in OPERATOR.items() if key != "StartLambdaArn"}
    answer = ask("Create", properties)
    assert answer["Status"] == "FAILED"
    assert "StartLambdaArn" in answer["Reason"]


def test_what_takes_more_than_one_invocation_is_answered_by_the_last(
    application, environment, bucket, ask, item, monkeypatch
):
    physical_id = ask("Create", OPERATOR)["PhysicalResourceId"]
    later = []
    monkeypatch.setattr(
        "chalicelib.workflow_routes.custom_resource.invoke_later",
        lambda function, event: later.append((function, event)),
    )
    changed = {**OPERATOR, "Configuration": {**OPERATOR["Configuration"], "Note": "changed"}}
    answers = len(bucket.answers)
    # too little to begin with what depends on the operator
    ask("Update", changed, physical_id, seconds=40.0)
    assert item("OPERATION_TABLE_NAME", "Name", "op")["Version"] == "v1"
    assert item("STAGE_TABLE_NAME", "Name", "_op")["Version"] == "v0"
    ((function, event),) = later
    assert function == "arn:of:this:function"
    assert len(bucket.answers) == answers
    long = SimpleNamespace(
        get_remaining_time_in_millis=lambda: 900_000, invoked_function_arn=function
    )
    application.workflow_custom_resource(event, long)
    assert bucket.answers[-1]["Status"] == "SUCCESS"
    assert item("OPERATION_TABLE_NAME", "Name", "op")["Version"] == "v1"
    stage = item("STAGE_TABLE_NAME", "Name", "_op")
    assert (stage["Version"], stage["Configuration"]["op"]["Note"]) == ("v1", "changed")


def test_what_takes_longer_than_cloudformation_waits_fails_with_the_reason(ask, bucket):
    physical_id = ask("Create", OPERATOR)["PhysicalResourceId"]
    answer = ask("Update", OPERATOR, physical_id, seconds=40.0, Finish=4)
    assert answer["Status"] == "FAILED"
    assert "could not all be built anew in time" in answer["Reason"]


def test_what_takes_too_long_fails_before_the_function_ends(ask, bucket, monkeypatch):
    late = {"Status": "SUCCESS"}

    def dawdle(*_):
        assert bucket.arrived.wait(10)
        return late

    monkeypatch.setattr("mie.engine.custom_resource.handle", dawdle)
    answer = ask("Create", OPERATOR, seconds=10.05)
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == "mie-operator-op"
    assert "not done after" in answer["Reason"]
    assert bucket.answers == [answer]
