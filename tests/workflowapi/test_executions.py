"""Executions over HTTP."""

import json
from pathlib import Path

import boto3
import pytest
from tests.fakes.aws import LAMBDA, execution_table

from mie import aws
from mie.core import statuses
from mie.core.rollup import settle_stage
from mie_build import cfn_yaml

SOURCE = Path(__file__).parents[2] / "source" / "workflowapi"
INPUT = {"Media": {"Video": {"S3Bucket": "bucket", "S3Key": "v.mp4"}}}


@pytest.fixture
def workflow(api):
    for name in ("a", "b"):
        operation = {
            "Name": name,
            "Type": "Sync",
            "Configuration": {"MediaType": "Video", "Enabled": True, "Threshold": 0.25, "Most": 3},
            "StartLambdaArn": f"{LAMBDA}:start",
        }
        assert api("POST", "/workflow/operation", operation).status == 200
    body = {"Name": "wf", "StartAt": "_a", "Stages": {"_a": {"Next": "_b"}, "_b": {"End": True}}}
    answer = api("POST", "/workflow", body)
    assert answer.status == 200
    return answer.json


@pytest.fixture
def table(environment):
    return execution_table()


def start(api, **changes):
    answer = api("POST", "/workflow/execution", {"Name": "wf", "Input": INPUT, **changes})
    assert answer.status == 200, answer.json
    return answer.json


def messages(environment):
    answer = boto3.client("sqs").receive_message(
        QueueUrl=environment["STAGE_EXECUTION_QUEUE_URL"], MaxNumberOfMessages=10
    )
    return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


def test_an_execution_is_recorded_queued_and_the_scheduler_woken(
    api, workflow, environment, lambdas
):
    execution = start(api)
    assert (execution["Status"], execution["CurrentStage"]) == ("Queued", "_a")
    assert execution["AssetId"] in lambdas.assets
    assert execution["Workflow"]["Stages"]["_a"]["Status"] == "Started"
    assert execution["Workflow"]["Stages"]["_b"]["Status"] == "Not Started"
    assert api("GET", f"/workflow/execution/{execution['Id']}").json == execution
    assert api("GET", "/workflow/execution").json == [execution]
    assert messages(environment) == [{"Id": execution["Id"]}]
    assert lambdas.calls == [
        ("dataplane", "RequestResponse"),
        (environment["WORKFLOW_SCHEDULER_LAMBDA_ARN"], "Event"),
    ]


def test_the_record_and_the_message_carry_no_machine_text(api, workflow):
    text = json.dumps(start(api))
    assert "StartAt" in text
    assert "Execute a" not in text


def test_a_request_with_a_token_is_taken_once(api, workflow, environment, lambdas):
    first = start(api, ClientRequestToken="t-1")
    assert start(api, ClientRequestToken="t-1") == first
    body = {"Name": "wf", "Input": INPUT}
    named = api("POST", "/workflow/execution", body, headers={"idempotency-key": "t-1"})
    assert (named.status, named.json) == (200, first)
    assert "ClientRequestToken" not in first
    assert [one["Id"] for one in api("GET", "/workflow/execution").json] == [first["Id"]]
    assert list(lambdas.assets) == [first["AssetId"]]
    assert len(messages(environment)) == 1


def test_a_named_request_is_held_longer_than_the_function_may_work_on_it(application):
    # who takes over from it is alone
    from chalicelib.workflow_routes import requests

    template = cfn_yaml.load((SOURCE / "external_resources.yaml").read_text())
    handler = template["Resources"]["APIHandler"]["Properties"]
    assert handler["Timeout"] < requests._LONGEST_SECONDS


def test_a_token_of_another_request_is_refused(api, workflow, lambdas):
    start(api, ClientRequestToken="t-1")
    other = {"Name": "wf", "Input": INPUT, "Configuration": {"_a": {"a": {"Enabled": False}}}}
    answer = api("POST", "/workflow/execution", {**other, "ClientRequestToken": "t-1"})
    assert answer.status == 409
    assert "ClientRequestToken" in answer.json["Message"]
    assert len(lambdas.assets) == 1


