"""Operators, stages and workflows as CloudFormation asks for them."""

import json
from dataclasses import replace

import pytest
from tests.fakes.control_plane import LAMBDA, World
from tests.fakes.definitions import operation, run, workflow

from mie.core.errors import BadRequest, TooManyRequests
from mie.engine import custom_resource, operations, stages, workflows
from mie.engine.dependents import Unfinished
from mie.engine.scheduling import fill_slots

STACK = "arn:aws:cloudformation:us-east-1:000000000000:stack/app/1"
OPERATOR = {
    "ServiceToken": "arn:aws:lambda:token",
    "ResourceType": "Operator",
    "Name": "op",
    "Type": "Sync",
    "Configuration": {"MediaType": "Video", "Enabled": "true"},
    "StartLambdaArn": f"{LAMBDA}:start",
}
STAGE = {"ResourceType": "Stage", "Name": "s", "Operations": ["op"]}
WORKFLOW = {
    "ResourceType": "Workflow",
    "Name": "wf",
    "StartAt": "s",
    "Stages": json.dumps({"s": {"End": True}}),
}


@pytest.fixture
def world():
    return World()


def accept(kind, request):
    """The shape of requests is the API's business."""


def ask(world, request_type, properties, physical_id=None, logical_id="Resource", **more):
    event = {
        "RequestType": request_type,
        "StackId": STACK,
        "RequestId": "request",
        "LogicalResourceId": logical_id,
        "ResourceProperties": properties,
        **more,
    }
    if physical_id is not None:
        event["PhysicalResourceId"] = physical_id
    answer = custom_resource.handle(lambda: world.definition_ports, event, accept)
    assert (answer["StackId"], answer["RequestId"]) == (event["StackId"], "request")
    assert answer["LogicalResourceId"] == logical_id
    assert len(json.dumps(answer, ensure_ascii=False).encode()) < 4096
    return answer


@pytest.fixture
def made(world):
    """The three resources, made by one stack."""
    return {
        "Operator": ask(world, "Create", OPERATOR, logical_id="Op"),
        "Stage": ask(world, "Create", STAGE, logical_id="Stage"),
        "Workflow": ask(world, "Create", WORKFLOW, logical_id="Workflow"),
    }


def test_resources_have_stable_ids_and_the_attributes_that_templates_read(world, made):
    assert [one["Status"] for one in made.values()] == ["SUCCESS"] * 3
    assert [one["PhysicalResourceId"] for one in made.values()] == [
        "mie-operator-op",
        "mie-stage-s",
        "mie-workflow-wf",
    ]
    message = "Resource creation successful!"
    assert made["Operator"]["Data"] == {"Message": message, "Name": "op", "StageName": "_op"}
    arns = {"Stage": world.machines.stage_arn("s"), "Workflow": world.machines.workflow_arn("wf")}
    for kind, name in (("Stage", "s"), ("Workflow", "wf")):
        arn = arns[kind]
        assert made[kind]["Data"] == {"Message": message, "Name": name, "StateMachineArn": arn}


def test_a_workflow_says_where_it_came_from(world, made):
    assert world.workflows.items["wf"]["Trigger"] == "custom-resource"


@pytest.mark.parametrize("kind", ["Operator", "Operation"])
@pytest.mark.parametrize(("text", "enabled"), [("false", False), ("False", False), ("TRUE", True)])
def test_booleans_that_arrive_as_text_are_booleans(world, kind, text, enabled):
    configuration = {"MediaType": "Video", "Enabled": text}
    properties = {**OPERATOR, "ResourceType": kind, "Configuration": configuration}
    assert ask(world, "Create", properties)["Status"] == "SUCCESS"
    assert world.operations.items["op"]["Configuration"]["Enabled"] is enabled
    overriding = {**STAGE, "Configuration": {"op": {"Enabled": text}}}
    ask(world, "Create", overriding, logical_id="Stage")
    assert world.stages.items["s"]["Configuration"]["op"]["Enabled"] is enabled


