"""State machines: one contract for the adapter and its fake, and what AWS alone shows."""

import json

import boto3
import pytest
from botocore.stub import Stubber
from tests.fakes.aws import ACCOUNT, LAMBDA, SHORT_UUID, control_plane
from tests.fakes.control_plane import Machines

from mie import aws
from mie.adapters.machines import StateMachines
from mie.core.documents import MachineRun
from mie.core.errors import BadRequest, Busy, NotFound, TooManyRequests

DEFINITION = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Succeed"}}})
ROLE = "arn:aws:iam::1:role/machines"
TAGS = [{"key": "environment", "value": "mie"}]
OTHER = json.dumps({"StartAt": "b", "States": {"b": {"Type": "Succeed"}}})


@pytest.fixture
def environment():
    with control_plane() as variables:
        yield variables


@pytest.fixture
def machines(environment):
    return StateMachines(SHORT_UUID, f"{LAMBDA}:any")


@pytest.fixture
def role(environment):
    return environment["STAGE_EXECUTION_ROLE"]


@pytest.fixture
def client(environment):
    return boto3.client("stepfunctions")


def test_the_arn_is_known_before_the_machine_exists(machines, role, client):
    assert machines.workflow_arn("wf") == (
        f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:wf-{SHORT_UUID}"
    )
    machines.put(machines.workflow_arn("wf"), DEFINITION, role)
    described = client.describe_state_machine(stateMachineArn=machines.workflow_arn("wf"))
    assert (described["definition"], described["roleArn"]) == (DEFINITION, role)
    tags = client.list_tags_for_resource(resourceArn=machines.workflow_arn("wf"))["tags"]
    assert tags == TAGS


@pytest.mark.parametrize("kind", ["fake", "step functions"])
def test_a_version_keeps_its_definition_and_can_be_started(kind, machines, role, client):
    used = Machines() if kind == "fake" else machines
    first, second = (
        used.put_version(used.workflow_arn("wf"), DEFINITION, role),
        used.put_version(used.workflow_arn("wf"), OTHER, role),
    )
    assert (first, second) == (f"{used.workflow_arn('wf')}:1", f"{used.workflow_arn('wf')}:2")
    used.start(first, "name", {})
    if kind == "fake":
        (started,) = used.ran.items()
        assert started == (
            f"{used.workflow_arn('wf').replace('stateMachine', 'execution')}:name",
            DEFINITION,
        )
    else:
        described = client.describe_state_machine(stateMachineArn=first)
        assert described["definition"] == DEFINITION
        described = client.describe_state_machine(stateMachineArn=machines.workflow_arn("wf"))
        assert described["definition"] == OTHER


def test_a_machine_is_deleted_and_one_that_is_not_there_too(machines, role, client):
    machines.put(machines.workflow_arn("wf"), DEFINITION, role)
    machines.delete(machines.workflow_arn("wf"))
    machines.delete(machines.workflow_arn("wf"))
    assert client.list_state_machines()["stateMachines"] == []


@pytest.mark.parametrize("kind", ["fake", "step functions"])
def test_an_execution_is_started_once(kind, machines, role, client):
    used = Machines() if kind == "fake" else machines
    used.put(used.workflow_arn("wf"), DEFINITION, role)
    for _ in range(2):
        used.start(used.workflow_arn("wf"), "name", {"Threshold": 0.5})
    if kind != "fake":
        (found,) = client.list_executions(stateMachineArn=machines.workflow_arn("wf"))["executions"]
        described = client.describe_execution(executionArn=found["executionArn"])
        assert json.loads(described["input"]) == {"Threshold": 0.5}
        assert found["executionArn"] == (
            machines.workflow_arn("wf").replace(":stateMachine:", ":execution:") + ":name"
        )


@pytest.mark.parametrize("kind", ["fake", "step functions"])
def test_a_machine_that_is_not_there_cannot_start(kind, machines):
    used = Machines() if kind == "fake" else machines
    with pytest.raises(NotFound, match="StateMachineDoesNotExist"):
        used.start(used.workflow_arn("none"), "name", {})


def test_a_running_execution_is_stopped_and_one_that_is_not_there_left(machines, role, client):
    machines.put(machines.workflow_arn("wf"), DEFINITION, role)
    machines.start(machines.workflow_arn("wf"), "name", {})
    arn = client.list_executions(stateMachineArn=machines.workflow_arn("wf"))["executions"][0][
        "executionArn"
    ]
    machines.stop(arn, "deleted by request")
    assert client.describe_execution(executionArn=arn)["status"] == "ABORTED"
    machines.stop(arn.replace(":name", ":other"), "deleted by request")


