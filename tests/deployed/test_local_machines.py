"""The local Step Functions refuses what Step Functions refuses, and says what it says."""

import json
import time
import uuid

import pytest
from tests.deployed.local_stack import Functions

pytestmark = pytest.mark.deployed

LARGEST = 262_144
LAST = {"Type": "Pass", "End": True}
LARGE = """
    def lambda_handler(event, context):
        return "x" * event["Large"]
"""


def definition(**states):
    return json.dumps({"StartAt": next(iter(states)), "States": states})


@pytest.fixture(scope="module")
def function(stack, test_lambdas):
    made = Functions(stack, test_lambdas["VideoSyncOKLambda"])
    yield made.make(LARGE)
    made.remove()


class Machines:
    def __init__(self, stack):
        self.client = stack.client("stepfunctions")
        known = self.client.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        self.role = self.client.describe_state_machine(stateMachineArn=known)["roleArn"]
        self.made = []

    def make(self, **states):
        """The ARN of the first version of a new machine."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        made = self.client.create_state_machine(
            name=name, definition=definition(**states), roleArn=self.role, publish=True
        )
        self.made.append(made["stateMachineArn"])
        return made["stateMachineVersionArn"]

    def run(self, arn, given="{}"):
        started = self.client.start_execution(stateMachineArn=arn, input=given)["executionArn"]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = self.client.describe_execution(executionArn=started)
            if found["status"] != "RUNNING":
                return found
            time.sleep(0.1)
        pytest.fail(f"{started} goes on")

    def remove(self):
        for arn in self.made:
            self.client.delete_state_machine(stateMachineArn=arn)


@pytest.fixture
def machines(stack):
    made = Machines(stack)
    yield made
    made.remove()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "m" * 81}, "ValidationException"),
        ({"name": "a b"}, "InvalidName"),
        ({"definition": "{no"}, "InvalidDefinition"),
        ({"definition": definition(A={"Type": "Pass", "Next": "B"})}, "InvalidDefinition"),
        ({"definition": definition(**{"s" * 81: LAST})}, "InvalidDefinition"),
        ({"definition": definition(A={**LAST, "Comment": "x" * 2**20})}, "ValidationException"),
    ],
)
def test_a_machine_that_cannot_be_is_refused(stack, machines, changes, code):
    request = {"name": "never", "definition": definition(A=LAST), "roleArn": machines.role}
    assert stack.refusal("stepfunctions", "create_state_machine", **request | changes)[0] == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "e" * 81}, "ValidationException"),
        ({"name": "a:b"}, "InvalidName"),
        ({"input": "{no"}, "InvalidExecutionInput"),
        ({"input": json.dumps("x" * LARGEST)}, "ValidationException"),
        ({"input": json.dumps("é" * (LARGEST // 2), ensure_ascii=False)}, "ValidationException"),
    ],
)
def test_an_execution_that_cannot_be_is_refused(stack, machines, changes, code):
    request = {"stateMachineArn": machines.make(A=LAST), **changes}
    assert stack.refusal("stepfunctions", "start_execution", **request)[0] == code


def test_a_version_goes_with_its_machine(stack, machines):
    version = machines.make(A=LAST)
    machines.client.delete_state_machine(stateMachineArn=machines.made.pop())
    code, _ = stack.refusal("stepfunctions", "start_execution", stateMachineArn=version)
    # a deleted machine keeps its name for a while
    assert code in ("StateMachineDeleting", "StateMachineDoesNotExist")


def test_a_start_that_is_repeated_answers_as_before_while_the_execution_runs(stack, machines):
    arn = machines.make(A={"Type": "Wait", "Seconds": 60, "End": True})
    request = {"stateMachineArn": arn, "name": "one", "input": '{"a": 1}'}
    first = machines.client.start_execution(**request)
    again = machines.client.start_execution(**request)
    assert (again["executionArn"], again["startDate"]) == (
        first["executionArn"],
        first["startDate"],
    )
    other = {**request, "input": "{}"}
    code = stack.refusal("stepfunctions", "start_execution", **other)[0]
    assert code == "ExecutionAlreadyExists"
    machines.client.stop_execution(executionArn=first["executionArn"])
    code = stack.refusal("stepfunctions", "start_execution", **request)[0]
    assert code == "ExecutionAlreadyExists"


def test_an_execution_of_a_version_belongs_to_the_machine(machines):
    version = machines.make(A=LAST)
    machine = version.rpartition(":")[0]
    found = machines.run(version)
    assert found["stateMachineArn"] == machine
    assert found["stateMachineVersionArn"] == version
    assert found["executionArn"].split(":")[6] == machine.split(":")[6]
    assert "stateMachineVersionArn" not in machines.run(machine)
    listed = machines.client.list_executions(stateMachineArn=machine)["executions"]
    assert {one.get("stateMachineVersionArn") for one in listed} == {version, None}


@pytest.fixture
def events(stack):
    """Reads what the bus says of the executions of a machine: a function of its name."""
    bus, queues = stack.client("events"), stack.client("sqs")
    name = f"test-{uuid.uuid4().hex[:12]}"
    url = queues.create_queue(QueueName=name)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}
    bus.put_rule(Name=name, EventPattern=json.dumps(pattern))
    bus.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}])

    def of(execution, number):
        found, deadline = [], time.monotonic() + 30
        while len(found) < number and time.monotonic() < deadline:
            answer = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            events = [json.loads(one["Body"]) for one in answer.get("Messages", [])]
            found += [one for one in events if one["resources"] == [execution]]
        return sorted((one["detail"] for one in found), key=lambda one: one["stopDate"] or 0)

    yield of
    bus.remove_targets(Rule=name, Ids=["queue"])
    bus.delete_rule(Name=name)
    queues.delete_queue(QueueUrl=url)


def test_events_say_machine_and_version(machines, events):
    version = machines.make(A=LAST)
    execution = machines.run(version, '{"a": 1}')["executionArn"]
    running, ended = events(execution, 2)
    for one in (running, ended):
        assert one["executionArn"] == execution
        assert one["stateMachineArn"] == version.rpartition(":")[0]
        assert one["stateMachineVersionArn"] == version
        assert one["stateMachineAliasArn"] is None
        assert (one["input"], one["inputDetails"]) == ('{"a": 1}', {"included": True})
        assert (one["redriveCount"], one["redriveStatus"]) == (0, "NOT_REDRIVABLE")
        # milliseconds
        assert one["startDate"] > 1_700_000_000_000
    assert (running["status"], running["output"], running["stopDate"]) == ("RUNNING", None, None)
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"a": 1}')


def test_events_leave_out_what_is_too_large(machines, events):
    given = json.dumps("x" * 130_000)
    execution = machines.run(machines.make(A=LAST), given)["executionArn"]
    running, ended = events(execution, 2)
    assert running["inputDetails"] == {"included": True}
    # both together are more than 248 KB
    assert (ended["input"], ended["inputDetails"]) == (None, {"included": False})
    assert (ended["output"], ended["outputDetails"]) == (given, {"included": True})


def task(function, **more):
    return {"Type": "Task", "Resource": function, "End": True, **more}


def test_a_result_beyond_the_limit_is_caught_by_its_name_alone(machines, function):
    caught = {"ErrorEquals": ["States.ALL"], "Next": "B"}
    given = json.dumps({"Large": LARGEST})
    failed = machines.run(machines.make(A=task(function, Catch=[caught]), B=LAST), given)
    assert (failed["status"], failed["error"]) == ("FAILED", "States.DataLimitExceeded")
    assert failed["cause"] == (
        f"The state/task '{function}' returned a result with a size exceeding the maximum number "
        "of bytes service limit."
    )
    named = {**caught, "ErrorEquals": ["States.DataLimitExceeded"]}
    mended = machines.run(machines.make(A=task(function, Catch=[named]), B=LAST), given)
    assert mended["status"] == "SUCCEEDED"


def test_branches_together_have_the_limit_of_one(machines):
    part = {"Type": "Pass", "Result": "x" * 150_000, "End": True}
    branches = [json.loads(definition(**{name: part})) for name in ("B", "C")]
    failed = machines.run(machines.make(A={"Type": "Parallel", "Branches": branches, "End": True}))
    assert (failed["status"], failed["error"]) == ("FAILED", "States.DataLimitExceeded")
    assert "The state/task 'A'" in failed["cause"]


def test_a_function_that_is_not_there_fails_the_task(machines, function):
    failed = machines.run(machines.make(A=task(f"{function}-none")))
    assert failed["status"] == "FAILED"
    assert "ResourceNotFoundException" in failed["error"]


def test_a_history_ends_with_25_000_events(stack, machines):
    forever = {"Type": "Choice", "Choices": [], "Default": "B"}
    forever["Choices"] = [{"Variable": "$.never", "IsPresent": True, "Next": "C"}]
    version = machines.make(A=forever, B={"Type": "Pass", "Next": "A"}, C=LAST)
    failed = machines.run(version)
    assert failed["status"] == "FAILED"
    assert failed["cause"] == "The execution reached the maximum number of history events (25000)."
    newest = machines.client.get_execution_history(
        executionArn=failed["executionArn"], reverseOrder=True, maxResults=1
    )["events"][0]
    assert (newest["id"], newest["type"]) == (25_000, "ExecutionFailed")