def test_seconds_that_arrive_as_text_are_numbers(world):
    seconds = {"PollSeconds": "1", "MaxPollSeconds": "30", "TimeoutSeconds": "600"}
    values = {"MediaType": "Video", "Enabled": "true", "Threshold": "80", **seconds}
    assert ask(world, "Create", {**OPERATOR, "Configuration": values})["Status"] == "SUCCESS"
    stored = world.operations.items["op"]["Configuration"]
    assert {key: stored[key] for key in seconds} == {
        "PollSeconds": 1,
        "MaxPollSeconds": 30,
        "TimeoutSeconds": 600,
    }
    assert stored["Threshold"] == "80"
    ask(world, "Create", {**STAGE, "Configuration": {"op": {"PollSeconds": "9"}}}, logical_id="S")
    assert world.stages.items["s"]["Configuration"]["op"]["PollSeconds"] == 9


@pytest.mark.parametrize("text", ["", "1.5", "-1", "soon", "²", "0"])
def test_another_text_is_no_number_of_seconds(world, text):
    values = {"MediaType": "Video", "Enabled": "true", "PollSeconds": text}
    answer = ask(world, "Create", {**OPERATOR, "Configuration": values})
    assert answer["Status"] == "FAILED"
    assert "Configuration.PollSeconds must be a whole number" in answer["Reason"]
    assert world.operations.items == {}


def test_another_text_is_no_boolean(world):
    properties = {**OPERATOR, "Configuration": {"MediaType": "Video", "Enabled": "yes"}}
    answer = ask(world, "Create", properties)
    assert answer["Status"] == "FAILED"
    assert "Enabled must be true or false, got 'yes'" in answer["Reason"]
    assert world.operations.items == {}


def test_stages_of_a_workflow_may_be_an_object(world, made):
    properties = {**WORKFLOW, "Name": "wf2", "Stages": {"s": {"End": "true"}}}
    assert ask(world, "Create", properties, logical_id="Two")["Status"] == "SUCCESS"
    assert world.workflows.items["wf2"]["Stages"]["s"]["End"] is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Stages": "{"}, "Stages is not JSON"),
        ({"Stages": json.dumps({"none": {"End": True}}), "StartAt": "none"}, "'none' not found"),
    ],
)
def test_a_wrong_property_fails_the_resource_with_the_reason(world, made, change, words):
    answer = ask(world, "Create", {**WORKFLOW, "Name": "other", **change}, logical_id="Other")
    assert answer["Status"] == "FAILED"
    assert words in answer["Reason"]
    deleted = ask(world, "Delete", WORKFLOW, answer["PhysicalResourceId"], logical_id="Other")
    assert deleted["Status"] == "SUCCESS"
    assert set(world.workflows.items) == {"wf"}


def test_properties_are_checked_like_a_request_of_the_api(world):
    seen = []

    def refuse(kind, request):
        seen.append((kind, request))
        raise BadRequest("Name: 7 is not of type 'string'")

    event = {
        "RequestType": "Create",
        "StackId": STACK,
        "RequestId": "request",
        "LogicalResourceId": "Op",
        "ResourceProperties": {**OPERATOR, "Name": 7},
    }
    answer = custom_resource.handle(lambda: world.definition_ports, event, refuse)
    assert answer["Status"] == "FAILED"
    assert "Name: 7 is not of type" in answer["Reason"]
    ((kind, request),) = seen
    assert kind == "operation"
    assert "ServiceToken" not in request


@pytest.mark.parametrize(
    ("request_type", "kind", "words"),
    [
        ("Create", "Pipeline", "Unexpected resource type received from CloudFormation"),
        ("Create", None, "Unexpected resource type received from CloudFormation"),
        ("Change", "Operator", "Unexpected event received from CloudFormation"),
    ],
)
def test_what_is_not_known_fails(world, request_type, kind, words):
    answer = ask(world, request_type, {**OPERATOR, "ResourceType": kind})
    assert (answer["Status"], answer["Data"]["Message"]) == ("FAILED", words)


def test_the_roll_back_of_a_name_that_was_taken_leaves_its_owner_alone(world):
    operations.create(world.definition_ports, operation("op"))
    answer = ask(world, "Create", OPERATOR)
    assert answer["Status"] == "FAILED"
    assert "already exists" in answer["Reason"]
    assert answer["PhysicalResourceId"] == "mie-operator-op-notcreated"
    deleted = ask(world, "Delete", OPERATOR, answer["PhysicalResourceId"])
    assert deleted["Status"] == "SUCCESS"
    assert "op" in world.operations.items
    assert "_op" in world.stages.items