@pytest.mark.parametrize("kind", ["fake", "step functions"])
def test_how_an_execution_stands(kind, machines, role):
    used = Machines() if kind == "fake" else machines
    used.put(used.workflow_arn("wf"), DEFINITION, role)
    used.start(used.workflow_arn("wf"), "name", {})
    arn = used.workflow_arn("wf").replace(":stateMachine:", ":execution:") + ":name"
    assert used.state(arn) == MachineRun("RUNNING", None)
    used.stop(arn, "why")
    ended = used.state(arn)
    assert ended.status == "ABORTED"
    assert isinstance(ended.ended, float)
    assert used.state(f"{arn}2") is None


class TestAnswersOfStepFunctions:
    """What moto does not show, answered as the service model says."""

    @pytest.fixture
    def stub(self, environment):
        with Stubber(aws.client("stepfunctions")) as stub:
            yield stub
            stub.assert_no_pending_responses()

    def test_the_oldest_versions_make_room_for_new_ones(self, machines, stub):
        arn = machines.workflow_arn("wf")
        made = {"updateDate": 0, "stateMachineVersionArn": f"{arn}:501"}
        changed = {"stateMachineArn": arn, "definition": OTHER, "roleArn": ROLE, "publish": True}
        stub.add_response("update_state_machine", made, changed)
        oldest = {"stateMachineVersionArn": f"{arn}:1"}
        stub.add_response("delete_state_machine_version", {}, oldest)
        assert machines.put_version(machines.workflow_arn("wf"), OTHER, ROLE) == f"{arn}:501"

    @pytest.mark.parametrize(
        "answers",
        [
            ["StateMachineDeleting"],
            ["ConflictException"],
            ["StateMachineDoesNotExist", "StateMachineDeleting"],
            ["StateMachineDoesNotExist", "StateMachineAlreadyExists"],
        ],
    )
    def test_a_name_that_is_being_deleted_or_made_is_free_later(self, machines, stub, answers):
        for call, error in zip(("update", "create"), answers, strict=False):
            stub.add_client_error(f"{call}_state_machine", error)
        with pytest.raises(Busy, match="'wf-test1234' is being deleted or changed at the moment"):
            machines.put(machines.workflow_arn("wf"), DEFINITION, ROLE)

    def test_the_machine_of_a_stage_has_no_versions(self, machines, stub):
        wanted = {"definition": DEFINITION, "roleArn": ROLE, "publish": False}
        arn = machines.stage_arn("s")
        stub.add_client_error("update_state_machine", "StateMachineDoesNotExist")
        stub.add_response(
            "create_state_machine",
            {"stateMachineArn": arn, "creationDate": 0},
            {"name": "s-test1234-stage", "tags": TAGS, **wanted},
        )
        stub.add_response(
            "update_state_machine", {"updateDate": 0}, {"stateMachineArn": arn, **wanted}
        )
        for _ in range(2):
            machines.put(arn, DEFINITION, ROLE)

    def test_fewer_changes_that_are_asked_for_are_told(self, machines, stub):
        stub.add_client_error("update_state_machine", "ThrottlingException", "Rate exceeded")
        with pytest.raises(TooManyRequests, match="fewer changes of state machines"):
            machines.put(machines.workflow_arn("wf"), DEFINITION, ROLE)

    def test_an_input_that_is_refused_will_always_be(self, machines, stub):
        stub.add_client_error("start_execution", "InvalidExecutionInput", "too long")
        with pytest.raises(BadRequest, match="InvalidExecutionInput: too long"):
            machines.start(machines.workflow_arn("wf"), "name", {})

    def test_an_execution_that_went_with_its_machine_has_no_causes(self, machines, stub):
        stub.add_client_error("get_execution_history", "ExecutionDoesNotExist")
        assert machines.causes("a" * 20) == []

    def test_the_causes_are_those_of_failures_in_the_order_of_the_history(self, machines, stub):
        def event(number, kind, **details):
            return {"timestamp": 0, "type": kind, "id": number, **details}

        events = [
            event(4, "ExecutionFailed", executionFailedEventDetails={"cause": "failed cause"}),
            event(3, "ExecutionAborted", executionAbortedEventDetails={"cause": "aborted cause"}),
            event(2, "LambdaFunctionTimedOut", lambdaFunctionTimedOutEventDetails={"error": "x"}),
            event(1, "ExecutionStarted", executionStartedEventDetails={"input": "{}"}),
        ]
        stub.add_response(
            "get_execution_history",
            {"events": events},
            {"executionArn": "a" * 20, "maxResults": 20, "reverseOrder": True},
        )
        assert machines.causes("a" * 20) == ["failed cause", "aborted cause"]
