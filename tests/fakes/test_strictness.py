"""The fakes are as strict as AWS."""

import json

import pytest
from botocore.exceptions import ClientError
from tests.fakes.aws import EXECUTION_TABLE, LAMBDA, control_plane
from tests.state_machines import run

from mie import aws

LAST = {"Type": "Pass", "End": True}


@pytest.fixture
def environment():
    with control_plane() as variables:
        yield variables


def code_of(service, operation, **request):
    with pytest.raises(ClientError) as refused:
        getattr(aws.client(service), operation)(**request)
    return refused.value.response["Error"]["Code"]


def machine(role, name="m", **states):
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    return {"name": name, "roleArn": role, "definition": definition}


def test_machines_and_executions_are_held_against_the_model(environment):
    role, create = environment["STAGE_EXECUTION_ROLE"], "create_state_machine"
    lost = machine(role, A={"Type": "Pass", "Next": "B"})
    assert code_of("stepfunctions", create, **lost) == "InvalidDefinition"
    assert (
        code_of("stepfunctions", create, **machine(role, "m" * 81, A=LAST)) == "ValidationException"
    )
    made = aws.client("stepfunctions").create_state_machine(**machine(role, A=LAST))
    start = {"stateMachineArn": made["stateMachineArn"], "input": json.dumps("x" * 262_144)}
    assert code_of("stepfunctions", "start_execution", **start) == "ValidationException"


@pytest.mark.parametrize("key", ["", "x" * 2_049])
def test_keys_of_items_are_neither_empty_nor_long(environment, key):
    item = {"TableName": EXECUTION_TABLE, "Key": {"Id": {"S": key}}}
    assert code_of("dynamodb", "get_item", **item) == "ValidationException"
    delete = [{"Delete": item}]
    code = code_of("dynamodb", "transact_write_items", TransactItems=delete, ClientRequestToken="t")
    assert code == "ValidationException"
    query = {
        "TableName": EXECUTION_TABLE,
        "IndexName": "WorkflowExecutionAssetId",
        "KeyConditionExpression": "AssetId = :id",
        "ExpressionAttributeValues": {":id": {"S": key}},
    }
    assert code_of("dynamodb", "query", **query) == "ValidationException"


def test_keys_of_objects_have_1024_bytes(environment):
    place = {"Bucket": "data-plane", "Key": "é" * 513}
    assert code_of("s3", "put_object", **place, Body=b"x") == "KeyTooLongError"
    assert code_of("s3", "get_object", **place) == "KeyTooLongError"
    assert code_of("s3", "head_object", **place) == "400"


def test_a_machine_in_memory_takes_256_kilobytes():
    task = {"Type": "Task", "Resource": f"{LAMBDA}:large", "End": True}
    caught = {**task, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B", "ResultPath": "$.E"}]}
    steps = {"StartAt": "A", "States": {"A": caught, "B": LAST}}
    done = run(steps, {}, {f"{LAMBDA}:large": lambda event: "x" * 262_144})
    assert done.failed.error == "States.DataLimitExceeded"