def test_the_roll_back_of_a_request_that_came_twice_at_once_leaves_nothing(world, monkeypatch):
    create = world.operations.create

    def faster(item):
        """The same request, in another invocation."""
        monkeypatch.setattr(world.operations, "create", create)
        ask(world, "Create", OPERATOR)
        create(item)

    monkeypatch.setattr(world.operations, "create", faster)
    answer = ask(world, "Create", OPERATOR)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "mie-operator-op")
    ask(world, "Delete", OPERATOR, answer["PhysicalResourceId"])
    assert (world.operations.items, world.stages.items) == ({}, {})
    assert world.machines.definitions == {}


def test_a_request_that_comes_twice_is_answered_twice_alike(world):
    first = ask(world, "Create", OPERATOR)
    second = ask(world, "Create", OPERATOR)
    assert second == first
    assert operations.get(world.definition_ports, "op")["StageName"] == "_op"


def test_an_update_regenerates_and_keeps_the_id_and_the_attributes(world, made):
    changed = {
        **OPERATOR,
        "StartLambdaArn": f"{LAMBDA}:new",
        "Configuration": {"MediaType": "Audio", "Enabled": "false"},
    }
    answer = ask(world, "Update", changed, "mie-operator-op", "Op")
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "mie-operator-op"
    assert answer["Data"] == {
        "Message": "Resource update successful!",
        "Name": "op",
        "StageName": "_op",
    }
    stored = world.operations.items["op"]
    assert stored["Configuration"] == {"MediaType": "Audio", "Enabled": False}
    assert f"{LAMBDA}:new" in stored["StateMachineAsl"]
    assert f"{LAMBDA}:new" in world.stages.items["_op"]["Definition"]
    for kind, properties in (("Stage", STAGE), ("Workflow", WORKFLOW)):
        physical_id = made[kind]["PhysicalResourceId"]
        answer = ask(world, "Update", properties, physical_id, kind)
        assert answer["PhysicalResourceId"] == physical_id
        assert answer["Data"]["StateMachineArn"] == made[kind]["Data"]["StateMachineArn"]
        assert f"{LAMBDA}:new" in world.machines.definitions[answer["Data"]["StateMachineArn"]]
    assert world.workflows.items["wf"]["StaleOperations"] == []


CHANGED = {**OPERATOR, "StartLambdaArn": f"{LAMBDA}:new"}
UPDATE = {
    "RequestType": "Update",
    "StackId": STACK,
    "RequestId": "request",
    "LogicalResourceId": "Op",
    "PhysicalResourceId": "mie-operator-op",
    "ResourceProperties": CHANGED,
}
OTHER_STACK = "arn:aws:cloudformation:us-east-1:000000000000:stack/other/2"


def stale(world, name="wf"):
    item = world.workflows.items[name]
    return item["StaleOperations"], item["StaleStages"]


def machine(world, name="wf"):
    return world.machines.of(world.workflows.items[name])


def test_workflows_of_the_stack_follow_an_update_of_an_operator_or_a_stage(world, made):
    """A template changes a default, adds an operator to a stage and takes one out of it."""
    defaults = {**OPERATOR["Configuration"], "Threshold": 80}
    answer = ask(world, "Update", {**CHANGED, "Configuration": defaults}, "mie-operator-op", "Op")
    assert answer["Status"] == "SUCCESS"
    assert stale(world) == ([], [])
    assert f"{LAMBDA}:new" in machine(world)
    configuration = world.workflows.items["wf"]["Stages"]["s"]["Configuration"]
    assert configuration["op"]["Threshold"] == 80

    ask(world, "Create", {**OPERATOR, "Name": "more"}, logical_id="More")
    ask(world, "Update", {**STAGE, "Operations": ["op", "more"]}, "mie-stage-s", "Stage")
    assert world.workflows.items["wf"]["Operations"] == ["op", "more"]
    assert "Execute more (s)" in machine(world)

    ask(world, "Update", {**STAGE, "Operations": ["more"]}, "mie-stage-s", "Stage")
    ask(world, "Delete", OPERATOR, "mie-operator-op", "Op")
    assert world.workflows.items["wf"]["Operations"] == ["more"]
    assert (stale(world), "Execute op (s)" in machine(world)) == (([], []), False)


