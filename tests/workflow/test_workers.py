"""The functions beside the state machines, on AWS in the process."""

import json
import logging
import uuid
from types import SimpleNamespace

import boto3
import completion
import error_handler
import operator_failed
import pytest
import scheduler
import wait
from tests.fakes.aws import HISTORY_TABLE, LAMBDA, SHORT_UUID, control_plane, execution_table
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, output, run

from mie import aws
from mie.adapters.definitions import WorkflowTable
from mie.adapters.queue import ExecutionQueue
from mie.engine.completion import StageFailed

WORKER_VARIABLES = {
    "DATAPLANE_BUCKET",
    "DataplaneEndpoint",
    "WORKFLOW_TABLE_NAME",
    "SYSTEM_TABLE_NAME",
    "WORKFLOW_EXECUTION_TABLE_NAME",
    "WORKFLOW_EXECUTION_CLAIM_TABLE_NAME",
    "STAGE_EXECUTION_QUEUE_URL",
    "WORKFLOW_SCHEDULER_LAMBDA_ARN",
    "DEFAULT_MAX_CONCURRENT_WORKFLOWS",
    "ShortUUID",
}


@pytest.fixture
def environment():
    with control_plane() as variables:
        yield variables


@pytest.fixture
def woken(environment, monkeypatch):
    """The functions that were invoked."""
    calls = []
    monkeypatch.setattr(
        aws.client("lambda"), "invoke", lambda **request: calls.append(request["FunctionName"])
    )
    return calls


@pytest.fixture
def table(environment):
    return execution_table()


@pytest.fixture
def queue(environment):
    return ExecutionQueue(environment["STAGE_EXECUTION_QUEUE_URL"])


@pytest.fixture
def execution(environment, table, queue, woken):
    """A queued execution of two stages, whose workflow and machine really exist."""
    world = World()
    define(world, stage_operations=(("a",), ("b",)))
    record = run(world, Configuration={"s1": {"a": {"Threshold": 0.5, "Most": 3}}})
    created = boto3.client("stepfunctions").create_state_machine(
        name=f"wf-{SHORT_UUID}",
        definition=json.dumps({"StartAt": "a", "States": {"a": {"Type": "Succeed"}}}),
        roleArn=environment["STAGE_EXECUTION_ROLE"],
        publish=True,
    )
    workflow = {
        **record["Workflow"],
        "StateMachineArn": created["stateMachineArn"],
        "StateMachineVersionArn": created["stateMachineVersionArn"],
    }
    record = {**record, "Workflow": workflow}
    WorkflowTable(environment["WORKFLOW_TABLE_NAME"], HISTORY_TABLE).create(workflow)
    table.create(record)
    queue.send(record["Id"])
    return record


def event_of(record):
    arn = record["StateMachineExecutionArn"]
    detail = {
        "name": arn.rpartition(":")[2],
        "status": "ABORTED",
        "executionArn": arn,
        "stateMachineArn": record["Workflow"]["StateMachineArn"],
    }
    return {"source": "aws.states", "detail": detail}


def test_an_execution_goes_from_the_queue_to_its_end(execution, table, queue, woken):
    assert scheduler.lambda_handler({}, None)["started"] == 1
    record = table.get(execution["Id"])
    started = boto3.client("stepfunctions").describe_execution(
        executionArn=record["StateMachineExecutionArn"]
    )
    state = json.loads(started["input"])
    assert state["Configuration"]["a"]["Threshold"] == 0.5
    results = [output("a", MetaData={"Score": 0.25, "Count": 2})]
    state = completion.lambda_handler({**state, "Outputs": results}, None)
    assert state["Name"] == "s2"
    assert json.loads(json.dumps(state))["Input"]["MetaData"] == {"Score": 0.25, "Count": 2}
    assert completion.lambda_handler({**state, "Outputs": [output("b")]}, None) == {}
    assert table.get(execution["Id"])["Status"] == "Complete"
    assert table.running() == 0
    assert woken == [f"{LAMBDA}:scheduler"]
    assert list(queue.receive(1)) == []


def test_a_failed_stage_ends_the_machine(execution, table):
    scheduler.lambda_handler({}, None)
    event = {
        "Name": "s1",
        "WorkflowExecutionId": execution["Id"],
        "Outputs": [output("a", "Error")],
    }
    with pytest.raises(StageFailed):
        completion.lambda_handler(event, None)
    assert table.get(execution["Id"])["Status"] == "Error"


def test_the_minute_schedule_finds_what_lost_its_message(execution, table, queue):
    (message,) = queue.receive(1)
    queue.delete(message)
    assert scheduler.lambda_handler({}, None)["started"] == 0
    assert scheduler.lambda_handler({"source": "aws.events"}, None)["started"] == 1
    assert table.get(execution["Id"])["Status"] == "Started"


def test_no_more_start_than_the_environment_allows(execution, table, queue, monkeypatch):
    for one in (str(uuid.uuid4()) for _ in range(6)):
        table.create({**execution, "Id": one, "AssetId": one})
        queue.send(one)
    assert scheduler.lambda_handler({}, None)["started"] == 5
    assert table.running() == len(list(table.with_status("Started"))) == 5
    assert len(queue.receive(10)) == 2


def test_waiting_ends_when_the_execution_runs_again(execution, table, queue):
    scheduler.lambda_handler({}, None)
    event = {"Name": "Wait", "WorkflowExecutionId": execution["Id"], "Status": "Started"}
    assert wait.start_wait_operation(event, None) == {**event, "Status": "Executing"}
    assert table.running() == 0
    assert wait.check_wait_operation(event, None)["Status"] == "Executing"
    waiting = table.get(execution["Id"])
    table.move(waiting, "Resumed")
    assert wait.check_wait_operation(event, None)["Status"] == "Executing"
    queue.send(execution["Id"])
    scheduler.lambda_handler({}, None)
    assert wait.check_wait_operation(event, None)["Status"] == "Complete"


def test_a_machine_that_was_stopped_closes_its_execution(execution, table, woken):
    scheduler.lambda_handler({}, None)
    record = table.get(execution["Id"])
    answer = error_handler.lambda_handler(event_of(record), None)
    closed = table.get(execution["Id"])
    assert closed["Status"] == "Error"
    assert closed["Message"] == answer["errorMessage"]
    assert woken == [f"{LAMBDA}:scheduler"]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"Name": "n", "Status": "Error"}, {"Name": "n", "Status": "Error"}),
        (
            {
                "Name": "n",
                "AssetId": "1",
                "WorkflowExecutionId": "2",
                "Input": {},
                "Configuration": {},
                "Outputs": {"Error": "X", "Cause": ""},
            },
            {"Status": "Error", "MetaData": {"nError": "X"}, "AssetId": "1"},
        ),
    ],
)
def test_a_failed_operator_is_described(event, expected):
    answer = operator_failed.lambda_handler(event, None)
    assert {key: answer[key] for key in expected} == expected


def test_the_workers_need_no_other_variables(execution, environment, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    for name in set(environment) - WORKER_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert scheduler.lambda_handler({}, SimpleNamespace())["started"] == 1