@pytest.mark.parametrize(
    ("token", "header"), [("", None), ("a b", None), (7, None), ("a", "b"), (None, "ü b")]
)
def test_what_is_no_token_is_refused(api, workflow, lambdas, token, header):
    body = {"Name": "wf", "Input": INPUT}
    if token is not None:
        body["ClientRequestToken"] = token
    headers = {} if header is None else {"Idempotency-Key": header}
    answer = api("POST", "/workflow/execution", body, headers=headers)
    assert answer.status == 400
    assert "Token" in answer.json["Message"] or "Idempotency-Key" in answer.json["Message"]
    assert not lambdas.assets


def test_a_browser_may_name_its_request_by_header(api, workflow):
    answer = api("POST", "/workflow/execution", {"Name": "wf", "Input": INPUT})
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"].split(",")


def test_overrides_are_laid_over_the_defaults(api, workflow):
    execution = start(api, Configuration={"_a": {"a": {"Threshold": 0.5, "New": [1, 2.5]}}})
    assert execution["Workflow"]["Stages"]["_a"]["Configuration"]["a"] == {
        "MediaType": "Video",
        "Enabled": True,
        "Threshold": 0.5,
        "Most": 3,
        "New": [1, 2.5],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Name": "none"}, "workflow name 'none' not found"),
        ({"Name": 7}, "Name"),
        ({"Configuration": {"none": {}}}, "Invalid stage found in Configuration 'none'"),
        ({"Configuration": {"_a": {"none": {}}}}, "Invalid operation 'none'"),
        ({"Configuration": {"_a": {"a": {"Enabled": "no"}}}}, "Configuration._a.a.Enabled"),
        ({"Configuration": {"_a": 7}}, "Configuration._a"),
        ({"Configuration": None}, "Configuration"),
        ({"Input": None}, "Input"),
        ({"Input": {}}, "Media"),
        ({"Input": {"Media": {}}}, "Media"),
        ({"Input": {"Media": {"Video": {"S3Bucket": "bucket"}}}}, "S3Key"),
        ({"Input": {"Media": {"Video": {"S3Bucket": 7, "S3Key": "k"}}}}, "S3Bucket"),
        ({"Input": {"AssetId": 7}}, "AssetId"),
        ({"Input": {"AssetId": "../x"}}, "AssetId"),
    ],
)
def test_a_request_that_cannot_run_makes_nothing(api, workflow, lambdas, change, words):
    answer = api("POST", "/workflow/execution", {"Name": "wf", "Input": INPUT, **change})
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert words in answer.json["Message"]
    assert (lambdas.assets, lambdas.calls) == ({}, [])
    assert api("GET", "/workflow/execution").json == []


def test_a_queue_that_fails_ends_the_execution(api, workflow, monkeypatch):
    def refuse(**request):
        raise RuntimeError("no queue today")

    monkeypatch.setattr(aws.client("sqs"), "send_message", refuse)
    answer = api("POST", "/workflow/execution", {"Name": "wf", "Input": INPUT})
    assert (answer.status, answer.json["Code"]) == (500, "InternalServerError")
    assert "no queue today" not in answer.json["Message"]
    (record,) = api("GET", "/workflow/execution").json
    assert record["Status"] == "Error"
    assert record["Message"].startswith("Exception ")


def test_an_asset_with_an_active_execution_is_a_conflict(api, workflow):
    first = start(api)
    request = {"Name": "wf", "Input": {"AssetId": first["AssetId"]}}
    answer = api("POST", "/workflow/execution", request)
    assert (answer.status, answer.json["Code"]) == (409, "ConflictError")
    assert first["Id"] in answer.json["Message"]


def test_an_unknown_asset_is_not_found(api, workflow):
    answer = api("POST", "/workflow/execution", {"Name": "wf", "Input": {"AssetId": "none"}})
    assert (answer.status, answer.json["Code"]) == (404, "NotFoundError")
    assert "Unable to retrieve asset: none" in answer.json["Message"]