def test_workflows_of_other_stacks_and_of_the_api_are_marked(world, made):
    chained = {"Name": "by-api", "StartAt": "s", "Stages": {"s": {"End": True}}}
    workflows.create(world.definition_ports, chained, "api")
    ask(world, "Create", {**WORKFLOW, "Name": "theirs"}, StackId=OTHER_STACK)
    for properties, physical_id, logical_id in (
        (CHANGED, "mie-operator-op", "Op"),
        (STAGE, "mie-stage-s", "Stage"),
    ):
        ask(world, "Update", properties, physical_id, logical_id)
        assert stale(world) == ([], [])
        assert stale(world, "theirs") == (["op"], ["s"])
        assert stale(world, "by-api") == (["op"], ["s"])
    assert f"{LAMBDA}:new" not in machine(world, "theirs")


def test_nested_stacks_are_one_with_the_stack_around_them(world, made):
    ask(world, "Create", {**WORKFLOW, "Name": "nested"}, StackId=OTHER_STACK)
    world.stacks.roots = {STACK: "root", OTHER_STACK: "root"}
    ask(world, "Update", CHANGED, "mie-operator-op", "Op")
    assert stale(world, "nested") == ([], [])
    assert f"{LAMBDA}:new" in machine(world, "nested")


def test_a_workflow_stays_that_of_its_stack_when_the_api_updates_it(world, made):
    workflows.update(world.definition_ports, {"Name": "wf"})
    assert world.workflows.items["wf"]["StackId"] == STACK
    ask(world, "Update", CHANGED, "mie-operator-op", "Op")
    assert stale(world) == ([], [])


def test_a_template_may_ask_for_more_or_for_less(world, made):
    ask(world, "Create", {**WORKFLOW, "Name": "theirs"}, StackId=OTHER_STACK)
    ask(world, "Update", {**CHANGED, "Dependents": "rebuild"}, "mie-operator-op", "Op")
    assert stale(world, "theirs") == ([], [])
    ask(world, "Update", {**STAGE, "Dependents": "stale"}, "mie-stage-s", "Stage")
    assert stale(world) == ([], ["s"])


class Time:
    """A clock that passes its deadline when the world has put so many machines."""

    def __init__(self, world, machines):
        self.put, self.left = world.machines.put, machines
        world.machines.put = self.counted

    def counted(self, *arguments):
        self.left -= 1
        return self.put(*arguments)

    def __call__(self):
        return 0.0 if self.left > 0 else 2.0


@pytest.mark.parametrize("machines", range(1, 9))
def test_an_update_whose_time_is_over_is_finished_by_the_next_invocation(world, made, machines):
    """Wherever it ends: nothing that depends on the operator is left behind, nor built twice."""
    names = [f"wf{number}" for number in range(3)]
    for name in names:
        ask(world, "Create", {**WORKFLOW, "Name": name}, logical_id=name)
    before = world.machines.changes
    event = UPDATE
    answer = None
    while answer is None:
        ports = replace(world.definition_ports, clock=Time(world, machines), deadline=1.0)
        try:
            answer = custom_resource.handle(lambda ports=ports: ports, event, accept)
        except Unfinished:
            event = {**event, custom_resource.FINISH: 2}
        world.machines.put = ports.clock.put
    assert answer["Status"] == "SUCCESS", answer
    for name in ("wf", *names):
        assert (stale(world, name), f"{LAMBDA}:new" in machine(world, name)) == (([], []), True)
    # two stages and four workflows, each once
    assert world.machines.changes - before == 6
    assert world.operations.items["op"]["Version"] == "v1"


