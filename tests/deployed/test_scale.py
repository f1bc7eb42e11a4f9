"""A hundred operators in one workflow: what is compiled, what is written, and that it runs."""

import json

import pytest
from boto3.dynamodb.types import TypeDeserializer
from tests.deployed.local_stack import Definitions

pytestmark = pytest.mark.deployed

OPERATORS = 20
STAGES = 5
# KB of A6, in bytes of JSON, which is more than DynamoDB and Step Functions count
LARGEST_RECORD, LARGEST_STATE, LARGEST_DEFINITION = 100_000, 200_000, 1_000_000


@pytest.fixture(scope="module")
def wide(stack, test_lambdas):
    """The operators of the test, which all stages share."""
    made = Definitions(stack, test_lambdas)
    names = [
        # a medium of its own for each: two of one type would be a conflict
        made.operator(f"wide{number}", "VideoSyncOKLambda", OutputMediaType=f"Type{number}")
        for number in range(OPERATORS)
    ]
    yield made, names
    made.remove()


def stored(stack, execution_id):
    """The record as it lies in its table."""
    table = f"{stack.facts['stack_name']}WorkflowExecution"
    item = stack.client("dynamodb").get_item(
        TableName=table, Key={"Id": {"S": execution_id}}, ConsistentRead=True
    )["Item"]
    return {key: TypeDeserializer().deserialize(value) for key, value in item.items()}


def machine_data(stack, execution):
    """Sizes of what the machine's states of the top level got and gave."""
    for event in stack.history(execution):
        for details in event.values():
            if isinstance(details, dict):
                yield from (len(details[key]) for key in ("input", "output") if key in details)


def check(stack, execution, stages):
    assert execution["Status"] == "Complete", execution.get("Message")
    outputs = [one for name in stages for one in execution["Workflow"]["Stages"][name]["Outputs"]]
    assert {one["Status"] for one in outputs} == {"Complete"}
    record = stored(stack, execution["Id"])
    assert len(json.dumps(record, default=str)) < LARGEST_RECORD
    sizes = list(machine_data(stack, execution))
    assert len(sizes) > 0
    assert max(sizes) < LARGEST_STATE
    machine = stack.client("stepfunctions").describe_state_machine(
        stateMachineArn=execution["Workflow"]["StateMachineArn"]
    )
    assert len(machine["definition"]) < LARGEST_DEFINITION
    return outputs


def test_five_stages_of_twenty_operators_run(stack, wide):
    made, names = wide
    stages = [made.stage(f"stage{number}", *names) for number in range(STAGES)]
    execution = stack.run(made.workflow("hundred", *stages), "Video")
    assert len(check(stack, execution, stages)) == STAGES * OPERATORS
    assert set(execution["Globals"]["MetaData"]) == set(names)
    assert len(execution["Workflow"]["Stages"][stages[-1]]["Input"]["Media"]) == OPERATORS + 1


def test_one_stage_of_a_hundred_operators_runs(stack, wide):
    made, names = wide
    more = [
        made.operator(f"more{number}", "VideoSyncOKLambda", OutputMediaType=f"More{number}")
        for number in range(OPERATORS * (STAGES - 1))
    ]
    stage = made.stage("all", *names, *more)
    execution = stack.run(made.workflow("wide", stage), "Video")
    assert len(check(stack, execution, [stage])) == STAGES * OPERATORS
    assert set(execution["Globals"]["MetaData"]) == {*names, *more}