def test_executions_are_found_by_status_and_by_asset(api, workflow):
    execution = start(api)
    summary = {
        "Id": execution["Id"],
        "AssetId": execution["AssetId"],
        "CurrentStage": "_a",
        "Status": "Queued",
        "Created": execution["Created"],
        "Workflow": {"Name": "wf"},
    }
    assert api("GET", "/workflow/execution/status/Queued").json == [summary]
    assert api("GET", f"/workflow/execution/asset/{execution['AssetId']}").json == [summary]
    assert api("GET", "/workflow/execution/status/none").json == []
    assert api("GET", "/workflow/execution/asset/none").json == []


def test_a_waiting_execution_is_resumed(api, workflow, table, environment):
    execution = start(api)
    messages(environment)
    table.admit(execution, 1, "arn")
    table.move(table.get(execution["Id"]), statuses.WAITING)
    path = f"/workflow/execution/{execution['Id']}"
    wrong = api("PUT", path, {"WaitingStageName": "_b"})
    assert wrong.status == 409
    assert "Workflow status is not 'Waiting'" in wrong.json["Message"]
    assert api("PUT", path, {}).status == 400
    answer = api("PUT", path, {"WaitingStageName": "_a"})
    assert answer.json == {"Id": execution["Id"], "Status": "Resumed"}
    assert messages(environment) == [{"Id": execution["Id"]}]
    assert api("PUT", path, {"WaitingStageName": "_a"}).status == 409


def test_a_deleted_execution_is_gone_and_its_slot_free(api, workflow, table):
    execution = start(api)
    client = boto3.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=workflow["StateMachineArn"], name="run")[
        "executionArn"
    ]
    table.admit(execution, 1, arn)
    path = f"/workflow/execution/{execution['Id']}"
    assert api("DELETE", path).json["Id"] == execution["Id"]
    assert client.describe_execution(executionArn=arn)["status"] == "ABORTED"
    assert table.running() == 0
    answer = api("DELETE", path)
    assert (answer.status, answer.json["Code"]) == (404, "NotFoundError")


def fail(table, execution):
    """Its first stage completed, its second failed."""
    table.admit(execution, 1, "arn:aws:states:us-east-1:123456789012:execution:wf:run")
    for stage, operator, status in (("_a", "a", "Complete"), ("_b", "b", "Error")):
        record = table.get(execution["Id"])
        outputs = [{"Name": operator, "Status": status, "MetaData": {}, "Media": {}}]
        table.settle(record, stage, settle_stage(record, stage, outputs))
    return table.get(execution["Id"])


def test_an_execution_is_cancelled_once(api, workflow, table, lambdas):
    execution = start(api)
    path = f"/workflow/execution/{execution['Id']}/cancel"
    answer = api("POST", path)
    assert answer.status == 200
    assert (answer.json["Status"], answer.json["Message"]) == ("Error", "Cancelled by request")
    assert api("GET", f"/workflow/execution/{execution['Id']}").json == answer.json
    woken = len(lambdas.calls)
    assert api("POST", path, {"anything": "goes"}).json == answer.json
    assert len(lambdas.calls) == woken


def test_a_running_machine_is_stopped_and_its_slot_free(api, workflow, table):
    execution = start(api)
    client = boto3.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=workflow["StateMachineArn"], name="run")[
        "executionArn"
    ]
    table.admit(execution, 1, arn)
    assert api("POST", f"/workflow/execution/{execution['Id']}/cancel").status == 200
    assert client.describe_execution(executionArn=arn)["status"] == "ABORTED"
    assert table.running() == 0


def test_what_ended_on_its_own_is_not_cancelled(api, workflow, table):
    failed = fail(table, start(api))
    answer = api("POST", f"/workflow/execution/{failed['Id']}/cancel")
    assert (answer.status, answer.json["Code"]) == (409, "ConflictError")
    assert "has ended already" in answer.json["Message"]
    unknown = api("POST", "/workflow/execution/none/cancel")
    assert (unknown.status, unknown.json["Code"]) == (404, "NotFoundError")