def test_operators_of_one_stage_that_are_updated_at_once_build_it_once(world, made):
    """Each update is about to build the stage when all the others have stored their operators."""
    names = [f"op{number}" for number in range(20)]
    for name in names:
        ask(world, "Create", {**OPERATOR, "Name": name}, logical_id=name)
    ask(world, "Update", {**STAGE, "Operations": names}, "mie-stage-s", "Stage")
    before = world.stages.items["s"]["Version"], world.workflows.items["wf"]["Version"]
    replace_, waiting = world.operations.replace, list(names)

    def at_once(item, previous):
        replace_(item, previous)
        if waiting:
            update_next()

    def update_next():
        name = waiting.pop()
        properties = {**CHANGED, "Name": name}
        answer = ask(world, "Update", properties, f"mie-operator-{name}", name)
        assert answer["Status"] == "SUCCESS", answer

    world.operations.replace = at_once
    update_next()
    assert machine(world).count(f"{LAMBDA}:new") == 20
    assert stale(world) == ([], [])
    assert before == ("v1", "v2")
    assert world.stages.items["s"]["Version"] == "v2"


def test_cloudformation_asking_for_fewer_questions_is_asked_again(world, made):
    """Many resources of an update ask at once which stacks belong together."""
    ask(world, "Create", {**WORKFLOW, "Name": "nested"}, StackId=OTHER_STACK)
    refusals = iter(range(30))

    def throttled(stack_id):
        if next(refusals, None) is not None:
            raise TooManyRequests("slower")
        return "root"

    world.stacks.root = throttled
    ports = replace(world.definition_ports, deadline=float("inf"))
    answer = custom_resource.handle(lambda: ports, UPDATE, accept)
    assert answer["Status"] == "SUCCESS", answer
    assert f"{LAMBDA}:new" in machine(world, "nested")


def test_step_functions_asking_for_fewer_changes_is_tried_again_until_the_deadline(world, made):
    put, refusals = world.machines.put, iter(range(30))

    def throttled(arn, *arguments):
        if arn == world.machines.workflow_arn("wf") and next(refusals, None) is not None:
            raise TooManyRequests("slower")
        return put(arn, *arguments)

    world.machines.put = throttled
    ports = replace(world.definition_ports, deadline=float("inf"))
    answer = custom_resource.handle(lambda: ports, UPDATE, accept)
    assert answer["Status"] == "SUCCESS"
    assert f"{LAMBDA}:new" in machine(world)


def test_another_word_for_dependents_fails_the_update(world, made):
    properties = {**OPERATOR, "Dependents": "all"}
    answer = ask(world, "Update", properties, "mie-operator-op", "Op")
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "mie-operator-op")
    assert "Dependents must be rebuild or stale or stack, got 'all'" in answer["Reason"]
    assert world.operations.items["op"]["Version"] == "v0"


def test_an_update_that_comes_twice_ends_alike(world, made):
    changed = {**OPERATOR, "StartLambdaArn": f"{LAMBDA}:new"}
    answers = [ask(world, "Update", changed, "mie-operator-op", "Op") for _ in range(2)]
    assert answers[0] == answers[1]
    assert f"{LAMBDA}:new" in world.stages.items["_op"]["Definition"]
    assert stale(world) == ([], [])


def test_a_workflow_gets_other_stages(world, made):
    ask(world, "Create", {**STAGE, "Name": "t"}, logical_id="Other")
    stages_ = json.dumps({"s": {"Next": "t"}, "t": {"End": True}})
    answer = ask(world, "Update", {**WORKFLOW, "Stages": stages_}, "mie-workflow-wf", "Workflow")
    assert answer["Status"] == "SUCCESS", answer
    assert answer["Data"]["StateMachineArn"] == made["Workflow"]["Data"]["StateMachineArn"]
    updated = world.workflows.items["wf"]
    assert (set(updated["Stages"]), updated["Version"]) == ({"s", "t"}, "v2")
    assert updated["Trigger"] == "custom-resource"


@pytest.mark.parametrize(
    ("kind", "properties"), [("Stage", STAGE), ("Workflow", WORKFLOW), ("Operator", OPERATOR)]
)
def test_another_name_replaces_every_kind(world, made, kind, properties):
    logical_id = {"Operator": "Op"}.get(kind, kind)
    old = made[kind]["PhysicalResourceId"]
    renamed = ask(world, "Update", {**properties, "Name": "new"}, old, logical_id)
    assert (renamed["Status"], renamed["PhysicalResourceId"]) == (
        "SUCCESS",
        f"mie-{kind.lower()}-new",
    )
    assert renamed["Data"]["Message"] == "Resource update successful!"
    ask(world, "Delete", properties, old, logical_id)
    table = {"Stage": world.stages, "Workflow": world.workflows, "Operator": world.operations}
    assert "new" in table[kind].items
    assert properties["Name"] not in table[kind].items


