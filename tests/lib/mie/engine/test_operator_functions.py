"""The functions of an operator exist and can be called before it is registered."""

import pytest
from tests.fakes.control_plane import LAMBDA, Functions, World
from tests.fakes.definitions import operation

from mie.core.errors import BadRequest
from mie.core.operator_functions import TAG
from mie.engine import custom_resource, operations
from mie.engine.dependents import Choice

START, CHECK, OTHER = f"{LAMBDA}:start", f"{LAMBDA}:check", f"{LAMBDA}:other"
ASYNC = operation("op", Type="Async", StartLambdaArn=START, MonitorLambdaArn=CHECK)


@pytest.fixture
def world():
    """START and CHECK are there without a tag."""
    world = World()
    world.functions = Functions(START, CHECK)
    return world


def test_functions_get_the_tag_by_which_machines_may_call_them(world):
    world.functions.deployed[CHECK] = {"team": "video"}
    operations.create(world.definition_ports, ASYNC)
    assert world.functions.deployed == {START: TAG, CHECK: {"team": "video", **TAG}}


def test_a_function_that_has_it_is_not_changed(world):
    world.functions.deployed = {START: dict(TAG), CHECK: dict(TAG)}
    world.functions.fixed = {START, CHECK}
    operations.create(world.definition_ports, ASYNC)


@pytest.mark.parametrize(("arn", "field"), [(START, "StartLambdaArn"), (CHECK, "MonitorLambdaArn")])
def test_one_that_is_not_there_is_named_and_nothing_is_done(world, arn, field):
    del world.functions.deployed[arn]
    with pytest.raises(BadRequest, match=f"^{field}: there is no Lambda function {arn}$"):
        operations.create(world.definition_ports, ASYNC)
    assert (world.operations.items, world.stages.items) == ({}, {})
    assert list(world.functions.deployed.values()) == [{}]


def test_one_that_cannot_be_tagged_is_named_with_the_command_that_does(world):
    world.functions.fixed = {START}
    command = f"aws lambda tag-resource --resource {START} --tags mie:operator=true"
    with pytest.raises(BadRequest, match=rf"^StartLambdaArn: .* {command}$"):
        operations.create(world.definition_ports, ASYNC)
    assert world.operations.items == {}


def test_a_tag_with_another_value_is_none(world):
    world.functions.deployed[START] = {"mie:operator": "false"}
    operations.create(world.definition_ports, ASYNC)
    assert world.functions.deployed[START] == TAG


def test_the_tag_of_a_version_lies_on_its_function(world):
    version = f"{START}:1"
    world.functions.deployed[version] = {}
    operations.create(world.definition_ports, operation("op", StartLambdaArn=version))
    assert world.functions.deployed[START] == world.functions.deployed[version] == TAG


@pytest.mark.parametrize(
    "arn",
    [
        START.replace("us-east-1", "eu-west-1"),
        START.replace("000000000000", "111111111111"),
        START.replace("arn:aws:", "arn:aws-cn:"),
    ],
)
def test_functions_elsewhere_cannot_be_called(world, arn):
    with pytest.raises(BadRequest, match=r"^StartLambdaArn: .* is not in the account 000000000000"):
        operations.create(world.definition_ports, operation("op", StartLambdaArn=arn))


def test_an_update_is_checked_like_a_registration(world):
    ports = world.definition_ports
    operations.create(ports, ASYNC)
    before = operations.get(ports, "op")
    changed = {**ASYNC, "StartLambdaArn": OTHER}
    with pytest.raises(BadRequest, match=f"there is no Lambda function {OTHER}"):
        operations.update(ports, changed, Choice.REBUILD)
    assert operations.get(ports, "op") == before
    world.functions.deployed[OTHER] = {}
    operations.update(ports, changed, Choice.REBUILD)
    assert world.functions.deployed[OTHER] == TAG


def test_what_is_refused_for_another_reason_changes_no_function(world):
    with pytest.raises(BadRequest):
        operations.create(world.definition_ports, {**ASYNC, "Retired": ""})
    assert world.functions.deployed == {START: {}, CHECK: {}}


def test_a_template_whose_function_is_missing_fails_with_its_name(world):
    event = {
        "RequestType": "Create",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Op",
        "ResourceProperties": {"ResourceType": "Operator", **ASYNC, "StartLambdaArn": OTHER},
    }
    answer = custom_resource.handle(
        lambda: world.definition_ports, event, lambda kind, request: None
    )
    assert answer["Status"] == "FAILED"
    assert f"StartLambdaArn: there is no Lambda function {OTHER}" in answer["Reason"]