def test_a_failed_execution_is_queued_again_from_its_failed_stage(
    api, workflow, table, environment
):
    failed = fail(table, start(api))
    messages(environment)
    body = {"Configuration": {"_b": {"b": {"Threshold": 0.75}}}}
    answer = api("POST", f"/workflow/execution/{failed['Id']}/retry", body)
    assert answer.status == 200, answer.json
    queued = answer.json
    assert (queued["Status"], queued["CurrentStage"], queued["Attempt"]) == ("Queued", "_b", 2)
    assert queued["Workflow"]["Stages"]["_b"]["Configuration"]["b"]["Threshold"] == 0.75
    assert api("GET", f"/workflow/execution/{failed['Id']}").json == queued
    assert messages(environment) == [{"Id": failed["Id"]}]
    again = api("POST", f"/workflow/execution/{failed['Id']}/retry")
    assert (again.status, again.json["Code"]) == (409, "ConflictError")


def test_a_retry_needs_no_body(api, workflow, table):
    failed = fail(table, start(api))
    assert api("POST", f"/workflow/execution/{failed['Id']}/retry").json["Status"] == "Queued"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not JSON"),
        ([], "the body"),
        ({"Configuration": 7}, "Configuration"),
        ({"Configuration": {"_b": 7}}, "Configuration._b"),
        ({"Configuration": {"_a": {}}}, "Configuration._a: this stage has finished"),
        ({"Configuration": {"none": {}}}, "Invalid stage found in Configuration 'none'"),
        ({"Configuration": {"_b": {"b": {"Enabled": 1}}}}, "Configuration._b.b.Enabled"),
    ],
)
def test_a_retry_that_cannot_run_changes_nothing(api, workflow, table, body, words):
    failed = fail(table, start(api))
    answer = api("POST", f"/workflow/execution/{failed['Id']}/retry", body)
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert words in answer.json["Message"]
    assert table.get(failed["Id"]) == failed


def test_an_unknown_execution_is_not_retried(api, workflow):
    assert api("POST", "/workflow/execution/none/retry").status == 404


def test_lists_come_in_pages_when_asked(api, workflow, table):
    ids = sorted(start(api)["Id"] for _ in range(3))
    for path in ("/workflow/execution", "/workflow/execution/status/Queued"):
        first = api("GET", path, limit=2).json
        second = api("GET", path, limit=2, cursor=first["Cursor"]).json
        found = [*first["Executions"], *second["Executions"]]
        assert (len(first["Executions"]), sorted(one["Id"] for one in found)) == (2, ids)
        assert sorted(one["Id"] for one in api("GET", path).json) == ids
    asset = table.get(ids[0])["AssetId"]
    assert len(api("GET", f"/workflow/execution/asset/{asset}", limit=1).json["Executions"]) == 1


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 101}, {"limit": "two"}, {"limit": ""}, {"cursor": "made-up"}]
)
@pytest.mark.parametrize("path", ["", "/status/Queued", "/asset/none"])
def test_a_wrong_page_is_refused(api, workflow, path, query):
    answer = api("GET", f"/workflow/execution{path}", **query)
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert answer.json["Message"].startswith(next(iter(query)))


def test_a_list_that_no_answer_can_hold_is_refused(api, workflow, table):
    execution = start(api)
    for number in range(20):
        padded = {**execution["Configuration"], "_a": {"a": {"Text": "x" * 380_000}}}
        another = {"Id": str(number), "AssetId": str(number)}
        table.create({**execution, **another, "Configuration": padded})
    answer = api("GET", "/workflow/execution")
    assert (answer.status, answer.json["Code"]) == (413, "RequestTooLargeError")
    assert "?limit=" in answer.json["Message"]
    page = api("GET", "/workflow/execution", limit=100).json
    assert 1 <= len(page["Executions"]) < 21
    assert "Cursor" in page


def test_a_workflow_with_active_executions_is_deleted_by_force_only(api, workflow, table):
    execution_id = start(api)["Id"]
    refused = api("DELETE", "/workflow/wf")
    assert (refused.status, refused.json["Code"]) == (409, "ConflictError")
    assert f"{execution_id} (Queued)" in refused.json["Message"]
    wrong = api("DELETE", "/workflow/wf", force="yes")
    assert (wrong.status, wrong.json["Message"]) == (400, "force: must be true or false, got 'yes'")
    assert api("DELETE", "/workflow/wf", force="true").json == workflow
    record = table.get(execution_id)
    assert (record["Status"], record["Message"]) == ("Error", "Cancelled by request")
    assert api("GET", "/workflow/wf").status == 404