def test_ports_that_cannot_be_made_are_answered(world):
    def break_down():
        raise RuntimeError("a setting is missing")

    event = {
        "RequestType": "Create",
        "StackId": STACK,
        "RequestId": "request",
        "LogicalResourceId": "Op",
        "ResourceProperties": OPERATOR,
    }
    answer = custom_resource.handle(break_down, event, accept)
    assert answer["Status"] == "FAILED"
    assert "a setting is missing" in answer["Reason"]


def test_another_name_is_a_replacement(world, made):
    renamed = ask(world, "Update", {**OPERATOR, "Name": "new"}, "mie-operator-op", "Op")
    assert renamed["Status"] == "SUCCESS"
    assert renamed["PhysicalResourceId"] == "mie-operator-new"
    assert set(world.operations.items) == {"op", "new"}
    # CloudFormation then deletes what was replaced; its properties may already be the new ones
    ask(world, "Delete", {**OPERATOR, "Name": "new"}, "mie-operator-op", "Op")
    assert set(world.operations.items) == {"new"}


def test_a_replacement_is_rolled_back_to_what_is_still_there(world, made):
    ask(world, "Update", {**OPERATOR, "Name": "new"}, "mie-operator-op", "Op")
    back = ask(world, "Update", OPERATOR, "mie-operator-new", "Op")
    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", "mie-operator-op")
    ask(world, "Delete", OPERATOR, "mie-operator-new", "Op")
    assert set(world.operations.items) == {"op"}


def test_a_replacement_whose_name_is_taken_fails_and_keeps_the_old_one(world, made):
    operations.create(world.definition_ports, operation("taken"))
    answer = ask(world, "Update", {**OPERATOR, "Name": "taken"}, "mie-operator-op", "Op")
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "mie-operator-op")
    assert set(world.operations.items) == {"op", "taken"}


def test_deleting_takes_away_what_was_made_even_when_it_is_used(world, made):
    for kind, properties in (("Operator", OPERATOR), ("Stage", STAGE), ("Workflow", WORKFLOW)):
        logical_id = {"Operator": "Op"}.get(kind, kind)
        physical_id = made[kind]["PhysicalResourceId"]
        answer = ask(world, "Delete", properties, physical_id, logical_id)
        assert answer["Status"] == "SUCCESS"
        assert answer["PhysicalResourceId"] == physical_id
    assert (world.operations.items, world.stages.items, world.workflows.items) == ({}, {}, {})
    assert world.machines.definitions == {}


def test_deleting_what_is_gone_succeeds(world):
    for kind in ("Operator", "Stage", "Workflow"):
        properties = {"ResourceType": kind, "Name": "none"}
        answer = ask(world, "Delete", properties, f"mie-{kind.lower()}-none")
        assert answer["Status"] == "SUCCESS"


def test_deleting_never_takes_what_somebody_else_made_meanwhile(world, made):
    workflows.delete(world.definition_ports, "wf", force=False)
    stages.delete(world.definition_ports, "s", force=True)
    stages.create(world.definition_ports, {"Name": "s", "Operations": ["op"]})
    workflows.create(world.definition_ports, workflow("wf", "s"), "api")
    ask(world, "Delete", WORKFLOW, "mie-workflow-wf", "Workflow")
    ask(world, "Delete", STAGE, "mie-stage-s", "Stage")
    assert set(world.workflows.items) == {"wf"}
    assert "s" in world.stages.items


def test_whatever_goes_wrong_is_answered_shortly(world):
    def break_down(*_):
        raise RuntimeError("𝄞" * 2_000)

    world.operations.get = break_down
    answer = ask(world, "Create", OPERATOR)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("Exception during processing: '𝄞")


def test_a_retired_operator_is_refused_wherever_a_template_enables_it(world):
    retired = {
        **OPERATOR,
        "Configuration": {"MediaType": "Video", "Enabled": "false"},
        "Retired": "Its service ended in 2025.",
    }
    assert ask(world, "Create", retired)["Status"] == "SUCCESS"
    assert world.operations.items["op"]["Retired"] == "Its service ended in 2025."
    enabled = {**STAGE, "Configuration": {"op": {"Enabled": "true"}}}
    answer = ask(world, "Create", enabled, logical_id="Stage")
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].endswith("cannot be enabled: Its service ended in 2025.'")
    assert ask(world, "Create", STAGE, logical_id="Stage")["Status"] == "SUCCESS"
    assert ask(world, "Create", WORKFLOW, logical_id="Workflow")["Status"] == "SUCCESS"


def test_the_executions_of_a_stack_that_is_deleted_are_cancelled(world, made):
    queued, running = run(world), run(world)
    fill_slots(world.worker_ports, 1)
    answer = ask(world, "Delete", WORKFLOW, "mie-workflow-wf", "Workflow")
    assert answer["Status"] == "SUCCESS"
    for one in (queued, running):
        record = world.executions.get(one["Id"])
        assert (record["Status"], record["Message"]) == ("Error", "Cancelled by request")
    assert world.executions.running() == 0
    assert "wf" not in world.workflows.items


def test_a_resource_that_comes_back_waits_for_its_name(world, made):
    ask(world, "Delete", WORKFLOW, "mie-workflow-wf", "Workflow")
    assert ask(world, "Create", WORKFLOW, logical_id="Workflow")["Status"] == "SUCCESS"


def test_a_name_that_stays_taken_fails_the_resource_and_says_why(world, made):
    run(world)
    fill_slots(world.worker_ports, 1)
    world.machines.delete(world.workflows.items.pop("wf")["StateMachineArn"])
    answer = ask(world, "Create", WORKFLOW, logical_id="Workflow")
    assert answer["Status"] == "FAILED"
    assert "StateMachineDeleting" in answer["Reason"]
    # the roll-back finds nothing that it made
    deleted = ask(world, "Delete", WORKFLOW, answer["PhysicalResourceId"], "Workflow")
    assert deleted["Status"] == "SUCCESS"


def test_types_survive_with_a_declaration_and_as_json_text(world):
    written = {"Threshold": 80, "Deep": False, "List": [1, 2]}
    as_text = {"Threshold": "80", "Deep": "false", "List": ["1", "2"]}
    settings = [
        {"Name": "Threshold", "Type": "Integer", "Minimum": "0", "Maximum": "100"},
        {"Name": "Deep", "Type": "Boolean", "Default": "true"},
        {"Name": "List", "Type": "List", "Items": "Integer"},
    ]
    on = {"MediaType": "Video", "Enabled": "true"}
    declared = {**OPERATOR, "Settings": settings, "Configuration": {**on, **as_text}}
    text = json.dumps({"MediaType": "Video", "Enabled": True, **written})
    plain = {**OPERATOR, "Name": "plain", "Configuration": text}
    for properties, logical_id in ((declared, "Declared"), (plain, "Plain")):
        answer = ask(world, "Create", properties, logical_id=logical_id)
        assert answer["Status"] == "SUCCESS", answer["Reason"]
        configuration = world.operations.items[properties["Name"]]["Configuration"]
        assert configuration == {"MediaType": "Video", "Enabled": True, **written}
    overrides = {"op": as_text, "plain": json.dumps(written)}
    stage = {**STAGE, "Operations": ["op", "plain"], "Configuration": overrides}
    ask(world, "Create", stage, logical_id="Stage")
    for values in world.stages.items["s"]["Configuration"].values():
        assert {key: values[key] for key in written} == written


def test_a_declaration_that_a_stage_does_not_fit_is_registered_and_the_stage_stays(world, made):
    overriding = {**STAGE, "Configuration": {"op": {"Zoo": "1"}}}
    ask(world, "Update", overriding, "mie-stage-s", logical_id="Stage")
    changed = {**OPERATOR, "Settings": []}
    answer = ask(world, "Update", changed, "mie-operator-op", logical_id="Op")
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert world.stages.items["s"]["Configuration"]["op"]["Zoo"] == "1"
    assert world.workflows.items["wf"]["StaleOperations"] == ["op"]
